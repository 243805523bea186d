import type { Ctx } from "@/lib/ctx";
import { AppError, errorText } from "@/lib/errors";
import { meterDue } from "@/lib/metering/run";
import type { Backfill } from "@/lib/sync/backfill-store";
import {
  countUnread,
  findBackfill,
  findSame,
  forgetPauses,
  insertBackfill,
  replaceOlder,
  setPlannedFrom,
  setStatus,
} from "@/lib/sync/backfill-store";
import { type FactCounts, syncFacts } from "@/lib/sync/facts";
import { withLease } from "@/lib/sync/lease";
import { windowsOfSpan } from "@/lib/sync/plan";
import { readSpan } from "@/lib/sync/read-span";
import type { Sources } from "@/lib/sync/sources";
import { readRange, spanSeconds, spansNewestFirst } from "@/lib/sync/span";
import { planWindows, releaseWindows } from "@/lib/sync/window-store";
import { ceilTo, floorTo, formatInstant, type Instant, type Interval, intersect } from "@/lib/time";
import { type Ledger, needSources } from "./ledger.ts";

/** What a running backfill tells while it works. */
export interface BackfillProgress {
  readonly phase: "facts" | "samples" | "retrying" | "done";
  readonly facts: FactCounts | null;
  readonly spansDone: number;
  readonly spansTotal: number;
  readonly windowsRead: number;
  readonly samples: number;
  readonly bucketsMetered: number;
  readonly requests: number;
}

export interface BackfillRun {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: BackfillProgress) => void) | undefined;
}

export interface BackfillOutcome {
  readonly status: "done" | "cancelled";
  /** Windows that could not be read whole; each is a gap with its cause. */
  readonly unread: number;
  readonly progress: BackfillProgress;
}

const RETRY_ROUNDS = 3;
/** Spans being read while one is metered: the peer never waits for us, and memory stays at a few spans. */
const SPANS_AHEAD = 2;

function mustOperate(ctx: Ctx): void {
  if (!ctx.viewer.mayOperate) throw new AppError("forbidden", "You may look at the sync, but not run it.");
}

/**
 * Asks for the history of `[from, to)`: workers pick it up. Asking for the same range while it is unfinished gives that one.
 * @throws AppError `invalid` for an impossible range, `forbidden`.
 */
export async function requestBackfill(
  ctx: Ctx,
  range: { from: Instant; to: Instant; stepSeconds: number },
): Promise<Backfill> {
  mustOperate(ctx);
  const { from, to, stepSeconds } = range;
  if (to <= from)
    throw new AppError("invalid", `The range is empty: ${formatInstant(from)} is not before ${formatInstant(to)}.`);
  if (from > ctx.now())
    throw new AppError("invalid", `${formatInstant(from)} is in the future: there is nothing to read yet.`);
  const wanted = { start: from, end: Math.min(to, ctx.now()) };
  return ctx.db.write(
    async (tx) =>
      (await findSame(tx, wanted, stepSeconds)) ?? insertBackfill(tx, wanted, stepSeconds, ctx.viewer.id, ctx.now()),
  );
}

/** Stops a backfill after the windows that are being read. What was read stays; `resumeBackfill` goes on. */
export async function cancelBackfill(ctx: Ctx, id: string): Promise<void> {
  mustOperate(ctx);
  await ctx.db.write(async (tx) => {
    const backfill = await findBackfill(tx, id);
    if (!backfill) throw new AppError("not_found", "There is no such backfill.");
    if (backfill.status === "queued" || backfill.status === "running") await setStatus(tx, id, "cancelled", ctx.now());
  });
}

/** Goes on with a cancelled or failed backfill where it stopped. */
export async function resumeBackfill(ctx: Ctx, id: string): Promise<void> {
  mustOperate(ctx);
  await ctx.db.write(async (tx) => {
    const backfill = await findBackfill(tx, id);
    if (!backfill) throw new AppError("not_found", "There is no such backfill.");
    if (backfill.status === "cancelled" || backfill.status === "failed") await setStatus(tx, id, "queued", ctx.now());
  });
}

/**
 * Reads and meters a backfill, newest span first, reading the next span while one is metered. Can be killed at any point and
 * run again: what is done is not done twice. Two processes may work on one backfill.
 * @throws AppError `source_unavailable` when the inventory cannot be read; the backfill is then `failed` and can be resumed.
 */
export async function runBackfill(ledger: Ledger, id: string, run: BackfillRun = {}): Promise<BackfillOutcome> {
  const work = new BackfillWork(ledger, run);
  const { ctx } = ledger;
  try {
    // The lease tells idle workers that somebody is at it; without it this process helps with what is left.
    const done = await withLease(ctx.db, `backfill/${id}`, ctx.now, () => work.all(id));
    return done ?? (await work.all(id));
  } catch (error) {
    await ctx.db.write(async (tx) => {
      await releaseWindows(tx, ctx.now());
      await setStatus(tx, id, run.signal?.aborted ? "queued" : "failed", ctx.now(), errorText(error));
    });
    throw error;
  }
}

class BackfillWork {
  readonly #ledger: Ledger;
  readonly #sources: Sources;
  readonly #run: BackfillRun;
  #progress: BackfillProgress = {
    phase: "facts",
    facts: null,
    spansDone: 0,
    spansTotal: 0,
    windowsRead: 0,
    samples: 0,
    bucketsMetered: 0,
    requests: 0,
  };

  constructor(ledger: Ledger, run: BackfillRun) {
    this.#ledger = ledger;
    this.#sources = needSources(ledger);
    this.#run = run;
  }

  async all(id: string): Promise<BackfillOutcome> {
    const { ctx, rules } = this.#ledger;
    await ctx.db.write((tx) => setStatus(tx, id, "running", ctx.now()));
    const backfill = (await findBackfill(ctx.db, id)) as Backfill;
    const bucket = rules.bucketSeconds;
    const meter = { start: floorTo(backfill.fromAt, bucket), end: ceilTo(backfill.toAt, bucket) };
    await this.#facts(meter);
    if (!(await this.#spans(backfill, meter))) return this.#cancelled();
    await this.#retry(backfill, meter);
    await this.#meter(meter);
    const unread = await countUnread(ctx.db, id);
    await ctx.db.write((tx) =>
      setStatus(tx, id, "done", ctx.now(), unread ? `${unread} windows could not be read whole: see the gaps.` : ""),
    );
    this.#tell({ phase: "done" });
    return { status: "done", unread, progress: this.#progress };
  }

  async #facts(meter: Interval): Promise<void> {
    const { ctx, rules } = this.#ledger;
    const facts = await syncFacts(ctx, this.#sources.facts, {
      bucketSeconds: rules.bucketSeconds,
      histories: meter,
      mostHistories: 1_000_000,
      signal: this.#run.signal,
      onProgress: (counts) => this.#tell({ facts: { ...counts } }),
    });
    this.#tell({ phase: "samples", facts });
  }

  /** @returns false when the backfill was cancelled on the way. */
  async #spans(backfill: Backfill, meter: Interval): Promise<boolean> {
    const { ctx, marginSeconds } = this.#ledger;
    const range = readRange(meter, marginSeconds, this.#ledger.horizon());
    const length = spanSeconds(backfill.stepSeconds, this.#sources.bulk !== null);
    const spans = [...spansNewestFirst(range, length)].map((s) => intersect(s, range) as Interval);
    this.#tell({ spansTotal: spans.length });
    const due = spans.filter((s) => s.start < backfill.plannedFromAt);
    this.#tell({ spansDone: spans.length - due.length });
    const ahead: Promise<void>[] = [];
    const start = (i: number) => {
      const reading = this.#read(backfill, due[i], meter);
      // Its failure is met when its turn comes; until then it must not end the process.
      reading.catch(() => undefined);
      ahead.push(reading);
    };
    for (let i = 0; i < SPANS_AHEAD; i++) start(i);
    for (const [i, span] of due.entries()) {
      await ahead.shift();
      if ((await findBackfill(ctx.db, backfill.id))?.status === "cancelled") {
        await Promise.allSettled(ahead);
        return false;
      }
      start(i + SPANS_AHEAD);
      await this.#meter({ start: span.start - marginSeconds, end: span.end + marginSeconds });
      await ctx.db.write((tx) => setPlannedFrom(tx, backfill.id, span.start));
      this.#tell({ spansDone: this.#progress.spansDone + 1 });
    }
    return true;
  }

  async #read(backfill: Backfill, span: Interval | undefined, meter: Interval): Promise<void> {
    if (!span) return;
    const { ctx } = this.#ledger;
    const planned = await windowsOfSpan(ctx.db, this.#sources, span, backfill.stepSeconds, backfill.id);
    await ctx.db.write(async (tx) => {
      await replaceOlder(tx, backfill.id, span);
      await planWindows(tx, planned, ctx.now(), false);
    });
    await this.#readDue(backfill, span, meter);
  }

  async #readDue(backfill: Backfill, span: Interval, meter: Interval): Promise<number> {
    const { ctx, keys, rules, marginSeconds } = this.#ledger;
    return readSpan(ctx, this.#sources, backfill.id, span, {
      keys,
      bucketSeconds: rules.bucketSeconds,
      marginSeconds,
      meter,
      evidenceSince: ctx.now() - this.#ledger.env.SERIES_RETENTION,
      signal: this.#run.signal,
      onWindows: (readings) => {
        const samples = readings.reduce((sum, r) => sum + r.series.reduce((n, s) => n + s.at.length, 0), 0);
        this.#tell({
          windowsRead: this.#progress.windowsRead + readings.length,
          samples: this.#progress.samples + samples,
        });
      },
    });
  }

  /** What failed is tried again at once, a few times: most failures of a peer pass. */
  async #retry(backfill: Backfill, meter: Interval): Promise<void> {
    const { ctx, marginSeconds } = this.#ledger;
    const range = readRange(meter, marginSeconds, this.#ledger.horizon());
    for (let round = 0; round < RETRY_ROUNDS; round++) {
      if ((await countUnread(ctx.db, backfill.id)) === 0) return;
      this.#tell({ phase: "retrying" });
      await ctx.db.write((tx) => forgetPauses(tx, backfill.id));
      await this.#readDue(backfill, range, meter);
    }
  }

  async #meter(within: Interval): Promise<void> {
    const { ctx, rules, env } = this.#ledger;
    const before = this.#progress.bucketsMetered;
    await meterDue(ctx, {
      rules,
      horizon: this.#ledger.horizon(),
      stepSeconds: Math.max(env.SAMPLE_STEP, env.BACKFILL_STEP),
      within,
      signal: this.#run.signal,
      onProgress: (done) => this.#tell({ bucketsMetered: before + done }),
    });
  }

  async #cancelled(): Promise<BackfillOutcome> {
    const { ctx } = this.#ledger;
    await ctx.db.write((tx) => releaseWindows(tx, ctx.now()));
    return { status: "cancelled", unread: 0, progress: this.#progress };
  }

  #tell(change: Partial<BackfillProgress>): void {
    this.#progress = { ...this.#progress, ...change, requests: this.#sources.requests() };
    this.#run.onProgress?.(this.#progress);
  }
}
