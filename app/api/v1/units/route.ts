import { getApiCtx } from "@/app/ctx.ts";
import { respondError } from "@/lib/api/respond.ts";
import { answerUnits } from "@/lib/api/unit-answer.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { UNIT_COLUMNS, unitRow } from "@/lib/exports/unit-rows.ts";

/** What every unit that the caller may see costs, over the days from `from` up to `to`; the last 30 where absent. */
export async function GET(request: Request): Promise<Response> {
  let ctx: Ctx | undefined;
  try {
    ctx = await getApiCtx(request, "units.read");
    return await answerUnits(ctx, request, "unit-costs", UNIT_COLUMNS, (view, currency) => [unitRow(view, currency)]);
  } catch (error) {
    return respondError(error, ctx?.log);
  }
}
