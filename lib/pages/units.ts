import type { Ctx } from "@/lib/ctx.ts";
import type { Period } from "@/lib/reports/report.ts";
import { addDays, daysOf } from "@/lib/time.ts";
import { daysOver, loadUnitViews, type UnitView } from "@/lib/unit-costs/unit-views.ts";

/** What units cost on the days of a period that are over; of one unit with `key`. @throws AppError `not_found` for a key. */
export function loadUnitsPage(ctx: Ctx, period: Period, key?: number): Promise<UnitView[]> {
  const own = daysOf(period, ctx.ledger.zone);
  const first = own[0]?.key ?? 20000101;
  return loadUnitViews(ctx, daysOver(ctx, { from: first, until: addDays(own.at(-1)?.key ?? first, 1) }), key);
}
