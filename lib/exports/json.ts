import type { Column, Period, Report, Row } from "@/lib/reports/report.ts";
import { decimalsOf, formatCell, isNumeric, printedUnit } from "@/lib/reports/unit.ts";
import { formatInstant } from "@/lib/time.ts";

/** A row as an object by column key, with the digits of the CSV. */
export function jsonRow(columns: readonly Column[], row: Row): string {
  return `{${columns.map((c) => `${JSON.stringify(c.key)}:${formatCell(c, row[c.key] ?? null, "json")}`).join(",")}}`;
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
