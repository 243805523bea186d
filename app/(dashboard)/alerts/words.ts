import { parseMinute } from "@/lib/alerts/quiet.ts";
import type { Threshold } from "@/lib/alerts/rules/index.ts";
import { fieldError } from "@/lib/errors.ts";
import { formatMoney, formatPercent } from "@/lib/format.ts";
import { formatDecimal, parseMicros } from "@/lib/money.ts";
import { formatSeconds, parseDurationMs } from "@/lib/time.ts";

/** A threshold as people type it: `12500`, `30m`, `50`. */
export function thresholdText({ unit }: Threshold, value: number): string {
  if (unit === "money") return formatDecimal(value, 6, 0);
  return unit === "seconds" ? durationText(value) : String(value);
}

/** What was typed as a threshold, in the unit of its kind. @throws AppError `invalid` at the field. */
export function readThreshold({ unit }: Threshold, text: string): number {
  if (unit === "seconds") return readDuration(text, "threshold");
  const value = unit === "money" ? parseMicros(text) : /^\d{1,6}(\.\d+)?$/.test(text) ? Number(text) : null;
  if (value === null)
    throw fieldError(
      "threshold",
      `"${text}" is not ${unit === "money" ? "an amount: write 12500 or 12500.50" : "a number"}.`,
    );
  return value;
}

/** A threshold to read: `$1,000.00`, `30 min`. */
export function thresholdWords({ unit }: Threshold, value: number, currency: string): string {
  if (unit === "money") return formatMoney(value, currency);
  if (unit === "seconds") return formatSeconds(value);
  return unit === "percent" ? formatPercent(value) : String(value);
}

/** Seconds as `1d`, `6h`, `30m`; empty for 0. */
export function durationText(seconds: number): string {
  if (seconds === 0) return "";
  for (const [unit, size] of [
    ["d", 86_400],
    ["h", 3600],
    ["m", 60],
  ] as const)
    if (seconds % size === 0) return `${seconds / size}${unit}`;
  return `${seconds}s`;
}

/** Seconds of a field; 0 where it is empty. @throws AppError `invalid` at the field. */
export function readDuration(text: string, name: string): number {
  if (text === "") return 0;
  const ms = parseDurationMs(text.replaceAll(" ", ""));
  if (ms === null) throw fieldError(name, `"${text}" is not a duration: write 30m, 6h or 2d.`);
  return Math.round(ms / 1000);
}

/** The minute of a field; -1 where it is empty. @throws AppError `invalid` at the field. */
export function readMinute(text: string, name: string): number {
  if (text === "") return -1;
  const minute = parseMinute(text);
  if (minute === null) throw fieldError(name, `"${text}" is not a time: write 22:00.`);
  return minute;
}
