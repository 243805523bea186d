import writeXlsxFile from "write-excel-file/node";
import type { Statement, StatementLine, StatementWorkload } from "@/lib/chargeback/types";
import { minorDigits } from "@/lib/money";
import type { Cell, Column, Row } from "@/lib/reports/report";
import { percentOf } from "@/lib/units";
import { priced, roundingDescription, STATEMENT_COLUMNS, statementRows } from "./statement-lines.ts";
import {
  COUNT,
  day,
  figure,
  fromMicros,
  heading,
  moment,
  moneyFormat,
  PERCENT,
  QUANTITY,
  type SheetCell,
  type SheetRow,
  text,
  UNIT_PRICE,
} from "./xlsx-cell.ts";
import { summaryRows } from "./xlsx-summary.ts";

interface Sheet {
  readonly sheet: string;
  readonly widths: readonly number[];
  readonly data: SheetRow[];
}

/** Rows of a sheet below its header; what is beyond them goes on in another sheet. */
const MOST_ROWS = 1_048_575;

/** The same on every line: it stands on the summary. */
const OF_THE_STATEMENT = new Set(["statement", "status", "period", "team", "cost_centre", "gl_account"]);
const LINE_COLUMNS = STATEMENT_COLUMNS.filter((c) => !OF_THE_STATEMENT.has(c.key));
const MONEY = new Set(["amount", "idle_amount"]);
const DATES = new Set(["charge_from", "charge_until"]);
const LINE_WIDTHS: Record<string, number> = { description: 44, reason: 40, gpu_model: 26, line: 28, amount: 20 };

const label = (key: string): string =>
  key
    .replaceAll("_", " ")
    .replace(/\b(gpu|sku)\b/g, (w) => w.toUpperCase())
    .replace(/^./, (c) => c.toUpperCase());

function lineCell(column: Column, cell: Cell | undefined, money: string): SheetCell | null {
  if (cell === null || cell === undefined) return null;
  if (typeof cell === "string") return DATES.has(column.key) ? day(Number(cell.replaceAll("-", ""))) : text(cell);
  if (MONEY.has(column.key)) return figure(fromMicros(cell), money);
  if (column.unit === "micros") return figure(fromMicros(cell), QUANTITY);
  if (column.unit === "nanos") return figure(cell / 1e9, UNIT_PRICE);
  if (column.unit === "percent") return figure(cell / 100, PERCENT);
  return figure(cell, COUNT);
}

function linesSheet(statement: Statement, money: string): Sheet {
  const row = (r: Row): SheetRow => LINE_COLUMNS.map((c) => lineCell(c, r[c.key], money));
  return {
    sheet: "Lines",
    widths: LINE_COLUMNS.map((c) => LINE_WIDTHS[c.key] ?? 15),
    data: [
      LINE_COLUMNS.map((c) => heading(label(c.key), c.unit !== "text")),
      ...[...statementRows(statement)].map(row),
    ],
  };
}

const WORKLOAD_HEADINGS = [
  ["Workload", 32],
  ["Workload id", 38],
  ["Project", 20],
  ["User", 26],
  ["Category", 14],
  ["GPU model", 26],
  ["Started (UTC)", 20],
  ["Ended (UTC)", 20],
  ["GPU-hours", 16],
  ["Amount", 20],
  ["Idle amount", 20],
  ["Coverage", 12],
] as const;

const workloadRow = (w: StatementWorkload, money: string): SheetRow => [
  text(w.name),
  text(w.workloadId),
  text(w.project),
  text(w.user),
  text(w.category),
  text(w.gpuModel),
  moment(w.startedAt),
  moment(w.endedAt),
  figure(fromMicros(priced(w.quantity, "gpu")), QUANTITY),
  figure(fromMicros(w.amountMicros), money),
  figure(fromMicros(w.idleMicros), money),
  coverage(w),
];

function coverage(of: { readonly observedMilli: number; readonly expectedMilli: number }): SheetCell | null {
  const percent = percentOf(of.observedMilli, of.expectedMilli);
  return figure(percent === null ? null : percent / 100, PERCENT);
}

async function workloadSheets(workloads: AsyncIterable<readonly StatementWorkload[]>, money: string): Promise<Sheet[]> {
  const sheets: Sheet[] = [];
  const start = (): Sheet => {
    const sheet = {
      sheet: sheets.length ? `Workloads ${sheets.length + 1}` : "Workloads",
      widths: WORKLOAD_HEADINGS.map(([, width]) => width),
      data: [WORKLOAD_HEADINGS.map(([name], i): SheetCell => heading(name, i >= 6))],
    };
    sheets.push(sheet);
    return sheet;
  };
  let sheet = start();
  for await (const page of workloads)
    for (const workload of page) {
      if (sheet.data.length > MOST_ROWS) sheet = start();
      sheet.data.push(workloadRow(workload, money));
    }
  return sheets;
}

/** Everything that was not charged by usage and price alone: corrections, overrides and the rounding. */
function adjustmentsSheet({ header, lines }: Statement, money: string): Sheet {
  const columns = [
    ["Kind", 14],
    ["Description", 44],
    ["Charge from", 14],
    ["Charge until", 14],
    ["Corrects", 20],
    ["Reason", 50],
    ["By", 26],
    ["Amount", 20],
  ] as const;
  const correction = (line: StatementLine): SheetRow => [
    text("correction"),
    text(line.description),
    day(line.fromDay),
    day(line.untilDay),
    text(line.corrects),
    text(line.reason),
    null,
    figure(fromMicros(line.amountMicros), money),
  ];
  return {
    sheet: "Adjustments",
    widths: columns.map(([, width]) => width),
    data: [
      columns.map(([name], i) => heading(name, i === 7)),
      ...lines.filter((l) => l.kind === "correction").map(correction),
      ...header.overrides.map(
        (o): SheetRow => [text("override"), text(o.item), null, null, null, text(o.reason), text(o.by), null],
      ),
      [
        text("rounding"),
        text(roundingDescription(header.currency)),
        day(header.period.fromDay),
        day(header.period.untilDay),
        null,
        null,
        null,
        figure(fromMicros(header.roundingMicros), money),
      ],
    ],
  };
}

/**
 * A statement as a workbook: Summary, Lines, Workloads, Adjustments. Figures are numbers whose value is exact to the
 * micro-unit, dates are dates, texts are texts; the header row of each sheet stays in sight.
 */
export async function statementXlsx(
  statement: Statement,
  workloads: AsyncIterable<readonly StatementWorkload[]>,
): Promise<Buffer> {
  const { currency } = statement.header;
  const money = moneyFormat(currency, minorDigits(currency), true);
  const summary: Sheet = { sheet: "Summary", widths: [34, 30, 60], data: summaryRows(statement) };
  const sheets = [
    summary,
    linesSheet(statement, money),
    ...(await workloadSheets(workloads, money)),
    adjustmentsSheet(statement, money),
  ];
  return writeXlsxFile(
    sheets.map(({ sheet, widths, data }) => ({
      sheet,
      data,
      columns: widths.map((width) => ({ width })),
      stickyRowsCount: 1,
    })),
    { fontFamily: "Calibri", fontSize: 10 },
  ).toBuffer();
}
