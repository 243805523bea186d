import { Table, Td, Th } from "./data-table.tsx";
import { href, type Params } from "./href.ts";
import { type Look, sortName, sortPatch, type TableColumn, type TableView } from "./table-view.ts";

interface ColumnTableProps<R> {
  readonly label: string;
  readonly view: TableView<R>;
  readonly rows: readonly R[];
  readonly keyOf: (row: R, at: number) => string | number;
  readonly look: Look;
  /** The page and what its address says now: the heads sort by links. */
  readonly path: string;
  readonly params: Params;
  readonly dense?: boolean;
  /** The columns that the table is about: also told under the name where the table is too narrow to show them beside. */
  readonly lead?: readonly string[];
}

/** Rows drawn by their columns. The head sorts by links, so that the order is in the address. */
export function ColumnTable<R>({
  label,
  view,
  rows,
  keyOf,
  look,
  path,
  params,
  dense = false,
  lead = [],
}: ColumnTableProps<R>) {
  const told = view.columns.filter((c, at) => at > 1 && lead.includes(c.key));
  return (
    <Table label={label} dense={dense}>
      <thead>
        <tr>
          {view.columns.map((c) => {
            const name = sortName(c);
            const sort = name && {
              href: href(path, params, sortPatch(view, c)),
              active: name === view.sort,
              descending: view.descending,
            };
            return (
              <Th key={c.key} right={c.right ?? false} {...(sort ? { sort } : {})}>
                {c.title ? <span title={c.title}>{c.label}</span> : c.label}
              </Th>
            );
          })}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, i) => {
          const has = (c: TableColumn<R>) => typeof c.order !== "function" || (c.order(row) ?? "") !== "";
          return (
            <tr key={keyOf(row, i)} className="hover:bg-raised">
              {view.columns.map((c, n) => (
                <Td key={c.key} right={c.right ?? false} className={c.className ?? ""}>
                  {c.cell(row, look)}
                  {n === 0 && told.length > 0 && (
                    <span className="block text-xs whitespace-nowrap text-soft @4xl:hidden print:hidden">
                      {told.filter(has).map((t, i) => (
                        <span key={t.key}>
                          {i > 0 && " · "}
                          {t.cell(row, look)}
                          {t.right && <span className="text-faint"> {t.label}</span>}
                        </span>
                      ))}
                    </span>
                  )}
                </Td>
              ))}
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}
