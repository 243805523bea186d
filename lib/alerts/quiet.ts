import { Temporal } from "temporal-polyfill";
import { addDays, dateOf, dateOfKey, dayKey, type Instant } from "@/lib/time.ts";

/** Minutes of the day, half-open, over midnight where it begins after it ends; -1: none. */
export interface QuietHours {
  readonly quietFrom: number;
  readonly quietUntil: number;
}

/**
 * The end of the quiet hours in which an instant lies; the instant itself where it lies in none. Hours are those of the clock in the zone:
 * on days of 23 or 25 hours they end at that time, too.
 */
export function quietUntil({ quietFrom, quietUntil: end }: QuietHours, now: Instant, zone: string): Instant {
  if (quietFrom < 0 || end < 0 || quietFrom === end) return now;
  const today = dayKey(dateOf(now, zone));
  const minute = minuteOf(now, zone);
  const isOver = quietFrom < end ? minute < quietFrom || minute >= end : minute < quietFrom && minute >= end;
  if (isOver) return now;
  // Behind midnight already, or before it still?
  const day = quietFrom > end && minute >= quietFrom ? addDays(today, 1) : today;
  return atMinute(day, end, zone);
}

/** Minute of the day by the clock in a zone. */
export function minuteOf(now: Instant, zone: string): number {
  const parts = new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone: zone,
  })
    .format(now * 1000)
    .split(":");
  return Number(parts[0]) * 60 + Number(parts[1]);
}

/** The instant at which the clock of a zone shows a minute of a day; where the clock skips it, as much later as it skips. */
export function atMinute(day: number, minute: number, zone: string): Instant {
  const date = Temporal.PlainDate.from(dateOfKey(day));
  const plainTime = { hour: Math.floor(minute / 60), minute: minute % 60 };
  return Math.floor(date.toZonedDateTime({ timeZone: zone, plainTime }).epochMilliseconds / 1000);
}

/** `22:00` as a minute of the day; null for anything else. */
export function parseMinute(text: string): number | null {
  const match = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text.trim());
  return match ? Number(match[1]) * 60 + Number(match[2]) : null;
}

/** A minute of the day as `22:00`; empty for -1. */
export const formatMinute = (minute: number): string =>
  minute < 0 ? "" : `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
