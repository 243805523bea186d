import { AppError } from "@/lib/errors.ts";
import type { OwnedCluster } from "@/lib/sync/sources.ts";
import { backfilledTime } from "@/lib/sync/windows/backfill-store.ts";
import type { Gap } from "@/lib/sync/windows/gap-change.ts";
import { windowsOfSpan } from "@/lib/sync/windows/plan.ts";
import { ingest, whileHeld } from "@/lib/sync/windows/read-span.ts";
import { failedReading, type Reading, readWindow } from "@/lib/sync/windows/read-window.ts";
import { LIVE, liveThrough, saveLive } from "@/lib/sync/windows/run-store.ts";
import { retryPauseSeconds } from "@/lib/sync/windows/span.ts";
import type { SourceWindow } from "@/lib/sync/windows/window.ts";
import { claimRetries, rememberWindows } from "@/lib/sync/windows/window-store.ts";
import { ceilTo, HOUR, type Instant, type Interval, subtract } from "@/lib/time.ts";
import { requestBackfill } from "./backfill.ts";
import { hoursOf } from "./late.ts";
import type { Ledger } from "./ledger.ts";
import { askedSince, type LiveRun, REREAD_SECONDS } from "./live-run.ts";

/** After a longer pause, in seconds, the time in between is backfilled instead of read live. */
const CATCH_UP_SECONDS = HOUR;
const BATCH = 40;
/** How many windows are read first: if the source responds to none of them, it is down and the rest is not read. */
const PROBES = 6;
const RETRIES_PER_RUN = 200;

/**
 * Reads the new time of one cluster, and its last minutes again. The instant up to which it was read advances unless
 * nothing could be read, or the inventory could not: then the next run reads the same time and more. What was read in
 * part is retried later.
 */
export async function readCluster(run: LiveRun, cluster: OwnedCluster): Promise<void> {
  const { ledger, sources } = run;
  const owner = sources.ownerOf(cluster);
  // Its source is no longer configured, so nothing is known about it.
  if (!owner) return;
  const clusterId = cluster.id;
  const hasFacts = run.hasFactsOf(cluster);
  const { ctx, env } = ledger;
  const through = ledger.horizon();
  const before = await liveThrough(ctx.db, clusterId);
  // It is not known yet what runs, so there is nothing to read.
  if (before === null && !hasFacts) return;
  const filled = before === null ? (await backfilledTime(ctx.db, clusterId)).at(-1)?.end : undefined;
  const from = Math.min(before ?? filled ?? through, through) - REREAD_SECONDS;
  const start = Math.max(from, through - CATCH_UP_SECONDS);
  const span: Interval = { start: ceilTo(start, env.SAMPLE_STEP), end: through };
  if (span.end <= span.start) return;
  if (before === null)
    await backfillUnread(ledger, clusterId, { start: firstInstant(ledger, filled), end: span.start });
  const planned = await windowsOfSpan(ctx.db, sources, cluster, span, env.SAMPLE_STEP, LIVE);
  if (planned.length === 0)
    throw new AppError("source_unavailable", `No configured source provides samples of the cluster ${clusterId}.`);
  const list = planned.map((w) => ({ ...w, attempts: 0 }));
  const readings = (await readAndIngest(run, list, span, before)).map((r) => withoutKnown(r, before));
  const failed = readings.filter((r) => r.status === "failed");
  run.counts.windows += readings.length - failed.length;
  for (const { error, window } of failed) if (!sources.byName(window.source)?.rests) run.errors.add(error);
  const nothing = failed.length === readings.length;
  if (!nothing) {
    await remember(ledger, readings);
    if (before !== null && hasFacts && span.start > before)
      await backfillUnread(ledger, clusterId, { start: before - REREAD_SECONDS, end: span.start });
  }
  // Without the inventory it is not known what started: this time is read again when it is available.
  const at = !nothing && hasFacts ? through : (before ?? span.start);
  const { name } = sources.providerOf("samples", cluster)?.source ?? owner;
  await saveLive(ctx.db, name, clusterId, at, nothing ? "given-up" : "fetched", failed[0]?.error ?? "", ctx.now());
}

/** The start of the first reading: a new ledger reads some history; one that was backfilled continues from there. */
function firstInstant({ ctx, env }: Ledger, filled: Instant | undefined): Instant {
  const now = ctx.now();
  const oldest = now - Math.max(env.INITIAL_BACKFILL, CATCH_UP_SECONDS);
  return filled !== undefined && filled > oldest ? filled - REREAD_SECONDS : now - env.INITIAL_BACKFILL;
}

/** Requests backfills for the parts of `time` that no other backfill has read or will read. */
async function backfillUnread({ ctx, env }: Ledger, clusterId: string, time: Interval): Promise<void> {
  // The last minutes of a backfill had not settled when it was requested.
  const filled = (await backfilledTime(ctx.db, clusterId)).map((i) => ({ ...i, end: i.end - REREAD_SECONDS }));
  for (const { start, end } of subtract(time, filled))
    await requestBackfill(ctx, { from: start, to: end, stepSeconds: env.BACKFILL_STEP });
}

/** Time that was read before does not become a gap because reading it again failed. */
function withoutKnown(reading: Reading, before: Instant | null): Reading {
  if (before === null || reading.status !== "failed") return reading;
  return { ...reading, gaps: reading.gaps.map((g) => ({ ...g, start: Math.min(g.end, Math.max(g.start, before)) })) };
}

async function readAndIngest(
  run: LiveRun,
  list: readonly SourceWindow[],
  meter: Interval,
  before: Instant | null,
): Promise<Reading[]> {
  const { ctx } = run.ledger;
  const out: Reading[] = [];
  for (let at = 0; at < list.length && !run.signal.aborted; ) {
    const part = list.slice(at, at + (at === 0 ? PROBES : BATCH));
    const readings = await readPart(run, part, (source) => silence(out, source));
    await ingest(
      ctx,
      readings.map((r) => withoutKnown(r, before)),
      ingestOptions(run.ledger, meter, null),
    );
    run.counts.samples += countSamples(readings);
    out.push(...readings);
    at += part.length;
  }
  return out;
}

/** @param downOf why a source is not asked; null to ask it. */
function readPart(
  { ledger, sources, owner, signal }: LiveRun,
  part: readonly SourceWindow[],
  downOf: (source: string) => string | null,
) {
  const { db } = ledger.ctx;
  const read = (w: SourceWindow) => {
    const down = downOf(w.source);
    return down === null ? readWindow(db, sources, w, "all") : failedReading(db, w, down, true);
  };
  return whileHeld(ledger.ctx, owner, [], signal, () => Promise.all(part.map(read)));
}

/** Why a source does not respond; null if it does, or was not asked. */
function silence(readings: readonly Reading[], source: string): string | null {
  const own = readings.filter((r) => r.window.source === source);
  return own.length > 0 && own.every((r) => r.unreachable) ? (own[0]?.error ?? "") : null;
}

const countSamples = (readings: readonly Reading[]) =>
  readings.reduce((sum, r) => sum + r.series.reduce((n, s) => n + s.at.length, 0), 0);

function ingestOptions({ keys, rules, marginSeconds }: Ledger, read: Interval, owner: string | null) {
  const meter = { start: read.start - marginSeconds, end: read.end + Math.max(marginSeconds, rules.bucketSeconds) };
  return { keys, bucketSeconds: rules.bucketSeconds, marginSeconds, meter, owner };
}

/**
 * Stores what a live reading did not get, to be retried after a pause, in windows of an hour: an outage leaves few of
 * them.
 */
async function remember(ledger: Ledger, readings: readonly Reading[]): Promise<void> {
  const { ctx } = ledger;
  const list = readings.flatMap((r) => {
    const lacking: readonly Gap[] = r.status === "fetched" ? [] : r.gaps;
    const rest = r.status === "partial" && !lacking.length ? [{ start: r.window.start, end: r.window.end }] : lacking;
    return rest.flatMap((g) => hoursOf(r, g));
  });
  if (!list.length) return;
  const now = ctx.now();
  await ctx.db.write((tx) => rememberWindows(tx, list, now + retryPauseSeconds(1), now));
}

/** Retries what was not read in full and whose pause is over. */
export async function readRetries(run: LiveRun): Promise<void> {
  const { ctx } = run.ledger;
  const since = askedSince(run.ledger);
  const detail = (w: SourceWindow) => (w.end > since.noData ? "all" : "metering");
  const resting = run.sources.list().flatMap(({ name, rests }) => (rests ? [name] : []));
  const down = () => run.sources.list().flatMap(({ name }) => (silence(read, name) === null ? [] : [name]));
  const claim = (limit: number) => claimRetries(ctx.db, run.owner, since, ctx.now(), limit, [...resting, ...down()]);
  let read: Reading[] = [];
  while (read.length < RETRIES_PER_RUN && !run.signal.aborted) {
    const due = await claim(read.length === 0 ? PROBES : BATCH);
    if (!due.length) break;
    const range = { start: Math.min(...due.map((w) => w.start)), end: Math.max(...due.map((w) => w.end)) };
    const readings = await whileHeld(ctx, run.owner, due, run.signal, () =>
      Promise.all(due.map((w) => readWindow(ctx.db, run.sources, w, detail(w)))),
    );
    await ingest(ctx, readings, ingestOptions(run.ledger, range, run.owner));
    read = [...read, ...readings];
  }
  if (read.length) run.counts.retried = read.length;
}
