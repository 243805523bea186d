import { getApiCtx } from "@/app/ctx.ts";
import { answerOutlooks } from "@/lib/api/budget-answer.ts";
import { putBudgets } from "@/lib/api/budget-put.ts";
import { respondError, respondJson } from "@/lib/api/respond.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { OUTLOOK_COLUMNS, outlookRow } from "@/lib/exports/budget-rows.ts";

/** How every budget that the caller may see stands, what has none included; of one with `scope`. */
export async function GET(request: Request): Promise<Response> {
  let ctx: Ctx | undefined;
  try {
    ctx = await getApiCtx(request, "budgets.read");
    return await answerOutlooks(ctx, request, "budgets", OUTLOOK_COLUMNS, (o, currency) => [outlookRow(o, currency)]);
  } catch (error) {
    return respondError(error, ctx?.log);
  }
}

/** Sets budgets, all or none; the same again changes nothing. */
export async function PUT(request: Request): Promise<Response> {
  let ctx: Ctx | undefined;
  try {
    ctx = await getApiCtx(request, "budgets.edit");
    return respondJson(await putBudgets(ctx, await request.text()));
  } catch (error) {
    return respondError(error, ctx?.log);
  }
}
