import { AppError } from "@/lib/errors.ts";
import type { BillingCalendar } from "@/lib/periods/calendar.ts";
import { parseParameters, type Values } from "@/lib/reports/parameter.ts";
import { parsePeriod } from "@/lib/reports/period.ts";
import { suggest } from "@/lib/reports/read/near-names.ts";
import type { Period, Report } from "@/lib/reports/report.ts";
import type { Instant } from "@/lib/time.ts";

export const FORMATS = ["csv", "json"] as const;
export type Format = (typeof FORMATS)[number];

export interface ReportRequest {
  readonly format: Format;
  readonly period: Period;
  readonly parameters: Values;
}

/** What is not understood may not be left out in silence: more would be returned than was asked for. @throws AppError `invalid`. */
export function takeOnly(query: URLSearchParams, known: readonly string[]): void {
  for (const key of query.keys()) {
    if (!known.includes(key))
      throw new AppError(
        "invalid",
        `"${key}" is not understood here${known.length ? `: use ${known.join(", ")}` : ", nothing is"}.${suggest(key, known)}`,
      );
    if (query.getAll(key).length > 1) throw new AppError("invalid", `"${key}" is given twice.`);
  }
}

/** @throws AppError `invalid` naming the formats. */
export function parseFormat(text: string): Format {
  const format = FORMATS.find((f) => f === text);
  if (!format) throw new AppError("invalid", `"${text}" is not a format: use ${FORMATS.join(" or ")}.`);
  return format;
}

/**
 * What a query asks of a report: `format` (json when absent), `period`, `month` or `from` and `to`, and the report's parameters.
 * @throws AppError `invalid` for anything else in it, or a key given twice.
 */
export function parseReportRequest(
  report: Report,
  query: URLSearchParams,
  calendar: BillingCalendar,
  now: Instant,
): ReportRequest {
  const given: Record<string, string> = {};
  for (const [key, value] of query) {
    if (given[key] !== undefined) throw new AppError("invalid", `"${key}" is given twice.`);
    given[key] = value;
  }
  const { format, period, from, to, month, ...rest } = given;
  return {
    format: parseFormat(format ?? "json"),
    period: parsePeriod({ period, from, to, month }, calendar.zone, now, calendar),
    parameters: parseParameters(report, rest),
  };
}
