import type { CalendarDay } from "@/lib/time.ts";

/** A count as it is kept. */
export interface StoredCount {
  readonly day: number;
  /** Thousandths; null: the source has no value for the window. */
  readonly countMilli: number | null;
  /** The window of a source, half-open; 0 and 0: somebody reported it. */
  readonly fromAt: number;
  readonly untilAt: number;
}

/**
 * The count of a day in thousandths; null: unknown. What people and programs report goes before what a source counts: with it a day is
 * corrected. A source's day is known when windows with a value cover all of it.
 * @param counts of that day alone.
 */
export function countOfDay(
  counts: readonly StoredCount[],
  { start, end }: Pick<CalendarDay, "start" | "end">,
): number | null {
  const reported = counts.filter((c) => c.untilAt === 0);
  if (reported.length > 0) return reported.reduce((sum, c) => sum + (c.countMilli ?? 0), 0);
  const read = counts.filter((c) => c.countMilli !== null).sort((a, b) => a.fromAt - b.fromAt);
  let [at, sum] = [start, 0];
  for (const { fromAt, untilAt, countMilli } of read) {
    if (fromAt !== at) return null;
    at = untilAt;
    sum += countMilli ?? 0;
  }
  return at === end ? sum : null;
}
