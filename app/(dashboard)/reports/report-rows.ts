import { sortRows, type TableView } from "@/components/tables/view.ts";
import { AppError } from "@/lib/errors.ts";
import type { ChartSpec, Row } from "@/lib/reports/report.ts";

/** A ranking of more rows than this says nothing that its largest do not; a chart over time is of every row. */
const CHARTED = 5000;
export const chartedRows = (chart: ChartSpec | undefined): number =>
  chart === undefined ? 0 : chart.kind === "time" ? Number.POSITIVE_INFINITY : CHARTED;
/** More rows than this are not held to be sorted. */
export const MOST_SORTED = 200_000;

export interface RowsOfPage {
  readonly rows: readonly Row[];
  /** How many rows there are; null: more than those up to the end of this page, which were not counted. */
  readonly count: number | null;
  readonly chartRows: readonly Row[];
  /** The sums of some columns over every row, unknown cells left out; null: not every row was read. */
  readonly sums: Row | null;
}

/**
 * The rows of one page of a report in the order of the view, and `charted` of its own for the chart. In the report's own order it is
 * read no further than needed, and not counted to its end; in another it is read to its end, and no more than a few times the rows up
 * to the page's end are held. @param page from 1. @param summed keys of columns to sum.
 */
export async function rowsOfPage(
  pages: AsyncIterable<readonly Row[]>,
  view: TableView<Row>,
  { page, size }: { readonly page: number; readonly size: number },
  charted: number,
  summed: readonly string[] = [],
): Promise<RowsOfPage> {
  const sums = new Map<string, bigint>();
  const chartRows: Row[] = [];
  const until = Math.min(page * size, MOST_SORTED);
  let best: readonly Row[] = [];
  let count = 0;
  const sorted = view.sort !== undefined;
  let ended = true;
  for await (const rows of pages) {
    count += rows.length;
    for (const key of summed) addCells(sums, key, rows);
    for (const row of rows.slice(0, charted - chartRows.length)) chartRows.push(row);
    if (sorted) best = sortRows([...best, ...rows], view).slice(0, until);
    else if (best.length < until) best = [...best, ...rows.slice(0, until - best.length)];
    if (!sorted && count > until && chartRows.length >= charted) {
      ended = false;
      break;
    }
  }
  return {
    rows: best.slice((page - 1) * size),
    count: ended ? count : null,
    chartRows,
    sums: ended ? Object.fromEntries(sums) : null,
  };
}

function addCells(sums: Map<string, bigint>, key: string, rows: readonly Row[]): void {
  for (const row of rows) {
    const cell = row[key];
    if (typeof cell === "bigint" || (typeof cell === "number" && Number.isSafeInteger(cell)))
      sums.set(key, (sums.get(key) ?? 0n) + BigInt(cell));
  }
}

/**
 * Every row in the order of the view, page by page. @param isChosen the reader asked for that order: else more rows than can be sorted
 * come in the report's own. @throws AppError `invalid` where there are too many to sort as chosen.
 */
export async function* everyRow(
  pages: AsyncIterable<readonly Row[]>,
  view: TableView<Row>,
  isChosen = true,
): AsyncGenerator<readonly Row[]> {
  if (view.sort === undefined) return yield* pages;
  let rows: Row[] | null = [];
  for await (const page of pages) {
    if (rows === null) {
      yield page;
      continue;
    }
    for (const row of page) rows.push(row);
    if (rows.length <= MOST_SORTED) continue;
    if (isChosen)
      throw new AppError(
        "invalid",
        `These are more than ${MOST_SORTED} rows: too many to sort. Ask for a shorter period, or leave the order out.`,
      );
    yield rows;
    rows = null;
  }
  if (rows) yield sortRows(rows, view);
}
