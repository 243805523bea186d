import type { ReactNode } from "react";
import { href, type Params } from "@/components/href.ts";
import { text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView } from "@/components/tables/view.ts";

/** Where the table of a chart is: the page with `?table=<name>`. It is not sent before it is asked for. */
export interface Twin {
  readonly name: string;
  readonly path: string;
  readonly params: Params;
}
type Cells = readonly (string | null)[];

interface FigureProps {
  readonly summary: string;
  readonly legend?: ReactNode;
  readonly twin: Twin;
  /** The heads of the table: what the chart is over, then its figures. */
  readonly columns: readonly string[];
  readonly rows: () => readonly Cells[];
  readonly children: ReactNode;
}

/** A chart with what it says in words, its legend, and its table twin. */
export function Figure({ summary, legend, twin, columns, rows, children }: FigureProps) {
  const open = twin.params.table === twin.name;
  return (
    <figure>
      {legend && <div className="mb-2">{legend}</div>}
      {children}
      <figcaption className="mt-2 text-xs text-soft">{summary}</figcaption>
      <a
        href={href(twin.path, twin.params, { table: open ? undefined : twin.name })}
        data-stay=""
        className="no-print text-xs text-faint underline decoration-line-strong underline-offset-2 hover:text-ink"
      >
        {open ? "Hide table" : "Show as table"}
      </a>
      {open && (
        <div className="mt-2 max-h-96 overflow-y-auto">
          <DataTable view={plainView(summary, twinColumns(columns))} rows={rows()} />
        </div>
      )}
    </figure>
  );
}

const twinColumns = (labels: readonly string[]) =>
  labels.map((label, i) =>
    text<Cells>(String(i), label, (row) => row[i] ?? null, { ...(i === 0 ? {} : { unit: "count" }) }),
  );
