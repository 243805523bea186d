import { setTimeout as sleep } from "node:timers/promises";
import { AppError, errorText } from "@/lib/errors.ts";
import { meterDue } from "@/lib/metering/run.ts";
import { listLiveClusters } from "@/lib/sync/facts/cluster-store.ts";
import { type FactCounts, syncFacts } from "@/lib/sync/facts/facts.ts";
import { reopenPruned } from "@/lib/sync/samples/retention-store.ts";
import type { Sources } from "@/lib/sync/sources.ts";
import {
  type Backfill,
  countUnread,
  findBackfill,
  forgetPauses,
  planAgain,
  replaceOlder,
  setPlannedFrom,
} from "@/lib/sync/windows/backfill-store.ts";
import { windowsOfSpan } from "@/lib/sync/windows/plan.ts";
import { readSpan } from "@/lib/sync/windows/read-span.ts";
import type { Reading } from "@/lib/sync/windows/read-window.ts";
import { readRange, spanSeconds, spansNewestFirst } from "@/lib/sync/windows/span.ts";
import type { PlannedWindow } from "@/lib/sync/windows/window.ts";
import { planWindows } from "@/lib/sync/windows/window-store.ts";
import { ceilTo, DAY, floorTo, type Instant, type Interval, intersect, windows } from "@/lib/time.ts";
import { syncLabels } from "./labels.ts";
import { rememberLate } from "./late.ts";
import { type Ledger, needSources } from "./ledger.ts";
import { chargeAgain } from "./moved.ts";
import { syncRestarts } from "./restarts.ts";

/** The progress of a running backfill. */
export interface BackfillProgress {
  readonly phase: "waiting" | "facts" | "samples" | "retrying" | "done";
  readonly facts: FactCounts | null;
  readonly spansDone: number;
  readonly spansTotal: number;
  /** Windows that this process read, repeats included. */
  readonly windowsRead: number;
  readonly samples: number;
  readonly bucketsMetered: number;
  /** Requests that the process sent since the backfill began. */
  readonly requests: number;
}

export interface BackfillOutcome {
  readonly status: "done" | "cancelled";
  /** Windows that could not be read in full; each is a gap with its cause. */
  readonly unread: number;
  /** Their most common cause. */
  readonly cause: string;
  readonly progress: BackfillProgress;
}

export const NO_PROGRESS: BackfillProgress = {
  phase: "facts",
  facts: null,
  spansDone: 0,
  spansTotal: 0,
  windowsRead: 0,
  samples: 0,
  bucketsMetered: 0,
  requests: 0,
};

const RETRY_ROUNDS = 3;
/** Spans that are read while one is metered: the sources never wait for metering, and memory stays at a few spans. */
const SPANS_AHEAD = 2;
const WAIT_MS = 500;
/** A source that did not respond in so many consecutive batches is down: the rest waits for the next run. */
const MOST_SILENT_BATCHES = 3;

const stopped = (why: string) =>
  new AppError("source_unavailable", `${why} The backfill stopped. Run it again to continue.`);

/** The part of one process in a backfill. */
export class BackfillWork {
  readonly #ledger: Ledger;
  readonly #backfill: Backfill;
  readonly #owner: string;
  /** Aborts all reading of this backfill when a part of it fails. */
  readonly #halt = new AbortController();
  readonly #signal: AbortSignal;
  readonly #onProgress: ((progress: BackfillProgress) => void) | undefined;
  readonly #sources: Sources;
  readonly #requestsBefore: number;
  /** Whole buckets of the range, and what must be read to meter them. */
  readonly #meter: Interval;
  readonly #range: Interval;
  readonly #silent = new Map<string, number>();
  /** Sources that are no longer asked, with why: the others are read, then the backfill stops. */
  readonly #down = new Map<string, string>();
  /** Sources that rested when a span was planned, with why: their clusters were left out of it. */
  readonly #rested = new Map<string, string>();
  #progress = NO_PROGRESS;

  constructor(
    ledger: Ledger,
    backfill: Backfill,
    owner: string,
    signal: AbortSignal,
    onProgress?: (progress: BackfillProgress) => void,
  ) {
    this.#ledger = ledger;
    this.#backfill = backfill;
    this.#owner = owner;
    this.#signal = AbortSignal.any([signal, this.#halt.signal]);
    this.#onProgress = onProgress;
    this.#sources = needSources(ledger);
    this.#requestsBefore = this.#sources.requests();
    const bucket = ledger.rules.bucketSeconds;
    this.#meter = { start: floorTo(backfill.fromAt, bucket), end: ceilTo(backfill.toAt, bucket) };
    this.#range = readRange(this.#meter, ledger.marginSeconds, ledger.horizon());
  }

  /**
   * Reads and meters everything that is left.
   * @throws the reason of the signal when it is aborted; then nothing continues in the background.
   */
  async all(): Promise<BackfillOutcome> {
    const { ctx } = this.#ledger;
    const unlisted = await this.#facts();
    for (const day of windows(this.#range, DAY)) {
      await syncLabels(this.#ledger, day);
      await syncRestarts(this.#ledger, day, (error) =>
        ctx.log.warn(
          { ...day, error: errorText(error) },
          "restarts of this time stay unknown until it is backfilled again",
        ),
      );
    }
    await this.#spans();
    await this.#retry();
    await this.#reopen(this.#range);
    // Facts may have changed usage outside of the range too.
    await this.#meterWithin(undefined);
    for (const why of this.#down.values()) throw stopped(why);
    if (unlisted.length > 0) {
      await ctx.db.write((tx) => planAgain(tx, this.#backfill.id));
      throw unlisted[0];
    }
    for (const why of this.#rested.values()) {
      await ctx.db.write((tx) => planAgain(tx, this.#backfill.id));
      throw new AppError("source_unavailable", `${why} The rest was read. Its clusters are read once it is resumed.`);
    }
    const { unread, cause } = await countUnread(ctx.db, this.#backfill.id);
    this.#report({ phase: "done" });
    return { status: "done", unread, cause, progress: this.#progress };
  }

  /** @returns why sources could not be listed, where others could. @throws AppError where none could. */
  async #facts(): Promise<readonly unknown[]> {
    const { ctx, env, rules, marginSeconds } = this.#ledger;
    const { counts, failures, complete } = await syncFacts(ctx, this.#sources, {
      bucketSeconds: rules.bucketSeconds,
      marginSeconds,
      histories: this.#meter,
      mostHistories: 1_000_000,
      onMoved: chargeAgain(env),
      onLate: (tx, late) => rememberLate(tx, this.#ledger, this.#sources, late),
      signal: this.#signal,
      onProgress: (sofar) => this.#report({ facts: { ...sofar } }),
    });
    if (failures.length > 0 && complete.size === 0) throw failures[0];
    await this.#ledger.learnNames();
    this.#report({ phase: "samples", facts: counts });
    return failures;
  }

  async #spans(): Promise<void> {
    const { ctx, marginSeconds } = this.#ledger;
    const length = await this.#spanSeconds();
    const spans = [...spansNewestFirst(this.#range, length)].flatMap((s) => intersect(s, this.#range) ?? []);
    const plannedFrom = (await findBackfill(ctx.db, this.#backfill.id))?.plannedFromAt ?? Number.POSITIVE_INFINITY;
    const due = spans.filter((s) => s.start < plannedFrom);
    this.#report({ spansTotal: spans.length, spansDone: spans.length - due.length });
    const ahead: Promise<void>[] = [];
    const start = (span: Interval | undefined) => {
      if (!span) return;
      const reading = this.#read(span);
      // Its failure is handled when it is awaited; until then it must not end the process.
      reading.catch(() => undefined);
      ahead.push(reading);
    };
    for (const span of due.slice(0, SPANS_AHEAD)) start(span);
    let unmeteredEnd: Instant | undefined;
    try {
      for (const [i, span] of due.entries()) {
        await ahead.shift();
        start(due[i + SPANS_AHEAD]);
        await this.#reopen(span);
        this.#signal.throwIfAborted();
        this.#report({ spansDone: this.#progress.spansDone + 1 });
        unmeteredEnd ??= span.end;
        // By days, so that the samples at the edges of spans are decoded and metered once, not twice.
        const next = due[i + 1];
        if (next && floorTo(next.start, DAY) === floorTo(span.start, DAY)) continue;
        await this.#meterWithin({ start: span.start - marginSeconds, end: unmeteredEnd + marginSeconds });
        unmeteredEnd = undefined;
        this.#signal.throwIfAborted();
        if (this.#rested.size === 0) await ctx.db.write((tx) => setPlannedFrom(tx, this.#backfill.id, span.start));
      }
    } catch (error) {
      this.#halt.abort(error);
      await Promise.allSettled(ahead);
      throw error;
    }
  }

  /** The length of one span, in seconds: the shortest that the sources of samples need. */
  async #spanSeconds(): Promise<number> {
    const clusters = await listLiveClusters(this.#ledger.ctx.db);
    const readers = clusters.flatMap((cluster) => this.#sources.providerOf("samples", cluster)?.read ?? []);
    return Math.min(DAY, ...readers.map((reader) => spanSeconds(this.#backfill.stepSeconds, reader)));
  }

  async #read(span: Interval): Promise<void> {
    const { ctx } = this.#ledger;
    const { stepSeconds, id } = this.#backfill;
    const planned: PlannedWindow[] = [];
    const left: string[] = [];
    for (const cluster of await listLiveClusters(ctx.db)) {
      const owner = this.#sources.ownerOf(cluster);
      if (!owner?.rests) planned.push(...(await windowsOfSpan(ctx.db, this.#sources, cluster, span, stepSeconds, id)));
      else {
        // What runs in it is not known: when its source answers again, this span is planned again.
        left.push(cluster.id);
        this.#rested.set(owner.name, (await owner.connection()).message);
      }
    }
    await ctx.db.write(async (tx) => {
      await replaceOlder(tx, id, span, left);
      await planWindows(tx, planned, ctx.now());
    });
    await this.#readDue(span);
  }

  async #readDue(span: Interval): Promise<void> {
    const { ctx, keys, rules, marginSeconds, env } = this.#ledger;
    await readSpan(ctx, this.#sources, this.#backfill.id, span, {
      keys,
      bucketSeconds: rules.bucketSeconds,
      marginSeconds,
      meter: this.#meter,
      owner: this.#owner,
      evidenceSince: ctx.now() - env.SERIES_RETENTION,
      signal: this.#signal,
      onWindows: (readings) => this.#onReadings(readings),
      downOf: (source) => this.#down.get(source),
    });
  }

  #onReadings(readings: readonly Reading[]): void {
    const samples = readings.reduce((sum, r) => sum + r.series.reduce((n, s) => n + s.at.length, 0), 0);
    const { windowsRead, samples: before } = this.#progress;
    this.#report({ windowsRead: windowsRead + readings.length, samples: before + samples });
    for (const [source, list] of Map.groupBy(readings, (r) => r.window.source)) {
      const silent = list.every((r) => r.unreachable) ? (this.#silent.get(source) ?? 0) + 1 : 0;
      this.#silent.set(source, silent);
      if (silent >= MOST_SILENT_BATCHES) this.#down.set(source, list[0]?.error ?? "");
    }
    const [why] = this.#down.values();
    if (why !== undefined && this.#down.size === this.#silent.size) throw stopped(why);
  }

  /**
   * Retries failed windows at once, a few times, because most failures pass. Waits for windows that other processes
   * read.
   */
  async #retry(): Promise<void> {
    const { ctx } = this.#ledger;
    for (let round = 0; round < RETRY_ROUNDS; ) {
      const { unread, leased } = await countUnread(ctx.db, this.#backfill.id);
      if (unread === 0) return;
      this.#report({ phase: "retrying" });
      if (unread === leased) await sleep(WAIT_MS, undefined, { signal: this.#signal });
      else {
        await ctx.db.write((tx) => forgetPauses(tx, this.#backfill.id));
        round++;
      }
      await this.#readDue(this.#range);
    }
  }

  async #reopen(read: Interval): Promise<void> {
    const { ctx, marginSeconds, rules } = this.#ledger;
    const closed = await reopenPruned(ctx.db, this.#backfill.id, {
      read,
      meter: this.#meter,
      marginSeconds,
      bucketSeconds: rules.bucketSeconds,
    });
    if (closed.length)
      ctx.log.warn({ spans: closed.length }, "spans whose samples were removed could not be read in full");
  }

  async #meterWithin(within: Interval | undefined): Promise<void> {
    const { ctx, rules } = this.#ledger;
    const before = this.#progress.bucketsMetered;
    await meterDue(ctx, {
      rules,
      horizon: this.#ledger.horizon(),
      stepSeconds: this.#backfill.stepSeconds,
      within,
      signal: this.#signal,
      onProgress: (done) => this.#report({ bucketsMetered: before + done }),
    });
  }

  #report(change: Partial<BackfillProgress>): void {
    this.#progress = { ...this.#progress, ...change, requests: this.#sources.requests() - this.#requestsBefore };
    this.#onProgress?.(this.#progress);
  }
}
