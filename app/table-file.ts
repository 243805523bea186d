import { fieldRow, type TableView } from "@/components/tables/view.ts";
import { respondError, respondFile } from "@/lib/api/respond.ts";
import { AppError } from "@/lib/errors.ts";
import { csvChunks } from "@/lib/exports/csv.ts";
import { viewMark } from "@/lib/exports/file-name.ts";
import { dateOf } from "@/lib/time.ts";
import { getCtx, processLog } from "./ctx.ts";
import { type PageInput, readInput } from "./page-input.ts";

/** The parameters of the period, which the name of every file contains. */
const PERIOD = ["period", "month", "from", "to"];

export interface TableFile<R> {
  readonly view: TableView<R>;
  /** The rows in the order in which the page shows them. */
  readonly pages: AsyncIterable<readonly R[]>;
  /** The first part of the file's name; ASCII. */
  readonly name: string;
  /** The parameters that the name contains besides the period. The others become a mark at its end. */
  readonly named?: readonly string[];
}

/**
 * What a page shows in a table, as CSV: the same rows, order and columns. A page reports what it did not understand above the
 * table; a file cannot, and is refused with the same words.
 */
export async function respondTable<R>(
  request: Request,
  table: (input: PageInput) => Promise<TableFile<R>>,
): Promise<Response> {
  try {
    await getCtx();
    const input = await readInput(Promise.resolve(Object.fromEntries(new URL(request.url).searchParams)));
    const { view, pages, name, named = [] } = await table(input);
    const { refusal } = input.address;
    if (refusal) throw new AppError("invalid", refusal);
    const fields = view.columns.flatMap((c) => c.fields);
    const chunks = csvChunks(fields, mapped(pages, view));
    return await respondFile(chunks, "csv", `${fileName(name, input, named)}.csv`, input.ctx, request);
  } catch (error) {
    return respondError(error, processLog());
  }
}

/** Files of different rows or columns have different names. */
function fileName(name: string, { params }: PageInput, named: readonly string[]): string {
  const inName = new Set([...PERIOD, "page", ...named]);
  const rest = Object.entries(params).filter(([key]) => !inName.has(key));
  return [name, viewMark(Object.fromEntries(rest))].filter(Boolean).join("_");
}

async function* mapped<R>(pages: AsyncIterable<readonly R[]>, view: TableView<R>) {
  for await (const rows of pages) yield rows.map((row) => fieldRow(view.columns, row));
}

/** Rows that are all there, as the one page of a file. */
export async function* onePage<R>(rows: readonly R[]): AsyncGenerator<readonly R[]> {
  yield rows;
}

const PAGE = 500;

/** Rows that come one by one, in the pages of a file. */
export async function* inPages<R>(rows: AsyncIterable<R>): AsyncGenerator<readonly R[]> {
  let page: R[] = [];
  for await (const row of rows) {
    page.push(row);
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  yield page;
}

/** `workloads-2026-11-01-to-2026-12-01`: what, and the days of the billing zone. */
export function periodName(what: string, { period, billingZone }: PageInput): string {
  return `${what}-${dateOf(period.start, billingZone)}-to-${dateOf(period.end, billingZone)}`;
}
