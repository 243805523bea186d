import { OPEN_END, runningEpisodes } from "@/lib/sync/facts/running-episodes.ts";
import type { Instant, Interval } from "@/lib/time.ts";

export { OPEN_END, runningEpisodes };

/** A series as a step function: `value[i]` holds over `[at[i], until[i])`. Ascending, disjoint. */
export interface Steps {
  readonly at: readonly Instant[];
  readonly until: readonly Instant[];
  readonly value: readonly number[];
}

/** Signals of one card, pod or workload, by metric name of lib/sources/source.ts. */
export type Signals = ReadonlyMap<string, Steps>;

/**
 * Samples as a step function: a value holds until the next sample, at most `holdSteps` sampling steps.
 * @param holdSeconds per sample, in case the step changed in between.
 */
export function toSteps(at: readonly Instant[], value: readonly number[], holdSeconds: readonly number[]): Steps {
  const until = at.map((t, i) => Math.min(at[i + 1] ?? OPEN_END, t + (holdSeconds[i] ?? 0)));
  return { at, until, value };
}

/** The part of a step function within an interval. */
export function clipSteps(steps: Steps, { start, end }: Interval): Steps {
  const first = firstAfter(steps.until, start);
  const last = firstAfter(steps.at, end - 1);
  return {
    at: steps.at.slice(first, last).map((at) => Math.max(at, start)),
    until: steps.until.slice(first, last).map((until) => Math.min(until, end)),
    value: steps.value.slice(first, last),
  };
}

/** Two series of the same thing as one: a sample holds until the next of either; of two at the same instant the first counts. */
export function joinSteps(a: Steps, b: Steps): Steps {
  const known = new Set(a.at);
  const all = [a, b].flatMap((s) =>
    s.at.flatMap((at, i) =>
      s === b && known.has(at) ? [] : [{ at, until: s.until[i] as Instant, value: s.value[i] as number }],
    ),
  );
  all.sort((x, y) => x.at - y.at);
  return {
    at: all.map((s) => s.at),
    until: all.map((s, i) => Math.min(s.until, all[i + 1]?.at ?? s.until)),
    value: all.map((s) => s.value),
  };
}

/** The sum of two step functions: known where either is known. */
export function sumSteps(a: Steps, b: Steps): Steps {
  const out: { at: Instant[]; until: Instant[]; value: number[] } = { at: [], until: [], value: [] };
  const none = Number.POSITIVE_INFINITY;
  for (let [i, j, from] = [0, 0, Number.NEGATIVE_INFINITY]; i < a.at.length || j < b.at.length; ) {
    const [startA, startB] = [a.at[i] ?? none, b.at[j] ?? none];
    const start = Math.max(from, Math.min(startA, startB));
    const [inA, inB] = [startA <= start, startB <= start];
    const [endA, endB] = [a.until[i] ?? none, b.until[j] ?? none];
    const end = Math.min(inA ? endA : startA, inB ? endB : startB);
    if (end > start) {
      out.at.push(start);
      out.until.push(end);
      out.value.push((inA ? (a.value[i] as number) : 0) + (inB ? (b.value[j] as number) : 0));
    }
    if (endA <= end) i++;
    if (endB <= end) j++;
    from = end;
  }
  return out;
}

/** The value at an instant, for ascending instants; undefined where none holds. */
export class StepReader {
  readonly #steps: Steps | undefined;
  #i = 0;
  constructor(steps: Steps | undefined) {
    this.#steps = steps;
  }
  valueAt(instant: Instant): number | undefined {
    const steps = this.#steps;
    if (!steps) return undefined;
    while (this.#i + 1 < steps.at.length && (steps.at[this.#i + 1] as number) <= instant) this.#i++;
    const start = steps.at[this.#i];
    if (start === undefined || start > instant || (steps.until[this.#i] as number) <= instant) return undefined;
    return steps.value[this.#i];
  }
  /** The next instant at which the value may be another, after `valueAt` of the instant was read; infinity if it stays. */
  changeAfter(instant: Instant): Instant {
    const steps = this.#steps;
    const start = steps?.at[this.#i] ?? Number.POSITIVE_INFINITY;
    if (!steps || start > instant) return start;
    const until = steps.until[this.#i] as Instant;
    return until > instant ? until : (steps.at[this.#i + 1] ?? Number.POSITIVE_INFINITY);
  }
}

/**
 * ∫ value over `within`, the seconds in which it was known, and its largest value; the peak is null if nothing was
 * known.
 */
export function integrate(
  steps: Steps | undefined,
  within: Interval,
): { weighted: number; seconds: number; peak: number | null } {
  let weighted = 0;
  let seconds = 0;
  let peak: number | null = null;
  if (!steps) return { weighted, seconds, peak };
  for (let i = firstAfter(steps.until, within.start); i < steps.at.length; i++) {
    const start = Math.max(steps.at[i] as number, within.start);
    if (start >= within.end) break;
    const length = Math.min(steps.until[i] as number, within.end) - start;
    if (length <= 0) continue;
    const value = steps.value[i] as number;
    weighted += value * length;
    seconds += length;
    if (peak === null || value > peak) peak = value;
  }
  return { weighted, seconds, peak };
}

/** Index of the first element greater than `limit` in an ascending list. */
export function firstAfter(list: readonly number[], limit: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle] as number) > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}
