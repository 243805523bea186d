import type { Metadata } from "next";
import Link from "next/link";
import { readInput, type Search } from "@/app/page-input";
import { href, travelling } from "@/components/href";
import { PageHeader } from "@/components/page-header";
import { PeriodControl } from "@/components/period-control";
import { Downloads } from "@/components/report-view";
import { listReports } from "@/lib/reports";
import { downloadHref } from "./download-href";

export const metadata: Metadata = { title: "Reports" };

export default async function ReportsPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  return (
    <>
      <PageHeader
        title="Reports"
        notice={input.notice}
        controls={<PeriodControl period={input.period} zone={input.billingZone} />}
      >
        The same figures as the pages, row by row: here, as CSV and JSON, and from the command line.
      </PageHeader>
      <ul>
        {listReports().map((report) => (
          <li
            key={report.slug}
            className="flex flex-wrap items-center justify-between gap-x-8 gap-y-2 border-b py-3.5 first:border-t"
          >
            <div className="min-w-0">
              <h2>
                <Link
                  href={href(`/reports/${report.slug}`, travelling(input.params))}
                  prefetch={false}
                  className="font-medium underline-offset-2 hover:underline"
                >
                  {report.title}
                </Link>
              </h2>
              <p className="max-w-prose text-sm text-soft">{report.description}</p>
            </div>
            <Downloads
              csv={downloadHref(report.slug, input, {}, "csv")}
              json={downloadHref(report.slug, input, {}, "json")}
            />
          </li>
        ))}
      </ul>
    </>
  );
}
