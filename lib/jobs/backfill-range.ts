import { AppError } from "@/lib/errors";
import { DAY, dateOf, formatInstant, formatSeconds, type Instant, type Interval, parseInstant } from "@/lib/time";

/** No cluster was metered before. */
const EARLIEST = parseInstant("2000-01-01T00:00:00Z") as Instant;
/** Longer than any source remembers; a range beyond it is a slip of the year. */
export const MOST_BACKFILL_SECONDS = 1100 * DAY;

/**
 * The part of `[from, to)` that there can be samples of: up to now.
 * @throws AppError `invalid` for a range that is empty, in the future, before the year 2000, or longer than three years.
 */
export function backfillRange({ from, to }: { readonly from: Instant; readonly to: Instant }, now: Instant): Interval {
  if (from >= now)
    throw new AppError("invalid", `${formatInstant(from)} is in the future: there is nothing to read yet.`);
  if (to <= from)
    throw new AppError("invalid", `The range is empty: ${formatInstant(from)} is not before ${formatInstant(to)}.`);
  if (from < EARLIEST) throw new AppError("invalid", `${dateOf(from, "UTC")} is before the year 2000: check the year.`);
  const range = { start: from, end: Math.min(to, now) };
  if (range.end - range.start > MOST_BACKFILL_SECONDS)
    throw new AppError(
      "invalid",
      `${formatSeconds(range.end - range.start)} at once is more than any source remembers: ask for at most ${formatSeconds(MOST_BACKFILL_SECONDS)}.`,
    );
  return range;
}
