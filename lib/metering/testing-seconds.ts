import type { UsageClass } from "@/lib/classes.ts";
import type { Instant, Interval } from "@/lib/time.ts";
import type { MeterRules } from "./types.ts";

/** A series as it was read, and for how long a sample holds at most. */
export interface Sampled {
  readonly samples: readonly (readonly [at: Instant, value: number])[];
  readonly holdSeconds: number;
}

/** A slot as docs/accounting.md describes it. */
export interface PlainSlot extends Interval {
  readonly category: string;
  readonly cardMemoryMib: number | null;
  readonly utilisation: Sampled;
  readonly smActive: Sampled;
  readonly dramActive: Sampled;
  readonly memoryMib: Sampled;
  readonly down: readonly Interval[];
}

/** One second of a slot: its class, and whether it was observed. */
export interface PlainSecond {
  readonly at: Instant;
  readonly class: UsageClass;
  readonly isObserved: boolean;
}

/** The value at a second: that of the newest sample, for as long as it holds. */
function valueAt({ samples, holdSeconds }: Sampled, at: Instant): number | undefined {
  const newest = samples.findLast(([t]) => t <= at);
  return newest && at < newest[0] + holdSeconds ? newest[1] : undefined;
}

const isIn = (list: readonly Interval[], at: Instant) => list.some((i) => i.start <= at && at < i.end);

/**
 * The class of every second of a slot, by the text of docs/accounting.md §4 alone, one second after the other: an oracle
 * that shares nothing with the metering but the thresholds.
 */
export function secondsOf(slot: PlainSlot, rules: MeterRules): PlainSecond[] {
  const all = Array.from({ length: slot.end - slot.start }, (_, i) => slot.start + i);
  const used = all.map((t) => valueAt(slot.utilisation, t));
  const active = all.map((t, i) => {
    const seen = used[i];
    if (seen === undefined) return false;
    const busy = [slot.smActive, slot.dramActive].some((s) => (valueAt(s, t) ?? 0) > rules.activityPercent);
    return seen > 0 || busy;
  });
  const idle = idleSeconds(used, active, rules);
  const firstActive = active.indexOf(true);
  const busyClass = busyClasses(all, used, slot.down, rules);
  return all.map((at, i) => {
    const isStarting = i < rules.startingGraceSeconds && (firstActive < 0 || i < firstActive);
    const isDown = isIn(slot.down, at);
    const isObserved = used[i] !== undefined && !isDown;
    const classOf = (): UsageClass => {
      if (isDown) return "down";
      if (isStarting) return "starting";
      if (used[i] === undefined) return "no-data";
      if (!idle[i]) return busyClass(at);
      return slot.category === "Deploy" ? "warm-serving" : holdsMemory(slot, at, rules) ? "idle-held" : "dead-idle";
    };
    return { at, class: classOf(), isObserved };
  });
}

/** Observed seconds between two activities that are at least 10 minutes apart, without a longer gap in between. */
function idleSeconds(used: readonly (number | undefined)[], active: readonly boolean[], rules: MeterRules): boolean[] {
  const out = used.map(() => false);
  let run: number[] = [];
  const close = () => {
    const [first, last] = [run[0], run.at(-1)];
    if (first !== undefined && last !== undefined && last + 1 - first >= rules.idleAfterSeconds)
      for (const i of run) out[i] = true;
    run = [];
  };
  used.forEach((value, i) => {
    if (value === undefined) return;
    if (active[i] || i - (run.at(-1) ?? i) - 1 > rules.idleAfterSeconds) close();
    if (!active[i]) run.push(i);
  });
  close();
  return out;
}

function holdsMemory({ memoryMib, cardMemoryMib }: PlainSlot, at: Instant, rules: MeterRules): boolean {
  const held = valueAt(memoryMib, at);
  if (held === undefined) return true;
  const isLittle = cardMemoryMib !== null && held < (cardMemoryMib * rules.heldMemoryPercent) / 100;
  return !isLittle && held >= rules.heldMemoryMib;
}

/** `inefficient` where the value that 95 % of the observed seconds of the bucket do not exceed is below the threshold. */
function busyClasses(
  all: readonly Instant[],
  used: readonly (number | undefined)[],
  down: readonly Interval[],
  rules: MeterRules,
): (at: Instant) => UsageClass {
  const bucketOf = (at: Instant) => Math.floor(at / rules.bucketSeconds);
  const seen = Map.groupBy(
    all.flatMap((at, i) => (used[i] === undefined || isIn(down, at) ? [] : [{ at, percent: used[i] as number }])),
    ({ at }) => bucketOf(at),
  );
  const p95 = new Map(
    [...seen].map(([bucket, list]) => {
      const sorted = list.map((s) => Math.min(100, s.percent)).sort((a, b) => a - b);
      return [bucket, sorted.find((v) => sorted.filter((s) => s <= v).length * 100 >= sorted.length * 95) as number];
    }),
  );
  return (at) => ((p95.get(bucketOf(at)) ?? 0) < rules.inefficientPercent ? "inefficient" : "active");
}
