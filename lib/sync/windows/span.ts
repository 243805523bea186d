import { CHUNK_SECONDS } from "@/lib/sync/samples/chunk.ts";
import { ceilTo, DAY, floorTo, HOUR, type Instant, type Interval } from "@/lib/time.ts";

/** Most points of a series that one call may ask for: Run:ai's limit. */
const MOST_SAMPLES = 1000;
/** Of Prometheus, which allows 11,000: so many that a chunk's span is one window down to steps of 15 seconds. */
const MOST_BULK_SAMPLES = 1440;
const LENGTHS = [DAY, DAY / 2, CHUNK_SECONDS, CHUNK_SECONDS / 2, 2 * HOUR, HOUR];

/**
 * Length of one window at a step: the longest aligned length whose samples one call may give.
 * @param bulk the window holds every card of the cluster: a chunk's span is enough, whatever the step.
 */
export function spanSeconds(stepSeconds: number, bulk: boolean): number {
  const [most, samples] = bulk ? [CHUNK_SECONDS, MOST_BULK_SAMPLES] : [DAY, MOST_SAMPLES];
  return LENGTHS.find((length) => length <= most && length / stepSeconds <= samples) ?? HOUR;
}

/** Aligned spans that cover a range, newest first: people look at today before they look at last month. */
export function* spansNewestFirst(range: Interval, length: number): Generator<Interval> {
  for (let start = floorTo(range.end - 1, length); start + length > range.start; start -= length)
    yield { start, end: start + length };
}

/**
 * What must be read to meter a range: whole chunk spans around it with the read margin, not beyond `through`.
 * A re-read chunk span is complete, so that it may be metered after retention had removed its samples.
 */
export function readRange(range: Interval, marginSeconds: number, through: Instant): Interval {
  const start = floorTo(range.start - marginSeconds, CHUNK_SECONDS);
  return { start, end: Math.min(ceilTo(range.end + marginSeconds, CHUNK_SECONDS), through) };
}

/** The wait before try number `attempts + 1` of a window that failed: one minute, doubling, at most six hours. */
export function retryPauseSeconds(attempts: number): number {
  return Math.min(6 * HOUR, 60 * 2 ** Math.max(0, attempts - 1));
}
