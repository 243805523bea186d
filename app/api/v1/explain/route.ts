import { getApiCtx } from "@/app/ctx.ts";
import { respondError, respondJson } from "@/lib/api/respond.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { loadExplanation } from "@/lib/reports/explain/explain.ts";
import { parseExplain } from "@/lib/reports/explain/query.ts";
import { parsePeriod } from "@/lib/reports/period.ts";
import { wholeDaysOf } from "@/lib/reports/read/cost-scope.ts";

/** Where an amount comes from, as the page tells it; amounts in micro-units. */
export async function GET(request: Request): Promise<Response> {
  let ctx: Ctx | undefined;
  try {
    ctx = await getApiCtx(request, "usage.read");
    const given = Object.fromEntries(new URL(request.url).searchParams);
    const { period, month, from, to } = given;
    const { zone, calendar } = ctx.ledger;
    const days = wholeDaysOf(parsePeriod({ period, month, from, to }, zone, ctx.now(), calendar));
    return respondJson(await loadExplanation(ctx, parseExplain(given), days));
  } catch (error) {
    return respondError(error, ctx?.log);
  }
}
