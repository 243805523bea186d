import type { Statement, StatementWorkload } from "@/lib/statements/types.ts";
import { periodSummaryColumns, periodSummaryRows } from "./period-summary.ts";
import { type Sheet, tableSheets, workbook } from "./sheet.ts";
import { summaryRows } from "./summary.ts";
import { adjustmentSheets, lineSheets, type WorkbookPart, workloadSheets } from "./tables.ts";

async function withTables(summary: readonly Sheet[], parts: readonly WorkbookPart[], several: boolean) {
  const statements = parts.map((part) => part.statement);
  return [
    ...summary,
    ...(await lineSheets(statements, several)),
    ...(await workloadSheets(parts, several)),
    ...(await adjustmentSheets(statements, several)),
  ];
}

/** The sheets of a statement: Summary, Lines, Workloads, Adjustments. */
export function statementSheets({ statement, workloads }: WorkbookPart): Promise<Sheet[]> {
  const summary: Sheet = { sheet: "Summary", widths: [34, 30, 60], data: summaryRows(statement) };
  return withTables([summary], [{ statement, workloads }], false);
}

/** The same sheets for the statements of a period: the summary has a row for each, the others name the team. */
export async function periodSheets(parts: readonly WorkbookPart[]): Promise<Sheet[]> {
  const statements = parts.map((part) => part.statement);
  return withTables(await tableSheets("Summary", periodSummaryColumns, periodSummaryRows(statements)), parts, true);
}

/**
 * A statement as a workbook. Figures are numbers whose value is exact to the micro-unit, dates are dates, texts are texts;
 * the header row of each sheet stays in sight.
 */
export async function statementXlsx(
  statement: Statement,
  workloads: AsyncIterable<readonly StatementWorkload[]>,
): Promise<Buffer> {
  return workbook(await statementSheets({ statement, workloads }));
}

/** The statements of a period in one workbook. */
export async function periodXlsx(parts: readonly WorkbookPart[]): Promise<Buffer> {
  return workbook(await periodSheets(parts));
}
