import { ArrowDown, ArrowUp } from "lucide-react";
import type { CSSProperties, ReactNode } from "react";
import { UNKNOWN } from "@/components/format.ts";
import { href } from "@/components/href.ts";
import type { Cell } from "@/lib/reports/report.ts";
import { cellText, exactText } from "./cell.ts";
import {
  type ColumnLook,
  isNumber,
  type Look,
  sortName,
  sortPatch,
  type TableColumn,
  type TableView,
  totalOf,
} from "./view.ts";

/** What a whole row is: `current`, the one that is chosen; `sum` of others; `inner`, a part of the one above; `off`, no longer in force. */
export type RowMark = "current" | "sum" | "inner" | "off" | "warn";

interface DataTableProps<R> {
  readonly view: TableView<R>;
  /** In the order in which they are shown. */
  readonly rows: readonly R[];
  /** What the last row sums, where `rows` is one page of it. */
  readonly all?: readonly R[] | undefined;
  /** Of rows that hold something of their own, such as an open form; else their place. */
  readonly keyOf?: (row: R) => string | number;
  readonly markOf?: (row: R) => RowMark | undefined;
  /** What the row of totals is called. */
  readonly foot?: string;
  /** What stands in place of a table without rows. */
  readonly empty?: ReactNode;
}

/** Tables of more columns than this become two-line rows where there is no room for them. */
const BESIDE = 3;
/** A table of more columns lies across the sheet on paper. */
const MANY = 9;
/** Of so few columns the bar has most of the room. */
const FEW = 5;

/**
 * The one table. How its columns look is said once, in attributes of the table that table.css reads, so that a cell is a `td`
 * with its text. It scrolls sideways inside itself, never the page, with a shadow where it goes on; its first column stays.
 */
export function DataTable<R>({ view, rows, all = rows, keyOf, markOf, foot = "All", empty }: DataTableProps<R>) {
  const { columns } = view;
  if (rows.length === 0 && empty) return empty;
  const totals = columns.map((c) => totalOf(c, all));
  const hasTotals = totals.some((t) => t !== undefined);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1).
    <section aria-label={`${view.label}: table`} tabIndex={0} className="table-frame">
      <table className="data-table" {...looksOf(columns)}>
        <thead>
          <tr>
            {columns.map((c) => (
              <Head key={c.key} view={view} column={c} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={keyOf ? keyOf(row) : i} data-mark={markOf?.(row)}>
              {columns.map((c) => (
                <BodyCell key={c.key} column={c} row={row} view={view} />
              ))}
            </tr>
          ))}
        </tbody>
        {hasTotals && all.length > 1 && (
          <tfoot>
            <tr>
              {columns.map((c, n) => {
                const total = totals[n];
                return (
                  <td key={c.key} title={total === undefined ? undefined : exactText(c, total)}>
                    {n === 0 ? foot : total === undefined ? null : printed(c, total, view.look)}
                  </td>
                );
              })}
            </tr>
          </tfoot>
        )}
      </table>
    </section>
  );
}

/** The places of the columns with each look, as table.css finds them; and their labels, for two-line rows. */
function looksOf<R>(columns: readonly TableColumn<R>[]): Record<string, unknown> {
  const places = (has: (c: TableColumn<R>) => boolean | undefined) =>
    columns.flatMap((c, i) => (has(c) ? [i + 1] : [])).join(" ") || undefined;
  const look = (name: ColumnLook) => places((c) => c.look?.includes(name));
  const stacked = columns.length > BESIDE;
  const labels = columns.flatMap((c, i) =>
    i === 0 || c.bare || c.look?.includes("bar") || (c.lead && c.currency !== undefined && !c.labelled)
      ? []
      : [[`--c${i + 1}`, `"${c.label.replaceAll('"', "")}"`]],
  );
  return {
    "data-num": places(isNumber),
    "data-strong": look("strong"),
    "data-soft": look("soft"),
    "data-faint": look("faint"),
    "data-cut": look("cut"),
    "data-wide": look("wide"),
    "data-whole": look("whole"),
    "data-bar": look("bar"),
    "data-screen": look("screen"),
    "data-lead": stacked ? places((c) => c.lead) : undefined,
    "data-stacked": stacked ? "" : undefined,
    "data-many": columns.length > MANY ? "" : undefined,
    "data-short": stacked || columns.some((c) => c.look?.includes("bar")) ? undefined : "",
    style: {
      ...(stacked ? Object.fromEntries(labels) : {}),
      ...(columns.length <= FEW ? { "--bar": "60%" } : {}),
    } as CSSProperties,
  };
}

function Head<R>({ view, column: c }: { view: TableView<R>; column: TableColumn<R> }) {
  const name = view.at ? sortName(c) : undefined;
  const sorted = name !== undefined && name === view.sort;
  const Arrow = view.descending ? ArrowDown : ArrowUp;
  return (
    <th scope="col" title={c.title} aria-sort={sorted ? (view.descending ? "descending" : "ascending") : undefined}>
      {name && view.at ? (
        <a href={href(view.at.path, view.at.params, sortPatch(view, c))} data-stay="">
          {c.label}
          {sorted && <Arrow size={12} aria-hidden="true" />}
        </a>
      ) : c.bare ? (
        <span className="sr-only">{c.label}</span>
      ) : (
        c.label
      )}
    </th>
  );
}

function BodyCell<R>({ column: c, row, view: { look } }: { column: TableColumn<R>; row: R; view: TableView<R> }) {
  const value: Cell = c.value ? c.value(row) : null;
  const isUnknown = c.value !== undefined && (value === null || (value === "" && c.unknown !== undefined));
  const to = c.link?.(row, look);
  const body = c.cell ? c.cell(row, look) : isUnknown ? UNKNOWN : printed(c, value, look);
  const note = c.note?.(row, look);
  return (
    <td title={c.hint?.(row, look) ?? (isUnknown ? c.unknown : hintOf(c, value))} data-tone={c.toneOf?.(row)}>
      {to ? <a href={to}>{body}</a> : body}
      {note && <small>{note}</small>}
    </td>
  );
}

const printed = <R,>(c: TableColumn<R>, value: Cell, look: Look): ReactNode =>
  c.draw && typeof value === "number" ? c.draw(value) : (cellText(c, value, look) ?? UNKNOWN);

/** The whole of a text that may be cut; the exact figure. */
const hintOf = <R,>(c: TableColumn<R>, value: Cell): string | undefined =>
  typeof value === "string" && c.look?.includes("cut") ? value : exactText(c, value);
