import type { PageInput } from "@/app/page-input.ts";
import { readView, tableNames } from "@/app/table-input.ts";
import { TRAVELLING } from "@/components/href.ts";
import { reportColumns } from "@/components/report-table.tsx";
import type { TableView } from "@/components/table-view.ts";
import { parseFilters } from "@/lib/reports/parameters.ts";
import type { Report, Row } from "@/lib/reports/report.ts";

export interface ReportQuery {
  readonly view: TableView<Row>;
  /** The filters as they stand in the address. */
  readonly given: Readonly<Record<string, string | undefined>>;
  /** @throws AppError for a filter that names nothing, or what the viewer may not see. */
  readonly load: () => AsyncGenerator<readonly Row[]>;
}

/** A report as its address asks for it, for the page and its download. */
export function readReport(input: PageInput, report: Report): ReportQuery {
  const names = Object.keys(report.parameters.shape);
  input.address.only([...TRAVELLING, ...names, ...tableNames()]);
  const view = readView(input.address, reportColumns(report.columns));
  const given = Object.fromEntries(
    names.map((name) => [name, name === "cluster" ? input.cluster : input.params[name] || undefined]),
  );
  return { view, given, load: () => report.load(input.ctx, input.period, parseFilters(report, given)) };
}
