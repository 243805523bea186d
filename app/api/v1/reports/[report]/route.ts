import { getCtx } from "@/app/ctx";
import { parseReportRequest } from "@/lib/api/report-request";
import { respondError, respondFile } from "@/lib/api/respond";
import type { Ctx } from "@/lib/ctx";
import { env } from "@/lib/env";
import { csvChunks } from "@/lib/exports/csv";
import { exportFileName } from "@/lib/exports/file-name";
import { jsonChunks } from "@/lib/exports/json";
import { getReport } from "@/lib/reports";

export async function GET(request: Request, { params }: { params: Promise<{ report: string }> }): Promise<Response> {
  let ctx: Ctx | undefined;
  try {
    ctx = await getCtx();
    const report = getReport((await params).report);
    const zone = env().BILLING_TIME_ZONE;
    const { format, period, filters } = parseReportRequest(report, new URL(request.url).searchParams, zone, ctx.now());
    const pages = report.load(ctx, period, filters);
    const chunks = format === "csv" ? csvChunks(report.columns, pages) : jsonChunks(report, period, pages);
    return await respondFile(chunks, format, exportFileName(report.slug, filters, period, zone, format), ctx.log);
  } catch (error) {
    return respondError(error, ctx?.log);
  }
}
