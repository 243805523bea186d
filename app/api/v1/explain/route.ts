import { getCtx } from "@/app/ctx";
import { respondError, respondJson } from "@/lib/api/respond";
import type { Ctx } from "@/lib/ctx";
import { env } from "@/lib/env";
import { wholeDaysOf } from "@/lib/reports/cost-scope";
import { loadExplanation } from "@/lib/reports/explain";
import { parseExplain } from "@/lib/reports/explain-query";
import { parsePeriod } from "@/lib/reports/period";

/** Where an amount comes from, as the page tells it; amounts in micro-units. */
export async function GET(request: Request): Promise<Response> {
  let ctx: Ctx | undefined;
  try {
    ctx = await getCtx();
    const given = Object.fromEntries(new URL(request.url).searchParams);
    const { period, month, from, to } = given;
    const days = wholeDaysOf(parsePeriod({ period, month, from, to }, env().BILLING_TIME_ZONE, ctx.now()));
    return respondJson(await loadExplanation(ctx, parseExplain(given), days));
  } catch (error) {
    return respondError(error, ctx?.log);
  }
}
