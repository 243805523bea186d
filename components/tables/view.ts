import type { ReactNode } from "react";
import type { Params } from "@/components/href.ts";
import { sumMicros } from "@/lib/money.ts";
import type { Cell, Column, Unit } from "@/lib/reports/report.ts";
import { isNumeric } from "@/lib/reports/unit.ts";

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
 * A column of a table. `value` with its unit says how a cell is printed, ordered, summed and downloaded; `cell` draws it in
 * another way. Page, download and address read columns from these objects alone, so that the file has what the page shows.
 */
export interface TableColumn<R> {
  readonly key: string;
  readonly label: string;
  /** A longer name, on hover. */
  readonly title?: string | undefined;
  /** Numbers stand to the right, and are sorted with the largest first. Default: text. */
  readonly unit?: Unit;
  /** Of amounts: printed as money of this currency. */
  readonly currency?: string | undefined;
  /** An amount that is a difference: printed with its sign. */
  readonly change?: boolean;
  readonly decimals?: number | undefined;
  readonly value?: (row: R) => Cell;
  readonly cell?: (row: R, look: Look) => ReactNode;
  /** How the column draws a number, in its rows and in the last one. */
  readonly draw?: (value: number) => ReactNode;
  /** Where the cell's text leads; null: nowhere. */
  readonly link?: (row: R, look: Look) => string | null | undefined;
  /** A second line, small. */
  readonly note?: (row: R, look: Look) => ReactNode;
  /** On hover; by default the exact figure, and the whole of a text that may be cut. */
  readonly hint?: (row: R, look: Look) => string | undefined;
  /** Why a value may be unknown: on hover of the dash. */
  readonly unknown?: string;
  /** Of a cell that is to be noticed. */
  readonly toneOf?: (row: R) => "good" | "warn" | "bad" | undefined;
  /** What the last row has: the sum of the values, or another figure in the column's unit. */
  readonly total?: true | ((rows: readonly R[]) => Cell);
  /** What the table is about: stands beside the name on narrow screens. */
  readonly lead?: boolean;
  /** Of an amount that leads: its label stands beside it there, because the row has other amounts. */
  readonly labelled?: boolean;
  readonly look?: readonly ColumnLook[];
  /** The label is for screen readers only, as of bars and buttons. */
  readonly bare?: boolean;
  /** Left out unless the reader chooses it. */
  readonly extra?: boolean;
  /** Its name in the address when it is sorted by; its key where absent. */
  readonly sort?: string;
  /** What rows are ordered by where it is not the value; `database` where a query sorts; false: not sorted by. */
  readonly order?: ((row: R) => Cell) | "database" | false;
  /** What the download has of it; none for buttons. */
  readonly fields: readonly Field<R>[];
}

/**
 * How a whole column looks: `strong`, `soft` and `faint` text; `cut` to one line; `wide`, for sentences; `whole`, never broken;
 * `bar`, which takes the room that is left; `screen`, which is not on paper.
 */
export type ColumnLook = "strong" | "soft" | "faint" | "cut" | "wide" | "whole" | "bar" | "screen";

/** A table as its address asks for it. */
export interface TableView<R> {
  /** What the table is called, to screen readers and above its file. */
  readonly label: string;
  readonly all: readonly TableColumn<R>[];
  readonly columns: readonly TableColumn<R>[];
  /** As the address names it; undefined: the rows' own order. */
  readonly sort: string | undefined;
  readonly descending: boolean;
  /** In front of `cols`, `sort`, `dir` and `page` in the address, where a page has several tables. */
  readonly prefix: string;
  /** The page and what its address says now; null: the table has no state of its own. */
  readonly at: { readonly path: string; readonly params: Params } | null;
  /** Where the table is as a file; null: nowhere. */
  readonly csv: string | null;
  readonly look: Look;
}

const NOWHERE: Look = { zone: "UTC", now: 0, carry: {} };

/** A table that is shown as it is: no order, choice of columns or file of its own. */
export const plainView = <R>(label: string, columns: readonly TableColumn<R>[], look = NOWHERE): TableView<R> => ({
  ...{ label, all: columns, columns, sort: undefined, descending: false, prefix: "", at: null, csv: null, look },
});

export const isNumber = <R>({ unit = "text" }: TableColumn<R>): boolean => isNumeric({ unit });

/** Figures and times begin with the largest and newest, texts with the smallest. */
export const beginsLargest = <R>({ unit = "text" }: TableColumn<R>): boolean => unit !== "text";

/** What a column's rows are ordered by; undefined: nothing. */
export const orderOf = <R>(c: TableColumn<R>): ((row: R) => Cell) | "database" | undefined =>
  c.order === false ? undefined : (c.order ?? c.value);

export const sortName = <R>(c: TableColumn<R>): string | undefined => (orderOf(c) ? (c.sort ?? c.key) : undefined);

/** The address in which the table is sorted by a column: the other way round when it already is. */
export function sortPatch<R>(view: TableView<R>, by: TableColumn<R>): Params {
  const name = sortName(by);
  const descending = name === view.sort ? !view.descending : beginsLargest(by);
  return {
    [`${view.prefix}sort`]: name,
    [`${view.prefix}dir`]: descending ? "desc" : "asc",
    [`${view.prefix}page`]: undefined,
  };
}

/** Rows in the order of the view; rows that are alike stay as they came. */
export function sortRows<R>(rows: readonly R[], view: TableView<R>): readonly R[] {
  const by = view.all.find((c) => sortName(c) !== undefined && sortName(c) === view.sort);
  const order = by && orderOf(by);
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
  if (typeof a !== "string" && typeof b !== "string") return sign * (Number(a) - Number(b));
  return sign * String(a).localeCompare(String(b), "en", { numeric: true });
}

/** What the last row has in a column; undefined: nothing. A sum leaves out what is unknown; of nothing known it is null. */
export function totalOf<R>(column: TableColumn<R>, rows: readonly R[]): Cell | undefined {
  if (typeof column.total === "function") return column.total(rows);
  if (!column.total || !column.value) return undefined;
  const known = rows.map(column.value).filter((v) => typeof v === "number" || typeof v === "bigint");
  if (known.length === 0) return null;
  const whole = known.every((v) => typeof v === "bigint" || Number.isSafeInteger(v));
  return whole ? sumMicros(known) : known.reduce<number>((sum, v) => sum + Number(v), 0);
}

/** What the download has of a row: every field of every shown column. */
export function fieldRow<R>(columns: readonly TableColumn<R>[], row: R): Readonly<Record<string, Cell>> {
  return Object.fromEntries(columns.flatMap((c) => c.fields.map((f) => [f.key, f.value(row)])));
}
