import { formatNumber } from "@/components/format.ts";
import { Empty, Section } from "@/components/page-header.tsx";
import { List } from "@/components/tables/list.tsx";
import { Pager } from "@/components/tables/pager.tsx";
import { DownloadLink } from "@/components/tables/table-tools.tsx";
import type { TableView } from "@/components/tables/view.ts";
import type { Report, Row } from "@/lib/reports/report.ts";
import { ReportChart } from "./chart.tsx";

interface ReportViewProps {
  readonly report: Pick<Report, "columns" | "chart" | "empty" | "onPage">;
  /** Of its amounts. */
  readonly currency: string;
  readonly view: TableView<Row>;
  /** The rows of one page, which page, and of how many rows it is. */
  readonly rows: readonly Row[];
  readonly page: number;
  readonly size: number;
  /** How many rows there are; null: more than these. */
  readonly count: number | null;
  readonly chartRows: readonly Row[];
}

/** A report from its columns: chart and table. */
export function ReportView({ report, currency, view, rows, page, size, count, chartRows }: ReportViewProps) {
  const { columns, chart, empty } = report;
  if (count === 0)
    return (
      <Empty title="No rows in this period">
        {empty ?? "Choose another period, remove a filter, or see on the sync page how far the data reaches."}
      </Empty>
    );
  const { path = "", params = {} } = view.at ?? {};
  const by = view.all.find((c) => c.key === view.sort)?.label;
  const notes = [
    count === null ? `more than ${formatNumber(page * size)}` : formatNumber(count),
    by && `by ${by}`,
    report.onPage?.note,
  ];
  return (
    <>
      {chart && page === 1 && (
        <Section title={chart.title}>
          <ReportChart
            spec={chart}
            columns={columns}
            rows={chartRows}
            currency={currency}
            twin={{ name: "chart", path, params }}
          />
        </Section>
      )}
      <List title="Rows" note={notes.filter(Boolean).join(", ")} view={view} rows={rows} empty={null}>
        {(count === null || count > size || page > 1) && <Pager view={view} page={page} size={size} count={count} />}
      </List>
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
