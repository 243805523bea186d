import { getApiCtx } from "@/app/ctx.ts";
import { findingFilter } from "@/lib/api/finding-request.ts";
import { respondError, respondFile, respondJson } from "@/lib/api/respond.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { csvChunks } from "@/lib/exports/csv.ts";
import { FINDING_COLUMNS, findingJson, findingRow } from "@/lib/exports/findings.ts";
import { listFindings } from "@/lib/insights/findings/load.ts";

/** Findings as JSON, or CSV with `format=csv`: `from`, `to`, `rule`, `state`, `team`, `workload`. */
export async function GET(request: Request): Promise<Response> {
  let ctx: Ctx | undefined;
  try {
    ctx = await getApiCtx(request, "findings.read");
    const query = new URL(request.url).searchParams;
    const { filter, format } = await findingFilter(ctx, query, env().BILLING_TIME_ZONE);
    const rows = await listFindings(ctx, filter);
    const { currency } = ctx.ledger;
    if (format === "json") return respondJson({ findings: rows.map((f) => findingJson(f, currency)) });
    async function* page() {
      yield rows.map((f) => findingRow(f, currency));
    }
    return respondFile(csvChunks(FINDING_COLUMNS, page()), "csv", "findings.csv", ctx);
  } catch (error) {
    return respondError(error, ctx?.log);
  }
}
