import type { ReactNode } from "react";
import { Table, Td, Th } from "@/components/data-table.tsx";
import { UNKNOWN } from "@/components/format.ts";

export interface TwinColumn {
  readonly label: string;
  readonly right?: boolean;
}

/** A chart with what it says in words, its legend, and its table twin. */
export function Figure({
  summary,
  legend,
  columns,
  rows,
  children,
}: {
  summary: string;
  legend?: ReactNode;
  columns: readonly TwinColumn[];
  rows: readonly (readonly (string | null)[])[];
  children: ReactNode;
}) {
  return (
    <figure>
      {legend && <div className="mb-2">{legend}</div>}
      {children}
      <figcaption className="mt-2 text-xs text-soft">{summary}</figcaption>
      <details className="no-print group mt-1">
        <summary className="inline-flex items-center text-xs text-faint underline decoration-line-strong underline-offset-2 hover:text-ink">
          <span className="group-open:hidden">Show as table</span>
          <span className="hidden group-open:inline">Hide table</span>
        </summary>
        <div className="mt-2 max-h-96 overflow-y-auto">
          <Table label={summary} dense>
            <thead>
              <tr>
                {columns.map((c) => (
                  <Th key={c.label} right={c.right ?? false}>
                    {c.label}
                  </Th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={String(row[0])}>
                  {row.map((cell, i) => (
                    <Td key={columns[i]?.label} right={columns[i]?.right ?? false}>
                      {cell ?? UNKNOWN}
                    </Td>
                  ))}
                </tr>
              ))}
            </tbody>
          </Table>
        </div>
      </details>
    </figure>
  );
}
