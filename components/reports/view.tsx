import { formatNumber } from "@/components/format.ts";
import { Empty, Section } from "@/components/page-header.tsx";
import { List } from "@/components/tables/list.tsx";
import { DownloadLink } from "@/components/tables/table-tools.tsx";
import type { TableView } from "@/components/tables/view.ts";
import type { ChartSpec, Column, Row } from "@/lib/reports/report.ts";
import { ReportChart } from "./chart.tsx";

interface ReportViewProps {
  /** What to do where there are no rows, if it is something of this report's own. */
  readonly empty?: string | undefined;
  readonly columns: readonly Column[];
  readonly chart?: ChartSpec | undefined;
  readonly view: TableView<Row>;
  /** What is shown; `more` says that the report goes on. */
  readonly rows: readonly Row[];
  readonly chartRows: readonly Row[];
  readonly more: boolean;
}

/** A report from its columns: chart and table. */
export function ReportView({ empty, columns, chart, view, rows, chartRows, more }: ReportViewProps) {
  if (!rows.length)
    return (
      <Empty title="No rows in this period">
        {empty ?? "Choose another period, remove a filter, or see on the sync page how far the data reaches."}
      </Empty>
    );
  const { path = "", params = {} } = view.at ?? {};
  return (
    <>
      {chart && (
        <Section title={chart.title}>
          <ReportChart spec={chart} columns={columns} rows={chartRows} twin={{ name: "chart", path, params }} />
        </Section>
      )}
      <List
        title="Rows"
        note={more ? `the first ${formatNumber(rows.length)}; the download has every row` : formatNumber(rows.length)}
        view={view}
        rows={rows}
        empty={null}
      />
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
