import { ceilTo, type Instant, type Interval } from "@/lib/time.ts";

/** First and last instant of one range query, both included. */
export interface Chunk {
  readonly from: Instant;
  readonly to: Instant;
}

/** Prometheus refuses more than 11,001 points per series, VictoriaMetrics more than 30,000. */
export const MAX_POINTS = 11_000;

/**
 * The multiples of `step` in the half-open window, cut into queries of at most `maxPoints`. Each begins one step after
 * the end of the one before: no instant is requested twice, and none is left out.
 */
export function chunks(window: Interval, step: number, maxPoints = MAX_POINTS): Chunk[] {
  const out: Chunk[] = [];
  const last = ceilTo(window.end, step) - step;
  for (let from = ceilTo(window.start, step); from <= last; from += maxPoints * step)
    out.push({ from, to: Math.min(last, from + (maxPoints - 1) * step) });
  return out;
}

/** Splits a chunk into two that are adjacent but do not overlap; null if it is one instant. */
export function halve(chunk: Chunk, step: number): [Chunk, Chunk] | null {
  const points = Math.round((chunk.to - chunk.from) / step) + 1;
  if (points < 2) return null;
  const middle = chunk.from + (Math.floor(points / 2) - 1) * step;
  return [
    { from: chunk.from, to: middle },
    { from: middle + step, to: chunk.to },
  ];
}
