import type { Metadata } from "next";
import { forbidden, notFound } from "next/navigation";
import { downloadHref } from "@/app/(dashboard)/reports/download-href.ts";
import { type ReportQuery, readReport } from "@/app/(dashboard)/reports/query.ts";
import { chartedRows, type RowsOfPage, rowsOfPage } from "@/app/(dashboard)/reports/report-rows.ts";
import { needPage } from "@/app/need-page.ts";
import { type PageInput, readInput, type Search } from "@/app/page-input.ts";
import { SavedViews } from "@/app/saved-views.tsx";
import { FilterSelect } from "@/components/filter-select.tsx";
import { href, travelling } from "@/components/href.ts";
import { Notice, PageHeader } from "@/components/page-header.tsx";
import { PeriodControl } from "@/components/period-control.tsx";
import { ReportView } from "@/components/reports/view.tsx";
import { DownloadLink } from "@/components/tables/table-tools.tsx";
import { isNumber, type TableView } from "@/components/tables/view.ts";
import { AppError, type ErrorCode } from "@/lib/errors.ts";
import { findReport } from "@/lib/reports/index.ts";
import { mayReadReport, type Report, type Row } from "@/lib/reports/report.ts";

const SHOWN = 100;
/** What the reader can do something about; anything else is ours. */
const SHOWN_ERRORS: ReadonlySet<ErrorCode> = new Set(["invalid", "not_found", "forbidden"]);

type Props = { params: Promise<{ report: string }>; searchParams: Search };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: findReport((await params).report)?.title ?? "Report" };
}

export default async function ReportPage({ params, searchParams }: Props) {
  const report = findReport((await params).report);
  if (!report) notFound();
  const input = await readInput(searchParams);
  needPage(input.ctx, "/reports");
  if (!mayReadReport(input.ctx, report)) forbidden();
  const query = readReport(input, report, true);
  const { view, given } = query;
  const [choices, loaded] = await Promise.all([choicesOf(report, input), load(report, query)]);
  return (
    <>
      <PageHeader
        title={report.title}
        notice={input.notice}
        trail={[{ label: "Reports", href: href("/reports", travelling(input.params)) }]}
        controls={
          <>
            {choices.map(({ name, label, any, options }) => (
              <FilterSelect key={name} name={name} label={label} any={any} options={options} />
            ))}
            <SavedViews input={input} path={`/reports/${report.slug}`} />
            <PeriodControl input={input} />
            <DownloadLink to={downloadHref(report.slug, input, given, "json")}>JSON</DownloadLink>
          </>
        }
      >
        {report.description}
      </PageHeader>
      {"problem" in loaded ? (
        <Notice>{loaded.problem}</Notice>
      ) : (
        <ReportView
          report={report}
          currency={input.ctx.ledger.currency}
          view={withSums(input.params.cols ? view : shownOf(view, loaded.rows), loaded.sums)}
          page={query.page}
          size={SHOWN}
          {...loaded}
        />
      )}
    </>
  );
}

/**
 * What is worth its room: columns of figures that are 0 or unknown in every row are left out. The reader can choose every column, and
 * files have all of them.
 */
const shownOf = (view: TableView<Row>, rows: readonly Row[]): TableView<Row> => ({
  ...view,
  columns: view.columns.filter((c, i) => i === 0 || c.lead || !isNumber(c) || rows.some((row) => row[c.key])),
});

/** The columns that add up, of a report whose rows are parts of one whole. */
const summedOf = ({ columns, onPage }: Report): readonly string[] =>
  onPage?.isWhole ? columns.filter((c) => c.unit === "money" || c.unit === "milli-gpu-seconds").map((c) => c.key) : [];

/** With the sums of every row as the last one. */
const withSums = (view: TableView<Row>, sums: Row | null): TableView<Row> => ({
  ...view,
  columns: view.columns.map((c) => (sums && c.key in sums ? { ...c, total: () => sums[c.key] ?? null } : c)),
});

/** The rows of the page; a filter that names nothing, or what the reader may not see, is a sentence, not a failure. */
async function load(report: Report, query: ReportQuery): Promise<RowsOfPage | { problem: string }> {
  try {
    const size = { page: query.page, size: SHOWN };
    return await rowsOfPage(query.load(), query.view, size, chartedRows(report.chart), summedOf(report));
  } catch (error) {
    if (error instanceof AppError && SHOWN_ERRORS.has(error.code)) return { problem: error.message };
    throw error;
  }
}

/** A list to choose from for each parameter that has any choice. */
async function choicesOf(report: Report, { ctx }: PageInput) {
  const all = Object.values(report.parameters).map(async ({ name, label, any, initial, choices }) => {
    const options = await choices(ctx);
    return { name, label, any, options, choice: initial === undefined ? options.length > 1 : options.length > 0 };
  });
  return (await Promise.all(all)).filter((c) => c.choice);
}
