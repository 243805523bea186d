import { getApiCtx } from "@/app/ctx.ts";
import { answerOutlooks } from "@/lib/api/budget-answer.ts";
import { respondError } from "@/lib/api/respond.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { FORECAST_COLUMNS, forecastRows } from "@/lib/exports/budget-rows.ts";

/** What is spent and expected by each day of the month, quarter or year. */
export async function GET(request: Request): Promise<Response> {
  let ctx: Ctx | undefined;
  try {
    ctx = await getApiCtx(request, "budgets.read");
    return await answerOutlooks(ctx, request, "forecast", FORECAST_COLUMNS, forecastRows);
  } catch (error) {
    return respondError(error, ctx?.log);
  }
}
