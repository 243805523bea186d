import { z } from "zod";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { type ExactMicros, formatMicros } from "@/lib/money.ts";
import { type PeriodInput, parsePeriod } from "@/lib/reports/period.ts";
import type { Column, Period } from "@/lib/reports/report.ts";
import { isNumeric, printedUnit } from "@/lib/reports/unit.ts";
import { dateOf, dateOfKey, dayKey, formatInstant, type Instant } from "@/lib/time.ts";
import type { Parameters } from "./endpoint.ts";

/** An amount of money: a decimal with six places, exact; its currency stands beside it. */
export const amountSchema = z
  .string()
  .regex(/^-?\d+\.\d{6}$/)
  .meta({
    id: "Amount",
    description: "Decimal with six places, exact. The currency stands beside it.",
    examples: ["1234.500000"],
  });
export const amountOrNull = amountSchema.nullable();
export const instantSchema = z.iso.datetime().meta({ id: "Instant", description: "RFC 3339, UTC." });
export const daySchema = z.iso.date().meta({ id: "Day", description: "A day of the billing time zone." });
export const currencySchema = z
  .string()
  .regex(/^[A-Z]{3}$/)
  .meta({ id: "Currency", description: "ISO 4217." });

export const amountOf = (micros: ExactMicros): string =>
  formatMicros(typeof micros === "bigint" ? micros : Math.round(micros));
export const amountOrNullOf = (micros: ExactMicros | null): string | null =>
  micros === null ? null : amountOf(micros);
export const instantOf = (at: Instant): string => formatInstant(at);
export const instantOrNullOf = (at: Instant | null): string | null => (at === null ? null : formatInstant(at));

/** How every address takes a period; nothing given: this month. */
export const PERIOD_QUERY = {
  period: {
    description:
      "`today`, `yesterday`, `last-7-days`, `last-30-days`, `this-month`, `last-month`, `this-quarter`, `last-quarter`, `this-year`, `last-year`, a month `2026-10`, a quarter `2026-Q4`, a year, or a fiscal period.",
    example: "this-month",
  },
  month: { description: "A calendar month.", example: "2026-10" },
  from: { description: "First day, with `to`.", example: "2026-10-01" },
  to: { description: "The first day that no longer counts, with `from`.", example: "2026-11-01" },
} as const satisfies Parameters;

/** @throws AppError `invalid`. */
export const periodOf = (ctx: Ctx, { period, month, from, to }: PeriodInput): Period =>
  parsePeriod({ period, month, from, to }, ctx.ledger.zone, ctx.now(), ctx.ledger.calendar);

export const periodSchema = z
  .object({ label: z.string(), from: instantSchema, to: instantSchema })
  .meta({ id: "Period" });
export const periodJson = ({ label, start, end }: Period): z.output<typeof periodSchema> => ({
  ...{ label, from: formatInstant(start), to: formatInstant(end) },
});

/** Today's day key in the billing time zone. */
export const todayOf = (ctx: Ctx): number => dayKey(dateOf(ctx.now(), ctx.ledger.zone));
export const dayOrNullOf = (day: number | null): string | null => (day === null ? null : dateOfKey(day));

/** The rows of a table: an object by column key; numbers with the digits of the CSV, unknown figures null. */
export const rowSchema = (columns: readonly Column[]) =>
  z.object(
    Object.fromEntries(
      columns.map((column) => {
        const words = [column.description, isNumeric(column) ? `Unit: ${printedUnit(column.unit)}.` : ""]
          .filter(Boolean)
          .join(". ");
        const cell = isNumeric(column) ? z.number().nullable() : z.string().nullable();
        return [column.key, words ? cell.meta({ description: words }) : cell];
      }),
    ),
  );

export const FORMAT_QUERY = {
  format: { description: "`json`, or `csv` for a file.", schema: z.enum(["json", "csv"]), example: "json" },
} as const satisfies Parameters;

/** How lists are read a page at a time. */
export const PAGE_QUERY = {
  limit: {
    description: "Most rows of the answer, from 1 to 1000; 500 where absent.",
    schema: z.string().regex(/^\d{1,4}$/),
    example: "100",
  },
  cursor: { description: "`next` of the answer before; absent: from the beginning." },
} as const satisfies Parameters;
export const nextSchema = z
  .string()
  .nullable()
  .meta({ description: "The `cursor` of the next page; null: this is the last." });

/** The key of a row, as lists show it. */
export const keySchema = z.string().regex(/^\d{1,15}$/);

/** @throws AppError `not_found` for a text that is not the key of anything. */
export function keyOf(text: string, what: string): number {
  if (keySchema.safeParse(text).success) return Number(text);
  throw new AppError("not_found", `There is no ${what} "${text}": use its key.`);
}

/** Why something is deleted. */
export const REASON_QUERY = {
  reason: { description: "Why, for the audit log; at most 500 characters.", schema: z.string().max(500) },
} as const satisfies Parameters;
