import { csvHeader, csvLines } from "@/lib/exports/csv.ts";
import { jsonRow } from "@/lib/exports/json.ts";
import type { Column, Row } from "@/lib/reports/report.ts";
import type { Answer } from "./endpoint.ts";
import type { Format } from "./report-request.ts";

/**
 * Rows of a table that are read already: as JSON, an object with `rows` whose numbers have the digits of the CSV, or as a CSV file.
 * @param beside what JSON says besides the rows.
 */
export function rowsAnswer(
  columns: readonly Column[],
  rows: readonly Row[],
  format: Format,
  name: string,
  beside: Readonly<Record<string, unknown>> = {},
): Answer {
  if (format === "csv") return { file: csv(columns, rows), format, name: `${name}.csv` };
  const head = JSON.stringify(beside).slice(0, -1);
  const lines = rows.map((row) => jsonRow(columns, row)).join(",\n");
  return { json: `${head}${head === "{" ? "" : ","}"rows":[\n${lines}\n]}\n` };
}

async function* csv(columns: readonly Column[], rows: readonly Row[]): AsyncGenerator<string> {
  yield csvHeader(columns) + (rows.length ? csvLines(columns, rows) : "");
}
