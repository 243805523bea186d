import { setTimeout as sleep } from "node:timers/promises";
import { Cron } from "croner";
import { alertSettingsOf, runAlerts, sendAlerts, sendingOf } from "@/lib/alerts/index.ts";
import { chargeDue } from "@/lib/charges/run.ts";
import { errorText } from "@/lib/errors.ts";
import { eventMeansOf, sendEvents } from "@/lib/events/index.ts";
import { everyMs } from "@/lib/setting-values.ts";
import { whatToSet } from "@/lib/sources/index.ts";
import { correctDue } from "@/lib/statements/correct-run.ts";
import { withLease } from "@/lib/sync/lease.ts";
import { type Backfill, isBackfillTaken, listFailed, listUnfinished } from "@/lib/sync/windows/backfill-store.ts";
import { isRequested, LIVE } from "@/lib/sync/windows/run-store.ts";
import { traced } from "@/lib/telemetry/traced.ts";
import { runBackfill } from "./backfill.ts";
import type { BackfillOutcome } from "./backfill-work.ts";
import { applyBurstSettings } from "./burst.ts";
import { type Ledger, moneyOf } from "./ledger.ts";
import { syncLive } from "./live.ts";
import { readOutsideDue } from "./outside.ts";

const NO_SOURCE = "no source is configured, so nothing is synced; alerts, digests and messages go on";
const POLL_MS = 2_000;
/** A kind of work: as a span of telemetry calls it, and what the log says where it fails. */
interface Work {
  readonly name: string;
  readonly failure: string;
  /** Looked for every few seconds, and most often there is nothing: no span each time. */
  readonly isPolled?: true;
}

/** How often alert rules are evaluated. */
const ALERTS = "@every 60s";
/** How often usage events are planned and sent. */
const EVENTS = "@every 60s";
/** How often systems that are asked seldom are looked at. */
const OUTSIDE = "@every 10m";

/**
 * Runs the recurring work until `signal` aborts: the live sync on its schedule and on request, and backfills as they
 * are requested; without a source the charges of what is stored instead. Alerts, digests, messages and usage events in any case. Any number of
 * processes may do this: leases ensure that each piece of work is done once.
 */
export async function serveJobs(ledger: Ledger, signal: AbortSignal): Promise<void> {
  const { ctx, env } = ledger;
  await applyBurstSettings(ctx, env).catch((error: unknown) =>
    ctx.log.error({ error: errorText(error) }, "the settings of burst capacity could not be applied"),
  );
  if (!ledger.sources) ctx.log.warn(`${NO_SOURCE}: ${whatToSet()}`);
  const live = oneAtATime(ledger, signal, { name: "sync", failure: "the live sync failed" }, () =>
    syncLive(ledger, signal),
  );
  const charge = oneAtATime(ledger, signal, { name: "charge", failure: "the charges failed" }, async () => {
    // A connection may have been added meanwhile: the next turn syncs.
    await ledger.refresh();
    await chargeStored(ledger, signal);
  });
  const sync = () => (ledger.sources ? live() : charge());
  const fill = oneAtATime(
    ledger,
    signal,
    { name: "backfill", failure: "the backfills failed", isPolled: true },
    async () => {
      if (ledger.sources) await workOnBackfills(ledger, signal);
    },
  );
  const [alertSettings, sending] = [alertSettingsOf(env), sendingOf(env, () => ctx.now() * 1000)];
  const evaluate = oneAtATime(ledger, signal, { name: "alerts", failure: "the alerts failed" }, () =>
    runAlerts(ctx, alertSettings, sending, { signal }),
  );
  const send = oneAtATime(
    ledger,
    signal,
    { name: "alert-messages", failure: "alerts could not be sent", isPolled: true },
    () => sendAlerts(ctx, sending, signal),
  );
  const eventMeans = eventMeansOf(env, () => ctx.now() * 1000);
  const report = oneAtATime(ledger, signal, { name: "usage-events", failure: "usage events could not be sent" }, () =>
    sendEvents(ctx, eventMeans, signal),
  );
  const readOutside = oneAtATime(
    ledger,
    signal,
    { name: "outside", failure: "a system outside could not be read" },
    () => readOutsideDue(ctx, env),
  );
  const stops = [
    schedule(env.SYNC_SCHEDULE, () => void sync()),
    schedule(ALERTS, () => void evaluate()),
    schedule(EVENTS, () => void report()),
    schedule(OUTSIDE, () => void readOutside()),
  ];
  void sync();
  while (!signal.aborted) {
    try {
      // Without a source the request waits for a server that has one: charging would not answer it.
      if (await isRequested(ctx.db, LIVE)) {
        if (!ledger.sources) await ledger.refresh();
        if (ledger.sources) void live();
      }
    } catch (error) {
      ctx.log.error({ error: errorText(error) }, "the job queue could not be read");
    }
    void fill();
    void send();
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
  for (const stop of stops) stop();
  await Promise.all([live(), charge(), fill(), evaluate(), send(), report(), readOutside()]);
}

/** What the live sync does with what is stored already: days whose prices, rules or imported cost changed are charged again. */
async function chargeStored({ ctx, env }: Ledger, signal: AbortSignal): Promise<void> {
  await withLease(ctx.db, LIVE, ctx.now, async () => {
    await chargeDue(ctx, { ...moneyOf(env), signal });
    await correctDue(ctx, { ...moneyOf(env), signal });
  });
}

/** Starts `body` unless it is running. Never rejects: a failure is logged, and the next call tries again. */
function oneAtATime(ledger: Ledger, signal: AbortSignal, work: Work, body: () => Promise<unknown>) {
  const { name, failure, isPolled } = work;
  let running: Promise<void> | null = null;
  return (): Promise<void> => {
    if (signal.aborted) return running ?? Promise.resolve();
    running ??= (isPolled ? body() : traced(name, body))
      .then(
        () => undefined,
        (error: unknown) => {
          if (!signal.aborted) ledger.ctx.log.error({ error: errorText(error) }, failure);
        },
      )
      .finally(() => {
        running = null;
      });
    return running;
  };
}

/**
 * Calls `task` on a schedule: `@every 30s` or a cron line in UTC.
 * @returns a function that stops it.
 */
export function schedule(text: string, task: () => unknown): () => void {
  const every = everyMs(text);
  if (every !== null) {
    const timer = setInterval(task, every);
    return () => clearInterval(timer);
  }
  const cron = new Cron(text, { timezone: "UTC", protect: true }, () => void task());
  return () => cron.stop();
}

/**
 * Works on every waiting backfill that no other process works on, and again on failed ones whose pause is over. A
 * backfill that fails is logged and does not stop the others.
 */
export async function workOnBackfills(
  ledger: Ledger,
  signal: AbortSignal,
  onDone?: (backfill: Backfill, outcome: BackfillOutcome) => void,
): Promise<void> {
  const { ctx, env } = ledger;
  const tried = new Set<string>();
  for (;;) {
    const waiting = [
      ...(await listUnfinished(ctx.db)),
      ...(await listFailed(ctx.db, ctx.now() - env.SOURCE_RETENTION, ctx.now())),
    ];
    const next = await firstFree(ledger, waiting, tried);
    if (!next || signal.aborted) return;
    tried.add(next.id);
    try {
      const outcome = await runBackfill(ledger, next.id, { signal });
      onDone?.(next, outcome);
      const { unread, status, progress } = outcome;
      ctx.log.info({ backfill: next.id, status, unread, buckets: progress.bucketsMetered }, "backfill ended");
    } catch (error) {
      if (!signal.aborted) ctx.log.error({ backfill: next.id, error: errorText(error) }, "backfill failed");
    }
  }
}

async function firstFree(
  { ctx }: Ledger,
  waiting: readonly Backfill[],
  tried: ReadonlySet<string>,
): Promise<Backfill | null> {
  for (const backfill of waiting)
    if (!tried.has(backfill.id) && !(await isBackfillTaken(ctx.db, backfill.id, ctx.now()))) return backfill;
  return null;
}
