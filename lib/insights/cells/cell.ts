import type { Segment } from "@/lib/metering/classify.ts";
import { firstAfter, StepReader, type Steps } from "@/lib/metering/timeline.ts";
import { floorTo, type Instant, type Interval } from "@/lib/time.ts";

/** Length of a cell in seconds; cells are aligned to it in UTC. Every bucket of the ledger is a whole number of cells. */
export const CELL = 900;

/**
 * What is kept of one slot (a card, a fraction, or what a pod or workload reads as a mean) in one cell. Seconds unless
 * said otherwise; `Sum` is value × seconds. All but the extremes add up over cells.
 */
export const MEASURES = [
  "held",
  /** With a utilisation sample. */
  "observed",
  "starting",
  "noData",
  "down",
  "deadIdle",
  "idleHeld",
  "warm",
  "busy",
  /** Observed and without activity by the rules of the ledger, whatever its class. */
  "quiet",
  "utilSum",
  "utilSquares",
  /** Observed below 5, 10, 25 and 50 %, and from 90 % on. */
  "below5",
  "below10",
  "below25",
  "below50",
  "from90",
  "utilMax",
  /** How often utilisation rose from below 5 % to above 5 %, and samples in all. */
  "rises",
  "samples",
  "memorySeconds",
  "memorySum",
  "memoryMin",
  "memoryMax",
  "smSeconds",
  "smSum",
  "dramSeconds",
  "dramSum",
  "tensorSeconds",
  "tensorSum",
  "powerSeconds",
  "powerSum",
  "powerMax",
  /** Utilisation of 50 % or more while SM activity reads exactly 0. */
  "contradicted",
  /** Utilisation of 90 % or more while SM activity is below 10 % and memory traffic below 2 %. */
  "stalled",
  /** Utilisation of 5 % or more with tensor activity read, and of it with none. */
  "tensorRead",
  "tensorNone",
] as const;
export type MeasureName = (typeof MEASURES)[number];
export const WIDTH = MEASURES.length;
export const AT = Object.fromEntries(MEASURES.map((name, i) => [name, i])) as Readonly<Record<MeasureName, number>>;
/** Measures that are the largest value; `memoryMin` is the smallest, and all others add up. */
const LARGEST: readonly number[] = [AT.utilMax, AT.memoryMax, AT.powerMax];

/** What is known of a slot beside its cells. */
export interface SlotFacts {
  /** Empty: the workload reads as one. */
  readonly pod: string;
  readonly gpu: string;
  readonly node: string;
  readonly pool: string;
  readonly model: string;
  readonly milli: number;
  /** How it was observed: `gpu`, `pod` or `workload`. */
  readonly level: string;
}

/** The signals of a slot that cells are made of. */
export interface SlotSignals {
  readonly utilisation: Steps | undefined;
  readonly memoryMib: Steps | undefined;
  readonly sm: Steps | undefined;
  readonly dram: Steps | undefined;
  readonly tensor: Steps | undefined;
  readonly power: Steps | undefined;
  /** When utilisation counts as not observed, because SM activity contradicts it; never where it is absent. */
  readonly contradicted?: readonly Interval[];
}

const CLASS_AT: Readonly<Partial<Record<Segment["class"], number>>> = {
  starting: AT.starting,
  "no-data": AT.noData,
  down: AT.down,
  "dead-idle": AT.deadIdle,
  "idle-held": AT.idleHeld,
  "warm-serving": AT.warm,
  busy: AT.busy,
};

/** Cells by the instant that they start at. */
export type Cells = Map<Instant, Float32Array>;

/** Cells that are allocated together: a typed array for each would cost more than what is computed in it. */
const BLOCK = 24;

/** Gives the cells of a slot, which are asked for in nearly ascending order. */
class CellWriter {
  readonly cells: Cells = new Map();
  #start = Number.NaN;
  #last: Float32Array = new Float32Array(0);
  #block = new Float32Array(0);
  #used = 0;

  /** The cell that an instant lies in. */
  at(instant: Instant): Float32Array {
    const start = floorTo(instant, CELL);
    if (start === this.#start) return this.#last;
    let cell = this.cells.get(start);
    if (!cell) {
      if (this.#used === this.#block.length) {
        this.#block = new Float32Array(BLOCK * WIDTH);
        this.#used = 0;
      }
      cell = this.#block.subarray(this.#used, this.#used + WIDTH);
      this.#used += WIDTH;
      cell[AT.memoryMin] = Number.NaN;
      this.cells.set(start, cell);
    }
    this.#start = start;
    this.#last = cell;
    return cell;
  }
}

/** The cells of two parts of one slot, such as two episodes of a workload: what lies in the same cell adds up. */
export function addCells(a: Cells, b: Cells): Cells {
  const out: Cells = new Map(a);
  for (const [at, cell] of b) {
    const had = out.get(at);
    out.set(at, had ? addCell(had, cell) : cell);
  }
  return out;
}

function addCell(a: Float32Array, b: Float32Array): Float32Array {
  const out = a.map((value, i) => {
    const other = b[i] as number;
    return LARGEST.includes(i) ? Math.max(value, other) : value + other;
  });
  const known = [a, b].map((cell) => cell[AT.memoryMin] as number).filter((value) => !Number.isNaN(value));
  out[AT.memoryMin] = known.length ? Math.min(...known) : Number.NaN;
  return out;
}

const plus = (cell: Float32Array | Float64Array, measure: number, amount: number): void => {
  cell[measure] = (cell[measure] as number) + amount;
};
const most = (cell: Float32Array | Float64Array, measure: number, value: number): void => {
  if (value > (cell[measure] as number)) cell[measure] = value;
};

const NO_CELL: Float32Array = new Float32Array(0);

/** Where the cell of an instant ends. */
const endOfCell = (at: Instant): Instant => floorTo(at, CELL) + CELL;

/**
 * The cells of one slot within `range`, from its classed time and its signals. A cell depends on nothing outside it but
 * the classes, so that any way of cutting a range gives the same cells.
 * @param segments in order, without gaps, as metering classes them.
 * @param activityPercent SM or DRAM activity above it is activity.
 */
export function cellsOf(
  segments: readonly Segment[],
  signals: SlotSignals,
  range: Interval,
  activityPercent: number,
): Cells {
  const out = new CellWriter();
  const { cells } = out;
  let [cell, cellEnd] = [NO_CELL, Number.NEGATIVE_INFINITY];
  for (const segment of segments) {
    const start = Math.max(segment.start, range.start);
    const end = Math.min(segment.end, range.end);
    const measure = CLASS_AT[segment.class];
    for (let at = start; at < end; ) {
      if (at >= cellEnd) [cell, cellEnd] = [out.at(at), endOfCell(at)];
      const until = Math.min(end, cellEnd);
      plus(cell, AT.held, until - at);
      if (measure !== undefined) plus(cell, measure, until - at);
      at = until;
    }
  }
  const first = segments[0]?.start ?? range.end;
  const held = { start: Math.max(range.start, first), end: Math.min(range.end, segments.at(-1)?.end ?? range.start) };
  if (held.end <= held.start) return cells;
  addUtilisation(out, signals, held, activityPercent);
  addLevel(out, signals.memoryMib, held, AT.memorySeconds, AT.memorySum, AT.memoryMax, AT.memoryMin);
  addLevel(out, signals.sm, held, AT.smSeconds, AT.smSum);
  addLevel(out, signals.dram, held, AT.dramSeconds, AT.dramSum);
  addLevel(out, signals.tensor, held, AT.tensorSeconds, AT.tensorSum);
  addLevel(out, signals.power, held, AT.powerSeconds, AT.powerSum, AT.powerMax);
  return cells;
}

function addLevel(
  out: CellWriter,
  steps: Steps | undefined,
  range: Interval,
  seconds: number,
  sum: number,
  max = -1,
  min = -1,
): void {
  if (!steps) return;
  const { at, until, value } = steps;
  // Within one cell sums are kept apart from it: most samples lie in the cell of the one before.
  let [cellEnd, length, total, largest, smallest] = [Number.NEGATIVE_INFINITY, 0, 0, 0, Number.POSITIVE_INFINITY];
  const store = () => {
    if (length === 0) return;
    const cell = out.at(cellEnd - CELL);
    plus(cell, seconds, length);
    plus(cell, sum, total);
    if (max >= 0) most(cell, max, largest);
    if (min >= 0 && !(smallest >= (cell[min] as number))) cell[min] = smallest;
  };
  for (let i = firstAfter(until, range.start); i < at.length; i++) {
    if ((at[i] as number) >= range.end) break;
    const level = value[i] as number;
    const end = Math.min(until[i] as number, range.end);
    for (let from = Math.max(at[i] as number, range.start); from < end; ) {
      if (from >= cellEnd) {
        store();
        cellEnd = endOfCell(from);
        [length, total, largest, smallest] = [0, 0, 0, Number.POSITIVE_INFINITY];
      }
      const to = Math.min(end, cellEnd);
      length += to - from;
      total += level * (to - from);
      if (level > largest) largest = level;
      if (level < smallest) smallest = level;
      from = to;
    }
  }
  store();
}

/** What one utilisation sample says together with the other signals at its instant. */
interface Moment {
  readonly util: number;
  readonly active: boolean;
  readonly contradicted: boolean;
  readonly stalled: boolean;
  /** Tensor activity while it works; undefined: not read, or not working. */
  readonly tensor: number | undefined;
}

function addUtilisation(out: CellWriter, signals: SlotSignals, range: Interval, activityPercent: number): void {
  const steps = signals.utilisation;
  if (!steps) return;
  const [sm, dram, tensor] = [new StepReader(signals.sm), new StepReader(signals.dram), new StepReader(signals.tensor)];
  const odd = signals.contradicted ?? [];
  const isOdd = (at: Instant) => odd.length > 0 && odd.some((c) => c.start <= at && at < c.end);
  const sums = new UtilisationSums(out);
  for (let i = firstAfter(steps.until, range.start); i < steps.at.length; i++) {
    const at = steps.at[i] as number;
    if (at >= range.end) break;
    const start = Math.max(at, range.start);
    const end = Math.min(steps.until[i] as number, range.end);
    if (end <= start) continue;
    if (isOdd(at)) {
      addContradicted(sums, { start, end });
      continue;
    }
    const util = Math.min(steps.value[i] as number, 100);
    const smNow = sm.valueAt(start);
    const dramNow = dram.valueAt(start) ?? 0;
    const tensorNow = tensor.valueAt(start);
    const moment = {
      util,
      active: util > 0 || (smNow ?? 0) > activityPercent || dramNow > activityPercent,
      contradicted: util >= 50 && smNow === 0,
      stalled: util >= 90 && smNow !== undefined && smNow > 0 && smNow < 10 && dramNow < 2,
      tensor: util >= 5 ? tensorNow : undefined,
    };
    for (let from = start; from < end; ) {
      const cell = sums.at(from);
      const to = Math.min(end, sums.end);
      addMoment(cell, moment, to - from);
      from = to;
    }
    if (at < range.start) continue;
    const cell = sums.at(at);
    plus(cell, AT.samples, 1);
    const isNext = i > 0 && steps.until[i - 1] === at && !isOdd(steps.at[i - 1] as number);
    const before = isNext ? (steps.value[i - 1] as number) : util;
    if (before < 5 && util >= 5) plus(cell, AT.rises, 1);
  }
  sums.store();
}

/** Sums of one cell, kept apart from it until another begins: most samples lie in the cell of the one before. */
class UtilisationSums {
  /** Where the cell of these sums ends. */
  end = Number.NEGATIVE_INFINITY;
  readonly #out: CellWriter;
  readonly #sums = new Float64Array(WIDTH);

  constructor(out: CellWriter) {
    this.#out = out;
  }

  /** The sums of the cell that an instant lies in, which changes of instants ask for in nearly ascending order. */
  at(instant: Instant): Float64Array {
    if (instant >= this.end || instant < this.end - CELL) {
      this.store();
      this.end = endOfCell(instant);
    }
    return this.#sums;
  }

  store(): void {
    if (this.end === Number.NEGATIVE_INFINITY) return;
    const cell = this.#out.at(this.end - CELL);
    const sums = this.#sums;
    for (let m = 0; m < WIDTH; m++)
      if (m === AT.utilMax) most(cell, m, sums[m] as number);
      else if (sums[m] !== 0) plus(cell, m, sums[m] as number);
    sums.fill(0);
  }
}

function addContradicted(sums: UtilisationSums, { start, end }: Interval): void {
  for (let from = start; from < end; ) {
    const cell = sums.at(from);
    const to = Math.min(end, sums.end);
    plus(cell, AT.contradicted, to - from);
    from = to;
  }
}

function addMoment(cell: Float64Array, { util, active, contradicted, stalled, tensor }: Moment, seconds: number): void {
  plus(cell, AT.observed, seconds);
  plus(cell, AT.utilSum, util * seconds);
  plus(cell, AT.utilSquares, util * util * seconds);
  if (util < 5) plus(cell, AT.below5, seconds);
  if (util < 10) plus(cell, AT.below10, seconds);
  if (util < 25) plus(cell, AT.below25, seconds);
  if (util < 50) plus(cell, AT.below50, seconds);
  if (util >= 90) plus(cell, AT.from90, seconds);
  most(cell, AT.utilMax, util);
  if (!active) plus(cell, AT.quiet, seconds);
  if (contradicted) plus(cell, AT.contradicted, seconds);
  if (stalled) plus(cell, AT.stalled, seconds);
  if (tensor === undefined) return;
  plus(cell, AT.tensorRead, seconds);
  if (tensor < 0.5) plus(cell, AT.tensorNone, seconds);
}
