import type { ReactNode } from "react";
import type { Cell, Column } from "@/lib/reports/report.ts";
import type { Params } from "./href.ts";

/** What cells are drawn with: the reader's zone, the clock, and what links carry along. */
export interface Look {
  readonly zone: string;
  readonly now: number;
  readonly carry: Params;
}

/** A column of a download: exact, in the units of reports. */
export interface Field<R> extends Column {
  readonly value: (row: R) => Cell;
}

/**
 * A column of a table: its cell on the page, its fields in the download, and its order. Page, download and address know
 * columns by these objects alone, so that what is downloaded is what is shown.
 */
export interface TableColumn<R> {
  readonly key: string;
  readonly label: string;
  /** A longer name, on hover. */
  readonly title?: string | undefined;
  /** Figures stand to the right, and are sorted with the largest first; texts begin with the smallest. */
  readonly right?: boolean;
  /** Left out unless the reader chooses it. */
  readonly extra?: boolean;
  /** Its name in the address when it is sorted by; its key where absent. */
  readonly sort?: string;
  /** What rows are ordered by; null, which is unknown, comes last. `database` where a query sorts. Absent: not sorted by. */
  readonly order?: ((row: R) => Cell) | "database";
  readonly fields: readonly Field<R>[];
  readonly cell: (row: R, look: Look) => ReactNode;
  readonly className?: string;
}

/** A table as its address asks for it. */
export interface TableView<R> {
  readonly all: readonly TableColumn<R>[];
  readonly columns: readonly TableColumn<R>[];
  /** As the address names it; undefined: the rows' own order. */
  readonly sort: string | undefined;
  readonly descending: boolean;
  /** In front of `cols`, `sort` and `dir` in the address, where a page has several tables. */
  readonly prefix: string;
}

export const sortName = <R>(c: TableColumn<R>): string | undefined => (c.order ? (c.sort ?? c.key) : undefined);

/** The address in which the table is sorted by a column: the other way round when it already is. */
export function sortPatch<R>(view: TableView<R>, by: TableColumn<R>): Params {
  const name = sortName(by);
  const descending = name === view.sort ? !view.descending : Boolean(by.right);
  return {
    [`${view.prefix}sort`]: name,
    [`${view.prefix}dir`]: descending ? "desc" : "asc",
    [`${view.prefix}page`]: undefined,
  };
}

/** Rows in the order of the view; rows that are alike stay as they came. */
export function sortRows<R>(rows: readonly R[], view: TableView<R>): readonly R[] {
  const order = view.all.find((c) => sortName(c) !== undefined && sortName(c) === view.sort)?.order;
  if (typeof order !== "function") return rows;
  const sign = view.descending ? -1 : 1;
  return rows
    .map((row) => ({ row, by: order(row) }))
    .sort((a, b) => compareCells(a.by, b.by, sign))
    .map(({ row }) => row);
}

/** Unknown last, whichever way; numbers as numbers, texts as people sort them. */
export function compareCells(a: Cell, b: Cell, sign: 1 | -1): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  if (typeof a === "number" && typeof b === "number") return sign * (a - b);
  return sign * String(a).localeCompare(String(b), "en", { numeric: true });
}

/** What the download has of a row: every field of every shown column. */
export function fieldRow<R>(columns: readonly TableColumn<R>[], row: R): Readonly<Record<string, Cell>> {
  return Object.fromEntries(columns.flatMap((c) => c.fields.map((f) => [f.key, f.value(row)])));
}
