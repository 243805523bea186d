import { setTimeout as sleep } from "node:timers/promises";
import { Cron } from "croner";
import { errorText } from "@/lib/errors";
import { listUnfinished } from "@/lib/sync/backfill-store";
import { isLeased } from "@/lib/sync/lease";
import { isRequested, LIVE } from "@/lib/sync/run-store";
import { parseDurationMs } from "@/lib/time";
import { runBackfill } from "./backfill.ts";
import type { Ledger } from "./ledger.ts";
import { syncLive } from "./live.ts";

const POLL_MS = 2_000;

/**
 * Runs the recurring work until `signal` aborts: the live sync on its schedule and when somebody asks, backfills as they are
 * requested. Any number of processes may do this: leases see to it that each piece is done once.
 */
export async function serveJobs(ledger: Ledger, signal: AbortSignal): Promise<void> {
  const { ctx, env } = ledger;
  if (!ledger.sources) {
    ctx.log.warn("no source is configured: nothing to sync (set RUNAI_URL, RUNAI_APP_ID and RUNAI_APP_SECRET)");
    return;
  }
  let syncing: Promise<unknown> | null = null;
  const sync = () => {
    syncing ??= syncLive(ledger, signal)
      .catch((error: unknown) => ctx.log.error({ error: errorText(error) }, "the live sync failed"))
      .finally(() => {
        syncing = null;
      });
    return syncing;
  };
  const stop = schedule(env.SYNC_SCHEDULE, sync);
  void sync();
  let filling: Promise<unknown> | null = null;
  while (!signal.aborted) {
    try {
      if (await isRequested(ctx.db, LIVE)) void sync();
      filling ??= workOnBackfills(ledger, signal).finally(() => {
        filling = null;
      });
    } catch (error) {
      ctx.log.error({ error: errorText(error) }, "the job queue could not be read");
    }
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
  stop();
  await Promise.allSettled([syncing, filling]);
}

/** `@every 30s` or a cron line with seconds. @returns how to stop it. */
export function schedule(text: string, task: () => unknown): () => void {
  if (text.startsWith("@every ")) {
    const timer = setInterval(task, parseDurationMs(text.slice(7).trim()) ?? 60_000);
    return () => clearInterval(timer);
  }
  const cron = new Cron(text, { timezone: "UTC", protect: true }, () => void task());
  return () => cron.stop();
}

async function workOnBackfills(ledger: Ledger, signal: AbortSignal): Promise<void> {
  const { ctx } = ledger;
  for (const { id } of await listUnfinished(ctx.db)) {
    if (signal.aborted) return;
    if (await isLeased(ctx.db, `backfill/${id}`, ctx.now())) continue;
    try {
      const { unread, progress } = await runBackfill(ledger, id, { signal });
      ctx.log.info({ backfill: id, unread, buckets: progress.bucketsMetered }, "backfill done");
    } catch (error) {
      if (!signal.aborted) ctx.log.error({ backfill: id, error: errorText(error) }, "backfill failed");
    }
  }
}
