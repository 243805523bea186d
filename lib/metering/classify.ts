import type { UsageClass } from "@/lib/classes.ts";
import type { Instant, Interval } from "@/lib/time.ts";
import type { Level } from "./quantities.ts";
import { StepReader, type Steps } from "./timeline.ts";
import type { MeterRules } from "./types.ts";

/** One card, fraction or MIG slice held by one pod; or several equal ones that share one reading. */
export interface Slot {
  readonly start: Instant;
  readonly end: Instant;
  readonly milli: number;
  readonly category: string;
  /** Memory of the card in MiB; null if its model is unknown. */
  readonly cardMemoryMib: number | null;
  readonly utilisation: Steps | undefined;
  readonly smActive: Steps | undefined;
  readonly dramActive: Steps | undefined;
  readonly memoryMib: Steps | undefined;
  /** When the node was not ready, by the inventory. */
  readonly down: readonly Interval[];
  readonly level: Level;
  /** Only classes are asked for: samples that follow each other in one are one segment, with the utilisation of the first. */
  readonly classesOnly?: boolean;
}

/** `busy` becomes `active` or `inefficient` once its whole bucket is known (lib/metering/slot-bucket.ts). */
export type SegmentClass = Exclude<UsageClass, "active" | "inefficient" | "unallocated" | "unknown"> | "busy";

export interface Segment {
  readonly start: Instant;
  readonly end: Instant;
  readonly class: SegmentClass;
  /** Utilisation in hundredths of a percent, at most 10,000; null where no sample covers it. */
  readonly centi: number | null;
  /** The source reported more than 100 %. */
  readonly clamped: boolean;
}

interface Covered {
  readonly start: Instant;
  end: Instant;
  readonly centi: number;
  readonly clamped: boolean;
  readonly active: boolean;
  readonly memoryMib: number | undefined;
}

/**
 * The time of a slot within `range`, cut into classes, in order and without gaps (docs/accounting.md §4).
 *
 * A run is idle from its first second if it lasts `idleAfterSeconds` between activities. Unobserved seconds inside it
 * stay `no-data`, and end the run if they last longer than that themselves. The result inside a range does not depend
 * on samples further than `readMargin` outside it.
 */
export function classifySlot(slot: Slot, range: Interval, rules: MeterRules): Segment[] {
  const start = Math.max(slot.start, range.start);
  const end = Math.min(slot.end, range.end);
  if (end <= start) return [];
  const covered = coveredSpans(slot, start, end, rules);
  const idle = idleFlags(covered, rules);
  const startingUntil = endOfStarting(slot, covered, rules);
  const out: Segment[] = [];
  let at = start;
  covered.forEach((span, i) => {
    if (span.start > at) uncovered(out, at, span.start, startingUntil);
    const rest = idle[i] ? idleClass(slot, span, rules) : "busy";
    cut(out, span.start, span.end, startingUntil, rest, span.centi, span.clamped);
    at = span.end;
  });
  if (at < end) uncovered(out, at, end, startingUntil);
  return slot.down.length ? withDown(out, slot.down) : out;
}

/** Seconds outside a range whose samples can change the classes inside it. */
export function readMargin(rules: MeterRules, stepSeconds: number): number {
  return Math.max(rules.startingGraceSeconds, 2 * rules.idleAfterSeconds) + Math.ceil(rules.holdSteps * stepSeconds);
}

function coveredSpans(slot: Slot, from: Instant, to: Instant, rules: MeterRules): Covered[] {
  const steps = slot.utilisation;
  if (!steps) return [];
  const sm = new StepReader(slot.smActive);
  const dram = new StepReader(slot.dramActive);
  const memory = new StepReader(slot.memoryMib);
  const { activityPercent } = rules;
  const out: Covered[] = [];
  for (let i = 0; i < steps.at.length; i++) {
    const at = steps.at[i] as number;
    if (at >= to) break;
    const start = Math.max(at, from);
    const end = Math.min(steps.until[i] as number, to);
    if (end <= start) continue;
    const percent = steps.value[i] as number;
    const centi = Math.round(Math.min(percent, 100) * 100);
    // Cut where another signal changes: each counts from the second at which it was read.
    for (let from = start; from < end; ) {
      const bySm = (sm.valueAt(from) ?? 0) > activityPercent;
      const byDram = (dram.valueAt(from) ?? 0) > activityPercent;
      const memoryMib = memory.valueAt(from);
      const until = Math.min(end, sm.changeAfter(from), dram.changeAfter(from), memory.changeAfter(from));
      const active = percent > 0 || bySm || byDram;
      const last = slot.classesOnly ? out.at(-1) : undefined;
      if (last?.end === from && last.active === active && (active || last.memoryMib === memoryMib)) {
        last.end = until;
        from = until;
        continue;
      }
      out.push({ start: from, end: until, centi, clamped: percent > 100 && from === start, active, memoryMib });
      from = until;
    }
  }
  return out;
}

/** For each covered span: whether it is part of a run without activity that is long enough. */
function idleFlags(covered: readonly Covered[], rules: MeterRules): boolean[] {
  const flags = new Array<boolean>(covered.length).fill(false);
  let first = -1;
  let last = -1;
  const close = () => {
    if (first < 0) return;
    const length = (covered[last] as Covered).end - (covered[first] as Covered).start;
    if (length >= rules.idleAfterSeconds) flags.fill(true, first, last + 1);
    first = -1;
  };
  covered.forEach((span, i) => {
    if (span.active) {
      close();
      return;
    }
    if (first >= 0 && span.start - (covered[last] as Covered).end > rules.idleAfterSeconds) close();
    if (first < 0) first = i;
    last = i;
  });
  close();
  return flags;
}

function endOfStarting(slot: Slot, covered: readonly Covered[], rules: MeterRules): Instant {
  const firstActive = covered.find((span) => span.active)?.start ?? slot.end;
  return Math.min(firstActive, slot.start + rules.startingGraceSeconds, slot.end);
}

function idleClass(slot: Slot, span: Covered, rules: MeterRules): SegmentClass {
  if (slot.category === "Deploy") return "warm-serving";
  if (span.memoryMib === undefined) return "idle-held";
  const fewPercent =
    slot.cardMemoryMib !== null && span.memoryMib < (slot.cardMemoryMib * rules.heldMemoryPercent) / 100;
  return fewPercent || span.memoryMib < rules.heldMemoryMib ? "dead-idle" : "idle-held";
}

function uncovered(out: Segment[], start: Instant, end: Instant, startingUntil: Instant): void {
  cut(out, start, end, startingUntil, "no-data", null, false);
}

function cut(
  out: Segment[],
  start: Instant,
  end: Instant,
  startingUntil: Instant,
  rest: SegmentClass,
  centi: number | null,
  clamped: boolean,
): void {
  const edge = Math.min(Math.max(start, startingUntil), end);
  if (edge > start) out.push({ start, end: edge, class: "starting", centi, clamped });
  if (end > edge) out.push({ start: edge, end, class: rest, centi, clamped });
}

function withDown(segments: readonly Segment[], down: readonly Interval[]): Segment[] {
  const out: Segment[] = [];
  let d = 0;
  for (const segment of segments) {
    while (d < down.length && (down[d] as Interval).end <= segment.start) d++;
    let at = segment.start;
    for (let k = d; k < down.length && (down[k] as Interval).start < segment.end; k++) {
      const part = down[k] as Interval;
      const from = Math.max(part.start, at);
      const to = Math.min(part.end, segment.end);
      if (from > at) out.push({ ...segment, start: at, end: from });
      // A node that failed is not observed, even where its exporter still answers.
      if (to > from) out.push({ ...segment, start: from, end: to, class: "down", centi: null, clamped: false });
      at = Math.max(at, to);
    }
    if (at < segment.end) out.push({ ...segment, start: at });
  }
  return out;
}
