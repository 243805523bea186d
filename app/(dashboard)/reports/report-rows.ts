import { sortRows, type TableView } from "@/components/tables/view.ts";
import { AppError } from "@/lib/errors.ts";
import type { ChartSpec, Row } from "@/lib/reports/report.ts";

/** A ranking of more rows than this says nothing that its largest do not; a chart over time is of every row. */
const CHARTED = 5000;
export const chartedRows = (chart: ChartSpec | undefined): number =>
  chart === undefined ? 0 : chart.kind === "time" ? Number.POSITIVE_INFINITY : CHARTED;
/** More rows than this are not held to be sorted. */
export const MOST_SORTED = 200_000;

export interface FirstRows {
  readonly rows: readonly Row[];
  readonly more: boolean;
  readonly chartRows: readonly Row[];
}

/**
 * The first rows of a report in the order of the view, and `charted` of its own for the chart. In the report's own order it is read no further than needed; in
 * another it is read to its end, and no more than a few times `most` rows are held.
 */
export async function firstRows(
  pages: AsyncIterable<readonly Row[]>,
  view: TableView<Row>,
  most: number,
  charted: number,
): Promise<FirstRows> {
  const chartRows: Row[] = [];
  let best: readonly Row[] = [];
  let count = 0;
  const sorted = view.sort !== undefined;
  for await (const page of pages) {
    count += page.length;
    for (const row of page.slice(0, charted - chartRows.length)) chartRows.push(row);
    if (sorted) best = sortRows([...best, ...page], view).slice(0, most);
    else if (best.length < most) best = [...best, ...page.slice(0, most - best.length)];
    if (!sorted && count > most && chartRows.length >= charted) break;
  }
  return { rows: best, more: count > best.length, chartRows };
}

/** Every row in the order of the view, page by page. @throws AppError `invalid` where there are too many to sort. */
export async function* everyRow(
  pages: AsyncIterable<readonly Row[]>,
  view: TableView<Row>,
): AsyncGenerator<readonly Row[]> {
  if (view.sort === undefined) return yield* pages;
  const rows: Row[] = [];
  for await (const page of pages) {
    rows.push(...page);
    if (rows.length > MOST_SORTED)
      throw new AppError(
        "invalid",
        `These are more than ${MOST_SORTED} rows: too many to sort. Ask for a shorter period, or leave the order out.`,
      );
  }
  yield sortRows(rows, view);
}
