import { chargeDue } from "@/lib/charges/run.ts";
import { meterDue } from "@/lib/metering/run.ts";
import { rememberCards } from "@/lib/metering/shared/kept-cards-store.ts";
import { correctDue } from "@/lib/statements/correct-run.ts";
import { saveCallTimes } from "@/lib/sync/call-times-store.ts";
import { listLiveClusters } from "@/lib/sync/facts/cluster-store.ts";
import { syncFacts, syncHistories } from "@/lib/sync/facts/facts.ts";
import { withLease } from "@/lib/sync/lease.ts";
import { CHUNK_SECONDS } from "@/lib/sync/samples/chunk.ts";
import { pruneSamples } from "@/lib/sync/samples/retention-store.ts";
import type { OwnedCluster } from "@/lib/sync/sources.ts";
import { listUnfinished } from "@/lib/sync/windows/backfill-store.ts";
import { dropGapsAfterEnd, settleGaps } from "@/lib/sync/windows/gap-store.ts";
import { finishRun, LIVE, startRun } from "@/lib/sync/windows/run-store.ts";
import { releaseWindows, restWindows } from "@/lib/sync/windows/window-store.ts";
import { readDueCounts } from "@/lib/unit-costs/read-counts.ts";
import { readDueRequests } from "@/lib/unit-costs/read-requests.ts";
import { readDueTokens } from "@/lib/unit-costs/read-tokens.ts";
import { evaluateFindings } from "./findings.ts";
import { syncLabels } from "./labels.ts";
import { rememberLate } from "./late.ts";
import { type Ledger, moneyOf, needSources } from "./ledger.ts";
import { readCluster, readRetries } from "./live-cluster.ts";
import { askedSince, LiveRun, REREAD_SECONDS } from "./live-run.ts";
import { chargeAgain } from "./moved.ts";
import { isAway, syncRestarts } from "./restarts.ts";
import { tokenReader } from "./tokens.ts";

export interface SyncSummary {
  readonly status: "ok" | "partial" | "failed" | "busy";
  readonly counts: Readonly<Record<string, number>>;
  readonly error: string;
}

const HISTORIES_PER_RUN = 200;

/**
 * One live sync: the inventory, the samples since the last sync, retries of what failed before, then metering and
 * charging. Never throws for a failure of a source: the row of the run reports it. `busy`: another process is syncing.
 * @throws the reason of the signal when it is aborted; the error of the database when not even the row of the run can
 *   be written.
 */
export async function syncLive(ledger: Ledger, signal?: AbortSignal): Promise<SyncSummary> {
  const { ctx } = ledger;
  const problems = await ledger.refresh();
  const sources = needSources(ledger);
  const warnings = [...problems, ...(await ledger.readTime())];
  const result = await withLease(ctx.db, "live", ctx.now, async (owner) => {
    const id = await startRun(ctx.db, LIVE, ctx.now());
    const before = sources.requests();
    const run = new LiveRun(ledger, owner, signal ?? new AbortController().signal);
    for (const warning of warnings) run.errors.add(warning);
    await everything(run);
    if (run.signal.aborted) await ctx.db.write((tx) => releaseWindows(tx, owner, ctx.now()));
    await run.step(() => saveCallTimes(ctx.db, sources));
    const counts = { ...run.counts, requests: sources.requests() - before };
    const status = run.errors.size === 0 ? "ok" : run.hasFacts || counts.windows > 0 ? "partial" : "failed";
    const errors = run.signal.aborted ? ["Stopped before its end."] : [...run.errors];
    await finishRun(ctx.db, id, status, counts, errors.join(" · "), ctx.now());
    run.signal.throwIfAborted();
    return { status, counts, error: errors.join("\n") } as const;
  });
  return result ?? { status: "busy", counts: {}, error: "Another process is syncing." };
}

/** Runs each step on its own: if one fails, the others still run. */
async function everything(run: LiveRun): Promise<void> {
  const { ctx, env, rules } = run.ledger;
  await run.step(() => facts(run));
  const recent = { start: ctx.now() - REREAD_SECONDS, end: ctx.now() };
  await run.step(() => syncLabels(run.ledger, recent));
  await run.step(() =>
    syncRestarts(run.ledger, recent, (error) => {
      // That a source is away is said once, by its samples.
      if (!isAway(error)) run.fail(error);
    }),
  );
  await run.step(async () => {
    for (const cluster of await listLiveClusters(ctx.db)) await run.step(() => readCluster(run, cluster));
  });
  await run.step(() => readRetries(run));
  await run.step(async () => {
    const options = { rules, horizon: run.ledger.horizon(), stepSeconds: Math.max(env.SAMPLE_STEP, env.BACKFILL_STEP) };
    run.counts.buckets = await meterDue(ctx, { ...options, signal: run.signal });
  });
  await run.step(async () => {
    run.counts.days = await chargeDue(ctx, { ...moneyOf(env), signal: run.signal });
    run.counts.corrected = await correctDue(ctx, { ...moneyOf(env), signal: run.signal });
  });
  await run.step(async () => {
    run.counts.evaluated = (await evaluateFindings({ ...run.ledger, isTick: true }, run.signal)) ?? 0;
  });
  await run.step(async () => {
    const read = run.sources.firstReader("counts");
    const limits = { horizon: run.ledger.horizon(), retention: env.SOURCE_RETENTION, signal: run.signal };
    const requests = (cluster: OwnedCluster) => {
      const provider = run.sources.providerOf("requests", cluster);
      return provider?.source.rests ? undefined : provider?.read;
    };
    const hasTokens = run.sources.providers("tokens").some(({ source }) => !source.rests);
    const windows =
      (read ? await readDueCounts(ctx, read, limits) : 0) +
      (await readDueRequests(ctx, requests, limits)) +
      (hasTokens ? await readDueTokens(ctx, tokenReader(run.ledger, run.sources), limits) : 0);
    if (windows > 0) run.counts.units = windows;
  });
  if (run.hasFacts) await run.step(() => shownHistories(run));
  await run.step(async () => {
    await ctx.db.write(async (tx) => {
      if (run.hasFacts) await dropGapsAfterEnd(tx);
      const since = askedSince(run.ledger);
      await settleGaps(tx, since.unread);
      await restWindows(tx, since, ctx.now());
    });
    await prune(run);
  });
}

async function facts(run: LiveRun): Promise<void> {
  const { ctx, env, rules, marginSeconds } = run.ledger;
  const now = ctx.now();
  const { counts, complete, failures, warnings } = await syncFacts(ctx, run.sources, {
    bucketSeconds: rules.bucketSeconds,
    marginSeconds,
    histories: { start: now - REREAD_SECONDS, end: now },
    mostHistories: HISTORIES_PER_RUN,
    onMoved: chargeAgain(env),
    onLate: (tx, late) => rememberLate(tx, run.ledger, run.sources, late),
    signal: run.signal,
  });
  for (const failure of failures) run.fail(failure);
  for (const warning of warnings) run.errors.add(warning);
  if (complete.size > 0) Object.assign(run.counts, counts);
  await run.ledger.learnNames();
  run.inventoried = complete;
}

/** Reads histories that are only shown on pages, a few in each run. */
async function shownHistories(run: LiveRun): Promise<void> {
  const { ctx, rules, marginSeconds } = run.ledger;
  const options = {
    bucketSeconds: rules.bucketSeconds,
    marginSeconds,
    histories: { start: 0, end: ctx.now() },
    mostHistories: HISTORIES_PER_RUN,
    signal: run.signal,
  };
  run.counts.histories = (run.counts.histories ?? 0) + (await syncHistories(ctx, run.sources, options, true));
}

/** Removes old samples, except those that an unfinished backfill has read or will read. */
async function prune({ ledger }: LiveRun): Promise<void> {
  const { ctx, env, marginSeconds } = ledger;
  const around = marginSeconds + CHUNK_SECONDS;
  const keep = (await listUnfinished(ctx.db)).map((b) => ({ start: b.fromAt - around, end: b.toAt + around }));
  await rememberCards(ctx.db);
  await pruneSamples(ctx.db, ctx.now() - env.SERIES_RETENTION, ctx.now(), keep);
}
