import { DAY, dateOf, daysOf, floorTo, HOUR, type Instant, type Interval, monthInterval, monthOf } from "@/lib/time.ts";
import type { TrendSpan } from "./types.ts";

const MOST_HOURS = 49;
const MOST_DAYS = 93;

/** Days and months are of `zone`; hours are labelled in `clockZone`, the reader's. */
export interface Zones {
  readonly zone: string;
  readonly clockZone?: string | undefined;
}

export type SpanUnit = "hour" | "day" | "month";

/** How finely a period is drawn: by hour up to two days, by day up to a quarter, by month beyond. */
export function spanUnit(period: Interval): SpanUnit {
  const length = period.end - period.start;
  if (length <= MOST_HOURS * HOUR) return "hour";
  return length <= MOST_DAYS * DAY ? "day" : "month";
}

/**
 * The spans of a trend: whole hours, or days or months of the zone, that cover the period up to `until`, in order.
 * The first and last are clipped to the period, so that their sum is the period's.
 */
export function spansOf(
  period: Interval,
  { zone, clockZone = zone }: Zones,
  until: Instant,
  unit: SpanUnit = spanUnit(period),
): TrendSpan[] {
  const range = { start: period.start, end: Math.min(period.end, until) };
  if (range.end <= range.start) return [];
  const clip = (start: number, end: number, label: string): TrendSpan => ({
    start: Math.max(start, range.start),
    end: Math.min(end, range.end),
    label,
  });
  if (unit === "day") return daysOf(range, zone).map((d) => clip(d.start, d.end, d.date));
  const out: TrendSpan[] = [];
  if (unit === "hour") {
    for (let at = floorTo(range.start, HOUR); at < range.end; at += HOUR)
      out.push(clip(at, at + HOUR, hourLabel(at, clockZone)));
    return out;
  }
  for (let at = range.start; at < range.end; ) {
    const month = monthInterval(monthOf(at, zone), zone);
    out.push(clip(month.start, month.end, monthOf(at, zone)));
    at = month.end;
  }
  return out;
}

function hourLabel(at: Instant, zone: string): string {
  const time = new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone: zone,
  });
  return `${dateOf(at, zone)} ${time.format(at * 1000)}`;
}
