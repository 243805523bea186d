import { errorText } from "@/lib/errors";
import { meterDue } from "@/lib/metering/run";
import { listUnfinished } from "@/lib/sync/backfill-store";
import { syncFacts, syncHistories } from "@/lib/sync/facts";
import { settleGaps } from "@/lib/sync/gap-store";
import { withLease } from "@/lib/sync/lease";
import { windowsOfSpan } from "@/lib/sync/plan";
import { ingest } from "@/lib/sync/read-span";
import { type Reading, readWindow } from "@/lib/sync/read-window";
import { clusterIds, finishRun, hasBackfills, LIVE, liveThrough, saveLive, startRun } from "@/lib/sync/run-store";
import { pruneSamples } from "@/lib/sync/sample-store";
import type { Sources } from "@/lib/sync/sources";
import { claimRetries, planWindows, type Window } from "@/lib/sync/window-store";
import { ceilTo, HOUR, type Instant, type Interval, MINUTE } from "@/lib/time";
import { requestBackfill } from "./backfill.ts";
import { type Ledger, needSources } from "./ledger.ts";

export interface SyncSummary {
  readonly status: "ok" | "partial" | "failed" | "busy";
  readonly counts: Readonly<Record<string, number>>;
  readonly error: string;
}

/** Samples that came late are read again for this long. */
const REREAD_SECONDS = 10 * MINUTE;
/** After a longer pause the time in between is a backfill, not a live reading. */
const CATCH_UP_SECONDS = HOUR;
const BATCH = 40;
const HISTORIES_PER_RUN = 200;
const RETRIES_PER_RUN = 200;

/**
 * One live sync: the inventory, the samples since the last time, what failed before and may be tried again, then metering.
 * Never throws for what a peer does: the run's row says what went wrong. `busy`: another process is at it.
 */
export async function syncLive(ledger: Ledger, signal?: AbortSignal): Promise<SyncSummary> {
  const { ctx } = ledger;
  const sources = needSources(ledger);
  const result = await withLease(ctx.db, "live", ctx.now, async () => {
    const run = await startRun(ctx.db, LIVE, ctx.now());
    const counts: Record<string, number> = {};
    const errors: string[] = [];
    try {
      await readAll(ledger, sources, counts, errors, signal);
    } catch (error) {
      errors.push(errorText(error));
      ctx.log.error({ error: errorText(error) }, "the live sync failed");
    }
    counts.requests = sources.requests();
    const status = errors.length === 0 ? "ok" : counts.windows ? "partial" : "failed";
    await finishRun(ctx.db, run, status, counts, errors.join(" · "), ctx.now());
    return { status, counts, error: errors.join("\n") } as const;
  });
  return result ?? { status: "busy", counts: {}, error: "Another process is syncing." };
}

async function readAll(
  ledger: Ledger,
  sources: Sources,
  counts: Record<string, number>,
  errors: string[],
  signal?: AbortSignal,
): Promise<void> {
  const { ctx, rules, env } = ledger;
  const options = {
    bucketSeconds: rules.bucketSeconds,
    histories: { start: ctx.now() - REREAD_SECONDS, end: ctx.now() },
    mostHistories: HISTORIES_PER_RUN,
    signal,
  };
  try {
    Object.assign(counts, await syncFacts(ctx, sources.facts, options));
  } catch (error) {
    // Samples and what is known already still move on.
    errors.push(errorText(error));
  }
  await firstBackfill(ledger);
  for (const clusterId of await clusterIds(ctx.db)) await readCluster(ledger, sources, clusterId, counts, errors);
  await retry(ledger, sources, counts);
  const metered = await meterDue(ctx, {
    rules,
    horizon: ledger.horizon(),
    stepSeconds: Math.max(env.SAMPLE_STEP, env.BACKFILL_STEP),
    signal,
  });
  counts.buckets = metered;
  if (!errors.length)
    counts.histories = await syncHistories(
      ctx,
      sources.facts,
      { ...options, histories: { start: 0, end: ctx.now() } },
      true,
    );
  await ctx.db.write((tx) => settleGaps(tx, ctx.now() - env.SOURCE_RETENTION));
  if (!(await listUnfinished(ctx.db)).length) await pruneSamples(ctx.db, ctx.now() - env.SERIES_RETENTION, ctx.now());
}

/** A new ledger starts with some history. */
async function firstBackfill(ledger: Ledger): Promise<void> {
  const { ctx, env } = ledger;
  if (env.INITIAL_BACKFILL === 0 || (await hasBackfills(ctx.db))) return;
  await requestBackfill(ctx, { from: ctx.now() - env.INITIAL_BACKFILL, to: ctx.now(), stepSeconds: env.BACKFILL_STEP });
}

async function readCluster(
  ledger: Ledger,
  sources: Sources,
  clusterId: string,
  counts: Record<string, number>,
  errors: string[],
): Promise<void> {
  const { ctx, env } = ledger;
  const through = ledger.horizon();
  const before = await liveThrough(ctx.db, clusterId);
  const from = Math.min(before ?? through, through) - REREAD_SECONDS;
  if (before !== null && through - before > CATCH_UP_SECONDS)
    await requestBackfill(ctx, { from: before - REREAD_SECONDS, to: through, stepSeconds: env.BACKFILL_STEP });
  const start = Math.max(from, through - CATCH_UP_SECONDS);
  const span: Interval = { start: ceilTo(start, env.SAMPLE_STEP), end: through };
  if (span.end <= span.start) return;
  const planned = (await windowsOfSpan(ctx.db, sources, span, env.SAMPLE_STEP, LIVE)).filter(
    (w) => w.clusterId === clusterId,
  );
  const readings = await readAndIngest(
    ledger,
    sources,
    planned.map((w) => ({ ...w, attempts: 0 })),
    span,
  );
  await rememberFailed(ledger, readings);
  const failed = readings.filter((r) => r.status === "failed");
  counts.windows = (counts.windows ?? 0) + readings.length - failed.length;
  counts.samples =
    (counts.samples ?? 0) + readings.reduce((sum, r) => sum + r.series.reduce((n, s) => n + s.at.length, 0), 0);
  for (const message of new Set(failed.map((r) => r.error))) errors.push(message);
  const status = failed.length === readings.length ? "failed" : "ok";
  await saveLive(ctx.db, sources, clusterId, before ?? span.start, through, status, failed[0]?.error ?? "", ctx.now());
}

async function readAndIngest(
  ledger: Ledger,
  sources: Sources,
  list: readonly Window[],
  meter: Interval,
): Promise<Reading[]> {
  const { ctx, keys, rules, marginSeconds } = ledger;
  const out: Reading[] = [];
  const bucket = rules.bucketSeconds;
  const range = { start: meter.start - marginSeconds, end: meter.end + bucket };
  for (let at = 0; at < list.length; at += BATCH) {
    const readings = await Promise.all(list.slice(at, at + BATCH).map((w) => readWindow(ctx.db, sources, w, "all")));
    await ingest(ctx, readings, { keys, bucketSeconds: bucket, marginSeconds, meter: range });
    out.push(...readings);
  }
  return out;
}

/** A live reading that failed becomes a window of its own, to be tried again later. */
async function rememberFailed(ledger: Ledger, readings: readonly Reading[]): Promise<void> {
  const { ctx } = ledger;
  const failed = readings.filter((r) => r.status === "failed" || r.status === "partial");
  if (!failed.length) return;
  await ctx.db.write((tx) =>
    planWindows(
      tx,
      failed.map(({ window: { attempts: _attempts, ...window } }) => window),
      ctx.now(),
      true,
    ),
  );
  await ingest(ctx, failed, {
    keys: ledger.keys,
    bucketSeconds: ledger.rules.bucketSeconds,
    marginSeconds: ledger.marginSeconds,
    meter: spanOf(failed),
  });
}

function spanOf(readings: readonly Reading[]): Interval {
  return {
    start: Math.min(...readings.map((r) => r.window.start)),
    end: Math.max(...readings.map((r) => r.window.end)),
  };
}

async function retry(ledger: Ledger, sources: Sources, counts: Record<string, number>): Promise<void> {
  const { ctx, env } = ledger;
  const now: Instant = ctx.now();
  const due = await claimRetries(ctx.db, now - env.SOURCE_RETENTION, now, RETRIES_PER_RUN);
  if (!due.length) return;
  const range = { start: Math.min(...due.map((w) => w.start)), end: Math.max(...due.map((w) => w.end)) };
  counts.retried = (await readAndIngest(ledger, sources, due, range)).length;
}
