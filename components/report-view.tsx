import type { ChartSpec, Column, Row } from "@/lib/reports/report.ts";
import { ColumnTable } from "./column-table.tsx";
import { formatNumber } from "./format.ts";
import type { Params } from "./href.ts";
import { Empty, Section } from "./page-header.tsx";
import { ReportChart } from "./report-chart.tsx";
import { DownloadLink, TableTools } from "./table-tools.tsx";
import type { Look, TableView } from "./table-view.ts";

interface ReportViewProps {
  readonly title: string;
  /** What to do where there are no rows, if it is something of this report's own. */
  readonly empty?: string | undefined;
  readonly columns: readonly Column[];
  readonly chart?: ChartSpec | undefined;
  readonly view: TableView<Row>;
  /** What is shown; `more` says that the report goes on. */
  readonly rows: readonly Row[];
  readonly chartRows: readonly Row[];
  readonly more: boolean;
  readonly look: Look;
  readonly path: string;
  readonly params: Params;
  /** Where the table is as a file. */
  readonly csv: string;
}

/** A report from its columns: chart and table. */
export function ReportView({
  title,
  empty,
  columns,
  chart,
  view,
  rows,
  chartRows,
  more,
  look,
  path,
  params,
  csv,
}: ReportViewProps) {
  if (!rows.length)
    return (
      <Empty title="No rows in this period">
        {empty ?? "Choose another period, take a filter away, or see on the sync page how far the data reaches."}
      </Empty>
    );
  return (
    <>
      {chart && (
        <Section title={chart.title}>
          <ReportChart spec={chart} columns={columns} rows={chartRows} />
        </Section>
      )}
      <Section
        title="Rows"
        note={more ? `the first ${formatNumber(rows.length)}; the download has every row` : formatNumber(rows.length)}
        controls={
          <span className="flex gap-2">
            <TableTools view={view} csv={csv} label="CSV of these columns in this order" />
          </span>
        }
      >
        <ColumnTable
          label={title}
          dense
          {...(chart ? { lead: [chart.x, ...(chart.kind === "time" ? [chart.series] : []), chart.y] } : {})}
          view={view}
          rows={rows}
          keyOf={(_, i) => i}
          look={look}
          path={path}
          params={params}
        />
      </Section>
    </>
  );
}

/** The same rows as files. */
export function Downloads({ csv, json }: { csv: string; json: string }) {
  return (
    <span className="no-print flex gap-2">
      <DownloadLink to={csv}>CSV</DownloadLink>
      <DownloadLink to={json}>JSON</DownloadLink>
    </span>
  );
}
