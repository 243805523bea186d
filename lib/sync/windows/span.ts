import type { SampleReader } from "@/lib/sources/source.ts";
import { CHUNK_SECONDS } from "@/lib/sync/samples/chunk.ts";
import { ceilTo, DAY, floorTo, HOUR, type Instant, type Interval } from "@/lib/time.ts";

const LENGTHS = [DAY, DAY / 2, CHUNK_SECONDS, CHUNK_SECONDS / 2, 2 * HOUR, HOUR];

/**
 * Length of one window at a step, in seconds: the longest aligned length whose points fit in one call, or an hour if
 * none does. A window that holds every card of a cluster is at most as long as the span of a chunk.
 */
export function spanSeconds(stepSeconds: number, { by, mostPoints }: Pick<SampleReader, "by" | "mostPoints">): number {
  const most = by === "window" ? CHUNK_SECONDS : DAY;
  return LENGTHS.find((length) => length <= most && length / stepSeconds <= mostPoints) ?? HOUR;
}

/** Aligned half-open spans that cover a range, newest first, because people look at today before last month. */
export function* spansNewestFirst(range: Interval, length: number): Generator<Interval> {
  for (let start = floorTo(range.end - 1, length); start + length > range.start; start -= length)
    yield { start, end: start + length };
}

/**
 * What must be read to meter a range: whole chunk spans around it and its margin, not beyond `through`. A chunk span
 * that is read again is complete, so that it can be metered although retention had removed its samples.
 */
export function readRange(range: Interval, marginSeconds: number, through: Instant): Interval {
  const start = floorTo(range.start - marginSeconds, CHUNK_SECONDS);
  return { start, end: Math.min(ceilTo(range.end + marginSeconds, CHUNK_SECONDS), through) };
}

/** Seconds before try number `attempts + 1` of a window that failed: one minute, doubling, at most six hours. */
export function retryPauseSeconds(attempts: number): number {
  return Math.min(6 * HOUR, 60 * 2 ** Math.max(0, attempts - 1));
}
