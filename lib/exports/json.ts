import type { Cell, Column, Period, Report, Row, Unit } from "@/lib/reports/report.ts";
import { formatInstant } from "@/lib/time.ts";
import { decimalsOf, formatCell, isNumeric } from "./cell.ts";

/** The unit of a printed number: GPU-seconds are printed as GPU-hours, millionths of a currency as amounts. */
const PRINTED: Partial<Record<Unit, string>> = {
  "milli-gpu-seconds": "gpu-hours",
  micros: "amount",
  nanos: "unit-price",
};
const printedUnit = (unit: Unit): string => PRINTED[unit] ?? unit;

/** A number keeps the very digits that the CSV has. */
function value(column: Column, cell: Cell): string {
  const text = formatCell(column, cell);
  if (text === null) return "null";
  return typeof cell === "number" && isNumeric(column) ? text : JSON.stringify(text);
}

/** A row as an object by column key, with the digits of the CSV. */
export function jsonRow(columns: readonly Column[], row: Row): string {
  return `{${columns.map((c) => `${JSON.stringify(c.key)}:${value(c, row[c.key] ?? null)}`).join(",")}}`;
}

/** `{report, period, columns, rows}`, page by page. Rows are objects by column key; an unknown figure is null. */
export async function* jsonChunks(
  report: Pick<Report, "slug" | "columns">,
  period: Period,
  pages: AsyncIterable<readonly Row[]>,
): AsyncGenerator<string> {
  const { slug, columns } = report;
  const head = {
    report: slug,
    period: { label: period.label, from: formatInstant(period.start), to: formatInstant(period.end) },
    columns: columns.map((c) => ({
      key: c.key,
      header: c.header,
      unit: printedUnit(c.unit),
      ...(isNumeric(c) ? { decimals: decimalsOf(c) } : {}),
      ...(c.description ? { description: c.description } : {}),
    })),
  };
  let before = `${JSON.stringify(head).slice(0, -1)},"rows":[\n`;
  for await (const rows of pages) {
    if (!rows.length) continue;
    yield before + rows.map((row) => jsonRow(columns, row)).join(",\n");
    before = ",\n";
  }
  yield `${before === ",\n" ? "" : before}\n]}\n`;
}
