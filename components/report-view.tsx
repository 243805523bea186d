import { Download } from "lucide-react";
import { formatNumber } from "./format";
import { Empty, Section } from "./page-header";
import { ReportChart, type ReportChartSpec } from "./report-chart";
import { type ReportColumn, type ReportRow, ReportTable } from "./report-table";

interface ReportViewProps {
  readonly title: string;
  readonly columns: readonly ReportColumn[];
  readonly chart?: ReportChartSpec | undefined;
  /** What is shown; `more` says that the report goes on. */
  readonly rows: readonly ReportRow[];
  readonly chartRows: readonly ReportRow[];
  readonly more: boolean;
  readonly zone: string;
}

/** A report from its columns: chart and table. */
export function ReportView({ title, columns, chart, rows, chartRows, more, zone }: ReportViewProps) {
  if (!rows.length)
    return (
      <Empty title="No rows in this period">
        Choose another period, take a filter away, or see on the sync page how far the data reaches.
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
        note={more ? `the first ${formatNumber(rows.length)}; the downloads have every row` : formatNumber(rows.length)}
      >
        <ReportTable title={title} columns={columns} rows={rows} zone={zone} />
      </Section>
    </>
  );
}

/** The same rows as files. */
export function Downloads({ csv, json }: { csv: string; json: string }) {
  const look =
    "inline-flex h-8 items-center gap-1.5 rounded-md border border-line-strong px-2.5 text-sm hover:bg-raised";
  return (
    <span className="no-print flex gap-2">
      <a href={csv} download className={look}>
        <Download size={14} aria-hidden="true" className="text-faint" />
        CSV
      </a>
      <a href={json} download className={look}>
        <Download size={14} aria-hidden="true" className="text-faint" />
        JSON
      </a>
    </span>
  );
}
