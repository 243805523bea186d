import { Table, Td, Th } from "./data-table";
import { href, type Params } from "./href";
import { type Look, sortName, sortPatch, type TableView } from "./table-view";

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
  /** The column whose figure the table is about: also told under the name where the table is too narrow to show it beside. */
  readonly lead?: string;
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
  lead,
}: ColumnTableProps<R>) {
  const at = view.columns.findIndex((c) => c.key === lead);
  const told = at > 1 ? view.columns[at] : undefined;
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
        {rows.map((row, i) => (
          <tr key={keyOf(row, i)} className="hover:bg-raised">
            {view.columns.map((c, n) => (
              <Td key={c.key} right={c.right ?? false} className={c.className ?? ""}>
                {c.cell(row, look)}
                {n === 0 && told && (
                  <span className="block text-xs whitespace-nowrap text-soft @4xl:hidden">
                    {told.cell(row, look)} <span className="text-faint">{told.label}</span>
                  </span>
                )}
              </Td>
            ))}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
