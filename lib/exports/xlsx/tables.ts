import { priced, roundingDescription, STATEMENT_COLUMNS, statementRows } from "@/lib/exports/statement-lines.ts";
import { own } from "@/lib/order.ts";
import type { Cell, Column } from "@/lib/reports/report.ts";
import { formatCell, isNumeric, moneyFormat, SHEET_FORMATS } from "@/lib/reports/unit.ts";
import type { Statement, StatementLine, StatementWorkload } from "@/lib/statements/types.ts";
import { overrideWords } from "@/lib/statements/words.ts";
import { percentOf } from "@/lib/units.ts";
import { day, figure, fromMicros, moment, printed, type SheetCell, type SheetRow, text } from "./cell.ts";
import { type Sheet, type SheetColumn, tableSheets } from "./sheet.ts";

/** A statement and its workloads, page by page. */
export interface WorkbookPart {
  readonly statement: Statement;
  readonly workloads: AsyncIterable<readonly StatementWorkload[]>;
}

/** The team of a row, where rows of several stand in one sheet. */
const TEAM: SheetColumn = { name: "Team", width: 24 };
const whose = (several: boolean, { header }: Statement): SheetRow => (several ? [text(header.team.name)] : []);

/** The same on every line of a statement: they stand on the summary where there is only one. */
const OF_THE_STATEMENT = new Set(["statement", "status", "period", "team", "cost_centre", "gl_account"]);
const LINE_WIDTHS: Record<string, number> = {
  ...{ statement: 20, team: 24, description: 44, reason: 40, gpu_model: 26, line: 28, amount: 20 },
};

/** A cell of per cent has the sign in its format: a head that says it too would make 99 % look like 0.99 %. */
const label = (key: string): string =>
  key
    .replace(/_percent$/, "")
    .replaceAll("_", " ")
    .replace(/\b(gpu|sku|gl)\b/g, (w) => w.toUpperCase())
    .replace(/^./, (c) => c.toUpperCase());

function lineCell(column: Column, cell: Cell, currency: string): SheetCell | null {
  const figure = formatCell(column, cell, "xlsx", { currency });
  return figure ? printed(figure) : typeof cell === "string" ? text(cell) : null;
}

/** Every line, and after those of a statement its rounding; `several`: with every column of the CSV. */
export function lineSheets(statements: readonly Statement[], several: boolean): Promise<Sheet[]> {
  const columns = STATEMENT_COLUMNS.filter((c) => several || !OF_THE_STATEMENT.has(c.key));
  function* rows(): Generator<SheetRow> {
    for (const statement of statements) {
      const { currency } = statement.header;
      for (const row of statementRows(statement)) yield columns.map((c) => lineCell(c, row[c.key] ?? null, currency));
    }
  }
  return tableSheets(
    "Lines",
    columns.map((c) => ({
      name: label(c.key),
      width: own(LINE_WIDTHS, c.key) ?? 15,
      right: isNumeric(c) || c.unit === "date",
    })),
    rows(),
  );
}

const WORKLOAD_COLUMNS: readonly SheetColumn[] = [
  { name: "Workload", width: 32 },
  { name: "Workload id", width: 38 },
  { name: "Project", width: 20 },
  { name: "User", width: 26 },
  { name: "Category", width: 14 },
  { name: "GPU model", width: 26 },
  { name: "Started (UTC)", width: 20, right: true },
  { name: "Ended (UTC)", width: 20, right: true },
  { name: "GPU-hours", width: 16, right: true },
  { name: "GPU amount", width: 20, right: true },
  { name: "Idle GPU amount", width: 20, right: true },
  { name: "Coverage", width: 12, right: true },
];

const workloadRow = (w: StatementWorkload, money: string): SheetRow => [
  text(w.name),
  text(w.workloadId),
  text(w.project),
  text(w.user),
  text(w.category),
  text(w.gpuModel),
  moment(w.startedAt),
  moment(w.endedAt),
  figure(fromMicros(priced(w.quantity, "gpu")), SHEET_FORMATS.quantity),
  figure(fromMicros(w.amountMicros), money),
  figure(fromMicros(w.idleMicros), money),
  coverageCell(w),
];

/** Observed of expected time, as a share of 1 in the format of per cent; no cell where nothing was expected. */
export function coverageCell(of: { readonly observedMilli: number; readonly expectedMilli: number }): SheetCell | null {
  const percent = percentOf(of.observedMilli, of.expectedMilli);
  return figure(percent === null ? null : percent / 100, SHEET_FORMATS.percent);
}

/** A row for each workload and GPU model; `several`: each with its team. */
export function workloadSheets(parts: readonly WorkbookPart[], several: boolean): Promise<Sheet[]> {
  async function* rows(): AsyncGenerator<SheetRow> {
    for (const { statement, workloads } of parts) {
      const money = moneyFormat(statement.header.currency, true);
      for await (const page of workloads)
        for (const workload of page) yield [...whose(several, statement), ...workloadRow(workload, money)];
    }
  }
  return tableSheets("Workloads", several ? [TEAM, ...WORKLOAD_COLUMNS] : WORKLOAD_COLUMNS, rows());
}

const ADJUSTMENT_COLUMNS: readonly SheetColumn[] = [
  { name: "Kind", width: 14 },
  { name: "Description", width: 44 },
  { name: "Charge from", width: 14 },
  { name: "Charge until", width: 14 },
  { name: "Corrects", width: 20 },
  { name: "Reason", width: 50 },
  { name: "By", width: 26 },
  { name: "Amount", width: 20, right: true },
  { name: "Amount before", width: 20, right: true },
  { name: "Amount after", width: 20, right: true },
];

const correctionRow = (line: StatementLine, money: string): SheetRow => [
  text("correction"),
  text(line.description),
  day(line.fromDay),
  day(line.untilDay),
  text(line.corrects),
  text(line.reason),
  null,
  figure(fromMicros(line.amountMicros), money),
  figure(line.before ? fromMicros(line.before.amountMicros) : null, money),
  figure(line.before ? fromMicros(line.before.amountMicros + line.amountMicros) : null, money),
];

function adjustmentRows({ header, lines }: Statement): SheetRow[] {
  const money = moneyFormat(header.currency, true);
  return [
    ...lines.filter((l) => l.kind === "correction").map((line) => correctionRow(line, money)),
    ...header.overrides.map((o): SheetRow => {
      const { title, detail } = overrideWords(o);
      const what = detail ? `${title}. ${detail}` : title;
      return [text("override"), text(what), null, null, null, text(o.reason), text(o.by), null, null, null];
    }),
    [
      text("rounding"),
      text(roundingDescription(header.currency)),
      day(header.period.fromDay),
      day(header.period.untilDay),
      null,
      null,
      null,
      figure(fromMicros(header.roundingMicros), money),
      null,
      null,
    ],
  ];
}

/** Everything that was not charged by usage and price alone: corrections, overrides and the rounding. */
export function adjustmentSheets(statements: readonly Statement[], several: boolean): Promise<Sheet[]> {
  return tableSheets(
    "Adjustments",
    several ? [TEAM, ...ADJUSTMENT_COLUMNS] : ADJUSTMENT_COLUMNS,
    statements.flatMap((s) => adjustmentRows(s).map((row) => [...whose(several, s), ...row])),
  );
}
