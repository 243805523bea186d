import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { decimalWords } from "@/lib/money.ts";
import type { Column, Row } from "@/lib/reports/report.ts";
import { dateOf, dayKey, parseDay, parseInstant } from "@/lib/time.ts";
import { type CountInput, parseCount } from "@/lib/unit-costs/input.ts";
import { daysOver, loadUnitViews, type UnitView } from "@/lib/unit-costs/unit-views.ts";
import { askedDays } from "./days.ts";
import type { Answer } from "./endpoint.ts";
import { parseFormat } from "./report-request.ts";
import { rowsAnswer } from "./rows-answer.ts";

/** Units or their days as JSON (an object with `rows`) or CSV, by `format`; days by `from` and `to`. */
export async function unitsAnswer(
  ctx: Ctx,
  { from, to, format: wanted = "json" }: { readonly from?: string; readonly to?: string; readonly format?: string },
  name: string,
  columns: readonly Column[],
  rowsOf: (view: UnitView, currency: string) => readonly Row[],
  key?: number,
): Promise<Answer> {
  const format = parseFormat(wanted);
  const views = await loadUnitViews(ctx, daysOver(ctx, askedDays(ctx, { from, to }, false)), key);
  const rows = views.flatMap((view) => rowsOf(view, ctx.ledger.currency));
  return rowsAnswer(columns, rows, format, name);
}

/**
 * The counts of a body: one object, or `{"counts": […]}`, each with `id`, `count` (null withdraws it) and `day` or `at`.
 * @throws AppError `invalid`.
 */
export function countsOf(body: unknown, zone: string): CountInput[] {
  const list = isObject(body) && "counts" in body ? body.counts : [body];
  if (!Array.isArray(list))
    throw new AppError("invalid", 'Write {"counts": [{"id": "batch-7", "day": "2026-11-29", "count": 1200}]}.');
  return list.map((one, i) => countOf(one, `Count ${i + 1}`, zone));
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function countOf(given: unknown, where: string, zone: string): CountInput {
  if (!isObject(given)) throw new AppError("invalid", `${where} is not an object with id, day and count.`);
  const unknown = Object.keys(given).find((name) => !["id", "day", "at", "count"].includes(name));
  if (unknown) throw new AppError("invalid", `${where}: there is no field "${unknown}". Use id, day or at, and count.`);
  const { id, day, at, count } = given;
  if (typeof id !== "string")
    throw new AppError("invalid", `${where} needs an id: sending it again must not count it twice.`);
  const countMilli = count === null ? null : parseCount(String(count));
  if (count !== null && countMilli === null)
    throw new AppError(
      "invalid",
      `${where}: "${String(count)}" ${decimalWords(String(count), 3, "is not a count: write a number such as 1200 or 0.5.")}`,
    );
  return { id, day: dayOf(day, at, where, zone), countMilli };
}

function dayOf(day: unknown, at: unknown, where: string, zone: string): number {
  if ((day === undefined) === (at === undefined))
    throw new AppError(
      "invalid",
      `${where} needs a day (YYYY-MM-DD) or an instant at (2026-11-29T22:15:00Z), one of them.`,
    );
  if (day !== undefined) return parseDay(String(day));
  const instant = parseInstant(String(at));
  if (instant === null)
    throw new AppError("invalid", `${where}: "${String(at)}" is not an instant such as 2026-11-29T22:15:00Z.`);
  return dayKey(dateOf(instant, zone));
}
