import { getApiCtx } from "@/app/ctx.ts";
import { parseReportRequest } from "@/lib/api/report-request.ts";
import { respondError, respondFile } from "@/lib/api/respond.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { csvChunks } from "@/lib/exports/csv.ts";
import { reportFileName } from "@/lib/exports/file-name.ts";
import { jsonChunks } from "@/lib/exports/json.ts";
import { getReport } from "@/lib/reports/index.ts";

export async function GET(request: Request, { params }: { params: Promise<{ report: string }> }): Promise<Response> {
  let ctx: Ctx | undefined;
  try {
    ctx = await getApiCtx(request, "usage.read");
    const report = getReport((await params).report);
    const { zone, calendar } = ctx.ledger;
    const { format, period, parameters } = parseReportRequest(
      report,
      new URL(request.url).searchParams,
      calendar,
      ctx.now(),
    );
    const pages = report.load(ctx, period, parameters);
    const chunks = format === "csv" ? csvChunks(report.columns, pages) : jsonChunks(report, period, pages);
    return await respondFile(chunks, format, reportFileName(report, parameters, period, zone, format), ctx);
  } catch (error) {
    return respondError(error, ctx?.log);
  }
}
