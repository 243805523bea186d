import type { PageInput } from "@/app/page-input.ts";
import { readView, tableNames } from "@/app/table-input.ts";
import { href, type Params, TRAVELLING } from "@/components/href.ts";
import { reportColumns } from "@/components/reports/table.tsx";
import type { TableColumn, TableView } from "@/components/tables/view.ts";
import { mayDo } from "@/lib/auth/allow.ts";
import type { Viewer } from "@/lib/ctx.ts";
import { seesUsers } from "@/lib/pages/users.ts";
import { parseParameters, type Values } from "@/lib/reports/parameter.ts";
import type { Report, Row } from "@/lib/reports/report.ts";

export interface ReportQuery {
  readonly view: TableView<Row>;
  /** The parameters as they stand in the address. */
  readonly given: Readonly<Record<string, string | undefined>>;
  /** @throws AppError `invalid` for a value that is not one of the parameter. */
  readonly values: () => Values;
  /** @throws AppError as `values`, and for a filter that names nothing, or what the viewer may not see. */
  readonly load: () => AsyncGenerator<readonly Row[]>;
}

/** Where the names in a report's rows lead, by the key of the column; only to pages that the viewer may open. */
function linked(viewer: Viewer, columns: readonly TableColumn<Row>[]): readonly TableColumn<Row>[] {
  const to = (key: string, path: (name: string) => [string, Params]) => ({ key, path });
  const links = [
    ...(seesUsers(viewer) ? [to("user", (name) => [`/users/${encodeURIComponent(name)}`, {}])] : []),
    ...(mayDo(viewer, "workloads.read") ? [to("workload", (name) => ["/workloads", { q: name }])] : []),
    to("team", (name) => ["/spend", { team: name }]),
  ];
  return columns.map((c) => {
    const found = links.find((l) => l.key === c.key);
    if (!found) return c;
    return {
      ...c,
      link: (row, { carry }) => {
        const name = row[c.key];
        if (typeof name !== "string" || name === "") return null;
        const [path, patch] = found.path(name);
        return href(path, carry, patch);
      },
    };
  });
}

/** A report as its address asks for it, for the page and its download. @param page whether a page shows it: then a ranking is in its order. */
export function readReport(input: PageInput, report: Report, page = false): ReportQuery {
  const names = Object.keys(report.parameters);
  input.address.only([...TRAVELLING, ...names, ...tableNames(), "table"]);
  const { chart } = report;
  const lead = chart === undefined ? [] : chart.kind === "time" ? [chart.series, chart.y] : [chart.x, chart.y];
  const path = `/reports/${report.slug}`;
  const columns = linked(input.ctx.viewer, reportColumns(report.columns, lead));
  // A ranking begins with its largest rows; a file has the report's own order unless another is asked for.
  const usual = page && chart?.kind === "ranking" ? { sort: chart.y } : {};
  const table = readView(input, columns, { label: report.title, path, ...usual });
  const view = { ...table, csv: href(`${path}/download`, { ...input.params, table: undefined }) };
  // The cluster travels from page to page, and is read with the period.
  const params: Params = { ...input.params, cluster: input.cluster };
  const given = Object.fromEntries(names.map((name) => [name, params[name] || undefined]));
  const values = () => parseParameters(report, given);
  return { view, given, values, load: () => report.load(input.ctx, input.period, values()) };
}
