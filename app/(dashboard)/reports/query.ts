import type { PageInput } from "@/app/page-input.ts";
import { readView, tableNames } from "@/app/table-input.ts";
import { href, type Params, TRAVELLING } from "@/components/href.ts";
import { reportColumns } from "@/components/reports/table.tsx";
import type { TableView } from "@/components/tables/view.ts";
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

/** A report as its address asks for it, for the page and its download. */
export function readReport(input: PageInput, report: Report): ReportQuery {
  const names = Object.keys(report.parameters);
  input.address.only([...TRAVELLING, ...names, ...tableNames(), "table"]);
  const { chart } = report;
  const lead = chart === undefined ? [] : chart.kind === "time" ? [chart.series, chart.y] : [chart.x, chart.y];
  const path = `/reports/${report.slug}`;
  const table = readView(input, reportColumns(report.columns, lead), { label: report.title, path });
  const view = { ...table, csv: href(`${path}/download`, { ...input.params, table: undefined }) };
  // The cluster travels from page to page, and is read with the period.
  const params: Params = { ...input.params, cluster: input.cluster };
  const given = Object.fromEntries(names.map((name) => [name, params[name] || undefined]));
  const values = () => parseParameters(report, given);
  return { view, given, values, load: () => report.load(input.ctx, input.period, values()) };
}
