import type { Metadata } from "next";
import { needPage } from "@/app/need-page.ts";
import { type PageInput, readInput, type Search } from "@/app/page-input.ts";
import { href, travelling } from "@/components/href.ts";
import { PageHeader, Section } from "@/components/page-header.tsx";
import { PeriodControl } from "@/components/period-control.tsx";
import { Downloads } from "@/components/reports/view.tsx";
import { listReports } from "@/lib/reports/index.ts";
import { mayReadReport, type Report } from "@/lib/reports/report.ts";
import { downloadHref } from "./download-href.ts";

const GROUPS = [
  ["GPU time", "usage"],
  ["Money", "money"],
] as const;

export const metadata: Metadata = { title: "Reports" };

export default async function ReportsPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/reports");
  return (
    <>
      <PageHeader title="Reports" notice={input.notice} controls={<PeriodControl input={input} />}>
        The same figures as the pages, row by row: here, as CSV and JSON, and from the command line.
      </PageHeader>
      {GROUPS.map(([title, group]) => (
        <Section key={title} title={title}>
          <ReportList
            reports={listReports().filter((r) => r.group === group && mayReadReport(input.ctx, r))}
            input={input}
          />
        </Section>
      ))}
    </>
  );
}

function ReportList({ reports, input }: { reports: readonly Report[]; input: PageInput }) {
  return (
    <ul>
      {reports.map((report) => (
        <li
          key={report.slug}
          className="flex flex-wrap items-center justify-between gap-x-8 gap-y-2 border-b py-3.5 first:border-t"
        >
          <div className="min-w-0">
            <h3>
              <a
                href={href(`/reports/${report.slug}`, travelling(input.params))}
                className="font-medium underline-offset-2 hover:underline"
              >
                {report.title}
              </a>
            </h3>
            <p className="max-w-prose text-sm text-soft">{report.description}</p>
          </div>
          <Downloads
            csv={downloadHref(report.slug, input, {}, "csv")}
            json={downloadHref(report.slug, input, {}, "json")}
          />
        </li>
      ))}
    </ul>
  );
}
