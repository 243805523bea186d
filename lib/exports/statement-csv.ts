import type { Row } from "@/lib/reports/report.ts";
import type { Statement } from "@/lib/statements/types.ts";
import { csvChunks } from "./csv.ts";
import { STATEMENT_COLUMNS, statementRows } from "./statement-lines.ts";

const PAGE = 500;

async function* pages(statements: Iterable<Statement> | AsyncIterable<Statement>): AsyncGenerator<Row[]> {
  let page: Row[] = [];
  for await (const statement of statements)
    for (const row of statementRows(statement)) {
      page.push(row);
      if (page.length < PAGE) continue;
      yield page;
      page = [];
    }
  if (page.length) yield page;
}

/** Any number of statements as one table: each line, then each rounding line. RFC 4180, UTF-8, CRLF, formulas disarmed. */
export function statementsCsv(statements: Iterable<Statement> | AsyncIterable<Statement>): AsyncGenerator<string> {
  return csvChunks(STATEMENT_COLUMNS, pages(statements));
}
