import type { Instant, Interval } from "@/lib/time.ts";
import { AT, CELL, type MeasureName, type SlotFacts, WIDTH } from "./cell.ts";
import { HOST, type SpanCells, slotId } from "./codec.ts";

/** Facts of a workload that rules read. */
export interface WorkloadFacts {
  readonly key: number;
  readonly id: string;
  readonly name: string;
  readonly category: string;
  readonly type: string;
  readonly user: string;
  readonly images: readonly string[];
  readonly createdAt: Instant;
  /** Start of its first pod; null: no source says. */
  readonly startedAt: Instant | null;
  /** When the containers of its pods ran: a restart ends one run and begins the next. The end of one that still runs lies far in the future. Empty: no source lists pods. */
  readonly runs: readonly Interval[];
  /** Names of its pods, by id. */
  readonly podNames: Readonly<Record<string, string>>;
  /** When its pods were created, by id. */
  readonly podsCreated: Readonly<Record<string, Instant>>;
  readonly cpuRequestMilli: number | null;
  readonly cpuMemoryRequestMib: number | null;
  /** Whole cards of each node that it ran on, by name. */
  readonly nodeGpus: Readonly<Record<string, number>>;
  /** GPU models of the ledger with their newest price for a GPU-hour, in billionths. */
  readonly offers: readonly { readonly model: string; readonly hourNanos: number }[];
  /** Whether all its images are on the list of known ones; null: there is no list. */
  readonly imagesKnown: boolean | null;
  /** The hour of the day, 0 to 23, in the billing time zone. */
  readonly hourOf: (at: Instant) => number;
}

/** What of a workload's life lies before its view. */
export interface EarlierLife {
  readonly firstHeldAt: Instant | null;
  readonly lastActiveAt: Instant | null;
}

/** Sums of one slot over any half-open range of cells, in constant time. Indices count cells from the start of the view. */
export class SlotView {
  readonly facts: SlotFacts;
  readonly #cells: readonly (Float32Array | undefined)[];
  /** Of each measure that was asked for, its sums over the cells before each index: most rules ask for a few. */
  readonly #before = new Array<Float64Array | undefined>(WIDTH);

  constructor(facts: SlotFacts, cells: readonly (Float32Array | undefined)[]) {
    this.facts = facts;
    this.#cells = cells;
  }

  #sumsOf(measure: number): Float64Array {
    const before = new Float64Array(this.#cells.length + 1);
    let sum = 0;
    for (let i = 0; i < this.#cells.length; i++) {
      sum += this.#cells[i]?.[measure] ?? 0;
      before[i + 1] = sum;
    }
    this.#before[measure] = before;
    return before;
  }

  sum(measure: MeasureName, from: number, to: number): number {
    const m = AT[measure];
    const before = this.#before[m] ?? this.#sumsOf(m);
    return (before[to] as number) - (before[Math.max(0, from)] as number);
  }

  /** The largest value of an extreme over a range; 0 where nothing was measured. */
  max(measure: MeasureName, from: number, to: number): number {
    let most = 0;
    for (let i = Math.max(0, from); i < to; i++) most = Math.max(most, this.#cells[i]?.[AT[measure]] ?? 0);
    return most;
  }

  /** The smallest memory over a range; null where none was measured. */
  memoryMin(from: number, to: number): number | null {
    let least = Number.POSITIVE_INFINITY;
    for (let i = Math.max(0, from); i < to; i++) {
      const value = this.#cells[i]?.[AT.memoryMin] ?? Number.NaN;
      if (value < least) least = value;
    }
    return Number.isFinite(least) ? least : null;
  }

  /** `sum / seconds`; null where nothing was measured. */
  mean(sum: MeasureName, seconds: MeasureName, from: number, to: number): number | null {
    const length = this.sum(seconds, from, to);
    return length > 0 ? this.sum(sum, from, to) / length : null;
  }

  held = (from: number, to: number): number => this.sum("held", from, to);
  observed = (from: number, to: number): number => this.sum("observed", from, to);
  /** Mean utilisation in percent; null where it was not observed. */
  utilisation = (from: number, to: number): number | null => this.mean("utilSum", "observed", from, to);
}

type HostName = (typeof HOST)[number];

/** A workload as rules see it: its facts, and cells from `start` on. */
export class WorkloadView {
  readonly facts: WorkloadFacts;
  readonly earlier: EarlierLife;
  readonly start: Instant;
  readonly count: number;
  readonly slots: readonly SlotView[];
  readonly #host: readonly (Float32Array | undefined)[];
  readonly #heldAt = new Map<number, readonly SlotView[]>();

  constructor(facts: WorkloadFacts, earlier: EarlierLife, spans: readonly SpanCells[], start: Instant, end: Instant) {
    this.facts = facts;
    this.earlier = earlier;
    this.start = start;
    this.count = Math.max(0, Math.round((end - start) / CELL));
    const inOrder = (parts: readonly ReadonlyMap<Instant, Float32Array>[]) => {
      const out = new Array<Float32Array | undefined>(this.count).fill(undefined);
      for (const part of parts)
        for (const [at, cell] of part) {
          const i = (at - start) / CELL;
          if (i >= 0 && i < this.count) out[i] = cell;
        }
      return out;
    };
    const byId = Map.groupBy(
      spans.flatMap((s) => s.slots),
      slotId,
    );
    this.slots = [...byId.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, parts]) => {
        const { cells: _, ...facts } = parts[0] as (typeof parts)[number];
        return new SlotView(facts, inOrder(parts.map((p) => p.cells)));
      });
    this.#host = inOrder(spans.map((s) => s.host));
  }

  instant = (index: number): Instant => this.start + index * CELL;
  index = (at: Instant): number => Math.round((at - this.start) / CELL);

  /** Slots that were held in a cell. */
  heldIn(index: number): readonly SlotView[] {
    let held = this.#heldAt.get(index);
    if (!held) {
      held = this.slots.filter((s) => s.held(index, index + 1) > 0);
      this.#heldAt.set(index, held);
    }
    return held;
  }

  /** Of host figures: the sum over a range of cells, or the largest memory. */
  host(name: HostName, from: number, to: number): number {
    let out = 0;
    for (let i = Math.max(0, from); i < to; i++) {
      const value = this.#host[i]?.[HOST.indexOf(name)] ?? 0;
      out = name === "memoryMax" ? Math.max(out, value) : out + value;
    }
    return out;
  }

  /** When the workload first held a GPU, as far as is known, seen from a cell. */
  firstHeldAt(end: number): Instant | null {
    if (this.earlier.firstHeldAt !== null) return this.earlier.firstHeldAt;
    for (let i = 0; i < end; i++) if (this.heldIn(i).length) return this.instant(i);
    return null;
  }

  /**
   * Whether cells reach back to its start: of a workload that ran before there were any, nobody knows what it did. Where no source
   * says when it started, the first cell is taken for it.
   */
  knowsStart(end: number): boolean {
    const [first, started] = [this.firstHeldAt(end), this.facts.startedAt];
    return first === null || started === null || first - started <= 2 * CELL;
  }

  /** Whether any slot was ever active up to a cell. */
  everActive(end: number): boolean {
    if (this.earlier.lastActiveAt !== null) return true;
    return this.slots.some((s) => s.observed(0, end) > s.sum("quiet", 0, end));
  }
}
