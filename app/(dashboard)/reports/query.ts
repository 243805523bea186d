import type { PageInput } from "@/app/page-input.ts";
import { readView, tableNames } from "@/app/table-input.ts";
import { href, type Params, TRAVELLING } from "@/components/href.ts";
import { onPage, reportColumns } from "@/components/reports/table.tsx";
import type { TableColumn, TableView } from "@/components/tables/view.ts";
import { mayDo } from "@/lib/auth/allow.ts";
import type { Viewer } from "@/lib/ctx.ts";
import { seesUsers } from "@/lib/pages/users.ts";
import { parseParameters, type Values } from "@/lib/reports/parameter.ts";
import type { Report, Row } from "@/lib/reports/report.ts";

export interface ReportQuery {
  readonly view: TableView<Row>;
  /** Which page of its rows, from 1. */
  readonly page: number;
  /** The parameters as they stand in the address. */
  readonly given: Readonly<Record<string, string | undefined>>;
  /** @throws AppError `invalid` for a value that is not one of the parameter. */
  readonly values: () => Values;
  /** @throws AppError as `values`, and for a filter that names nothing, or what the viewer may not see. */
  readonly load: () => AsyncGenerator<readonly Row[]>;
}

/** Where a name leads; null: nowhere. */
type Leads = (name: string, row: Row) => readonly [path: string, patch: Params] | null;

/** The page of a project is of all of it: people who may see some of its workloads alone are led to those. */
function projectOf(viewer: Viewer, key: number): readonly [path: string, patch: Params] | null {
  if (viewer.projects === "all") return [`/projects/${key}`, {}];
  return mayDo(viewer, "workloads.read") ? ["/workloads", { project: String(key) }] : null;
}

/** Where the names in a report's rows lead, by what they are; only to pages that the viewer may open. */
function leadsOf(viewer: Viewer): Readonly<Record<string, Leads>> {
  const workload: Leads = (name, { workload_key: key }) =>
    key ? [`/workloads/${key}`, {}] : ["/workloads", { q: name }];
  return {
    ...(seesUsers(viewer) ? { user: (name) => [`/users/${encodeURIComponent(name)}`, {}] } : {}),
    ...(mayDo(viewer, "workloads.read") ? { workload, job_name: workload } : {}),
    project: (_, { project_key: key }) => (key ? projectOf(viewer, Number(key)) : null),
    team: (name) => ["/spend", { team: name }],
  };
}

/** @param by what the names are, in a report of which the reader chooses it. */
function linked(
  viewer: Viewer,
  columns: readonly TableColumn<Row>[],
  by: string | undefined,
): readonly TableColumn<Row>[] {
  const links = leadsOf(viewer);
  return columns.map((c) => {
    const leads = links[c.key === "name" ? (by ?? "team") : c.key];
    if (!leads) return c;
    return {
      ...c,
      link: (row, { carry }) => {
        const name = row[c.key];
        const to = typeof name === "string" && name !== "" ? leads(name, row) : null;
        return to && href(to[0], carry, to[1]);
      },
    };
  });
}

/**
 * A report as its address asks for it, for the page and its download, which are in the same order: a ranking begins with its largest
 * rows. @param page whether a page shows it: a file has every column, and none of the page's own.
 */
export function readReport(input: PageInput, report: Report, page = false): ReportQuery {
  const names = Object.keys(report.parameters);
  input.address.only([...TRAVELLING, ...names, ...tableNames(), "table"]);
  const { chart } = report;
  const path = `/reports/${report.slug}`;
  const { viewer, ledger } = input.ctx;
  const all = linked(viewer, reportColumns(report, ledger.currency), input.params.by);
  const columns = page ? onPage(report, all, input.clusters.length < 2) : all;
  const sort = report.onPage?.sort ?? (chart?.kind === "ranking" ? chart.y : undefined);
  const usual = sort === undefined ? {} : { sort };
  const table = readView(input, columns, { label: report.title, path, ...usual });
  const view = { ...table, csv: href(`${path}/download`, { ...input.params, table: undefined, page: undefined }) };
  // The cluster travels from page to page, and is read with the period.
  const params: Params = { ...input.params, cluster: input.cluster };
  const given = Object.fromEntries(names.map((name) => [name, params[name] || undefined]));
  const values = () => parseParameters(report, given);
  return {
    view,
    page: page ? input.address.page() : 1,
    given,
    values,
    load: () => report.load(input.ctx, input.period, values()),
  };
}
