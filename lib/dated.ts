/** What holds from a day on until something later does. Days are keys `YYYYMMDD` of the billing time zone. */

/**
 * The entry in force on a day: the latest that begins on or before it; of two that begin on one day the earlier in the
 * list, unless `isLater` says otherwise. Undefined where none has begun.
 */
export function latestOn<T extends { readonly fromDay: number }>(list: Iterable<T>, day: number): T | undefined;
export function latestOn<T>(
  list: Iterable<T>,
  day: number,
  fromDay: (entry: T) => number,
  isLater?: (a: T, b: T) => boolean,
): T | undefined;
export function latestOn<T>(
  list: Iterable<T>,
  day: number,
  fromDay = (entry: T) => (entry as { readonly fromDay: number }).fromDay,
  isLater = (a: T, b: T) => fromDay(a) > fromDay(b),
): T | undefined {
  let latest: T | undefined;
  for (const entry of list)
    if (fromDay(entry) <= day && (latest === undefined || isLater(entry, latest))) latest = entry;
  return latest;
}

/** Whether an interval of days, half-open and open-ended where `untilDay` is null, has a day in it. */
export const holdsOn = (of: { readonly fromDay: number; readonly untilDay: number | null }, day: number): boolean =>
  of.fromDay <= day && (of.untilDay === null || day < of.untilDay);
