import type { Interval } from "@/lib/time";

/** Weights below this share a double with the seconds of any period (at most ten years). */
const WEIGHTS = 2 ** 24;

/**
 * The largest total weight that holds at one instant of a period, over many weighted intervals; half-open, so that an end
 * and a start at the same second do not overlap. Instants and weights are packed into numbers: typed arrays sort fast.
 */
export class Concurrency {
  readonly #period: Interval;
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  constructor(period: Interval) {
    this.#period = period;
  }

  /** @param weight a whole number below 2^24. */
  add(start: number, end: number, weight: number): void {
    const from = Math.max(start, this.#period.start) - this.#period.start;
    const to = Math.min(end, this.#period.end) - this.#period.start;
    if (to <= from) return;
    this.#starts.push(from * WEIGHTS + weight);
    this.#ends.push(to * WEIGHTS + weight);
  }

  peak(): number {
    const starts = Float64Array.from(this.#starts).sort();
    const ends = Float64Array.from(this.#ends).sort();
    let [level, peak, e] = [0, 0, 0];
    for (const start of starts) {
      const at = Math.floor(start / WEIGHTS);
      for (let end = ends[e]; end !== undefined && end < (at + 1) * WEIGHTS; end = ends[++e]) level -= end % WEIGHTS;
      level += start % WEIGHTS;
      if (level > peak) peak = level;
    }
    return peak;
  }
}
