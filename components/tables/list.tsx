import type { ReactNode } from "react";
import { Section } from "@/components/page-header.tsx";
import { DataTable, type RowMark } from "./data-table.tsx";
import { TableTools } from "./table-tools.tsx";
import type { TableView } from "./view.ts";

/** Rows in the order of their view. */
export interface Listed<R> {
  readonly view: TableView<R>;
  readonly rows: readonly R[];
}

interface ListProps<R> extends Listed<R> {
  readonly title: string;
  readonly note?: ReactNode;
  readonly id?: string;
  readonly controls?: ReactNode;
  readonly empty: ReactNode;
  readonly keyOf?: (row: R) => string | number;
  readonly markOf?: (row: R) => RowMark | undefined;
  readonly foot?: string;
  /** What the last row sums, where `rows` is one page of it. */
  readonly all?: readonly R[] | undefined;
  /** Below the table. */
  readonly children?: ReactNode;
}

/** A part of a page that is a list: its head with what every list offers, and its table. */
export function List<R>({ title, note, id, controls, children, ...table }: ListProps<R>) {
  return (
    <Section
      title={title}
      note={note}
      {...(id ? { id } : {})}
      controls={
        <span className="flex flex-wrap items-center gap-1">
          {controls}
          {table.rows.length > 0 && <TableTools view={table.view} />}
        </span>
      }
    >
      <DataTable {...table} />
      {children}
    </Section>
  );
}
