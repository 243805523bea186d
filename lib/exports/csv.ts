import { stringify } from "csv-stringify/sync";
import { disarmed } from "@/lib/csv-file.ts";
import type { Cell, Column, Row } from "@/lib/reports/report.ts";
import { formatCell } from "@/lib/reports/unit.ts";

/** csv-stringify by itself quotes only the two together. */
const LINE_BREAK = /[\r\n]/;

/** RFC 4180: CRLF after every line, also the last; quotes where needed; UTF-8 without a mark. Null is an empty field. */
export function csvRecords(records: readonly (readonly (string | null)[])[]): string {
  return stringify(records as string[][], { record_delimiter: "\r\n", quoted_match: LINE_BREAK });
}

/** Texts disarmed; numbers are numbers, also negative ones. */
function field(column: Column, cell: Cell): string | null {
  const text = formatCell(column, cell, "csv");
  return typeof cell === "string" ? disarmed(cell) : text;
}

/** The header line. */
export const csvHeader = (columns: readonly Column[]): string => csvRecords([columns.map((c) => c.header)]);

/** The lines of rows, each column of the report in order; an unknown figure is an empty field. */
export function csvLines(columns: readonly Column[], rows: readonly Row[]): string {
  return csvRecords(rows.map((row) => columns.map((column) => field(column, row[column.key] ?? null))));
}

/** A CSV file page by page. The header comes with the first page: a report that fails at once writes nothing. */
export async function* csvChunks(
  columns: readonly Column[],
  pages: AsyncIterable<readonly Row[]>,
): AsyncGenerator<string> {
  let head = csvHeader(columns);
  for await (const rows of pages) {
    yield head + (rows.length ? csvLines(columns, rows) : "");
    head = "";
  }
  if (head) yield head;
}
