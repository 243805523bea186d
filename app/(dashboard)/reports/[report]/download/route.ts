import { readReport } from "@/app/(dashboard)/reports/query.ts";
import { everyRow } from "@/app/(dashboard)/reports/report-rows.ts";
import { respondTable } from "@/app/table-file.ts";
import { allow } from "@/lib/auth/allow.ts";
import { reportFileName } from "@/lib/exports/file-name.ts";
import { getReport } from "@/lib/reports/index.ts";

/** A report as CSV with the columns and in the order of its page: every row of it. */
export async function GET(request: Request, { params }: { params: Promise<{ report: string }> }): Promise<Response> {
  return respondTable(request, async (input) => {
    allow(input.ctx.viewer, "usage.read");
    const report = getReport((await params).report);
    const { view, values, load } = readReport(input, report);
    const name = reportFileName(report, values(), input.period, input.billingZone, "csv").replace(/\.csv$/, "");
    return {
      view,
      name,
      named: Object.keys(report.parameters),
      pages: everyRow(load(), view, Boolean(input.params.sort)),
    };
  });
}
