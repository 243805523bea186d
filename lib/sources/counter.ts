import type { Instant, Interval } from "@/lib/time.ts";

/** A counter may be read as long after its start and before its end as this: an exporter is asked once in a while. */
const SLACK_SECONDS = 600;

export interface CounterPoints {
  /** Ascending. */
  readonly at: readonly Instant[];
  readonly value: readonly number[];
}

/**
 * By how much a counter grew in a window. It began at zero when what it counts for began; a value below the one before means that it began
 * again. Null: its values do not cover the window, or, where the window cuts it, its life within it. Splitting a window at an instant at which
 * there is a value changes nothing. @param life of what it counts for, half-open.
 */
export function increaseOf({ at, value }: CounterPoints, window: Interval, life: Interval): number | null {
  const start = Math.max(window.start, life.start);
  const end = Math.min(window.end, life.end);
  if (start >= end) return 0;
  let before = life.start >= window.start ? 0 : null;
  let [sum, last] = [0, null as Instant | null];
  for (const [i, instant] of at.entries()) {
    if (instant < start || instant > end) continue;
    const here = value[i] as number;
    if (before === null && instant - start > SLACK_SECONDS) return null;
    if (before !== null) sum += here >= before ? here - before : here;
    before = here;
    last = instant;
  }
  return last !== null && end - last <= SLACK_SECONDS ? sum : null;
}
