import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { type PageInput, readInput, type Search } from "@/app/page-input";
import { FilterSelect } from "@/components/filter-select";
import { href, travelling } from "@/components/href";
import { Notice, PageHeader } from "@/components/page-header";
import { PeriodControl } from "@/components/period-control";
import { Downloads, ReportView } from "@/components/report-view";
import { AppError, type ErrorCode } from "@/lib/errors";
import { findReport } from "@/lib/reports";
import { listTeams, type TeamName, teamsOf } from "@/lib/reports/cost-scope";
import { GRAINS } from "@/lib/reports/cost-trend";
import { listClusters, listWorkloadChoices } from "@/lib/reports/pages/choices";
import { parseFilters } from "@/lib/reports/parameters";
import type { Report, Row } from "@/lib/reports/report";
import { MOVERS } from "@/lib/reports/top-movers";
import { downloadHref } from "../download-href";

const SHOWN = 100;
/** A chart of more rows than this says nothing that its largest do not. */
const CHARTED = 5000;
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
  const given = Object.fromEntries(Object.keys(report.parameters.shape).map((k) => [k, input.params[k] || undefined]));
  const [choices, loaded] = await Promise.all([choicesOf(report, input), load(report, input, given)]);
  return (
    <>
      <PageHeader
        title={report.title}
        notice={input.notice}
        trail={[{ label: "Reports", href: href("/reports", travelling(input.params)) }]}
        controls={
          <>
            {choices.map((c) => (
              <FilterSelect key={c.name} {...c} />
            ))}
            <PeriodControl period={input.period} zone={input.billingZone} />
            <Downloads
              csv={downloadHref(report.slug, input, given, "csv")}
              json={downloadHref(report.slug, input, given, "json")}
            />
          </>
        }
      >
        {report.description}
      </PageHeader>
      {"problem" in loaded ? (
        <Notice>{loaded.problem}</Notice>
      ) : (
        <ReportView
          title={report.title}
          columns={report.columns}
          chart={report.chart}
          rows={loaded.rows.slice(0, SHOWN)}
          chartRows={loaded.rows}
          more={loaded.more || loaded.rows.length > SHOWN}
          zone={input.zone}
        />
      )}
    </>
  );
}

/** The first rows of the report; a filter that names nothing, or what the reader may not see, is a sentence, not a failure. */
async function load(
  report: Report,
  input: PageInput,
  given: Record<string, string | undefined>,
): Promise<{ rows: Row[]; more: boolean } | { problem: string }> {
  const rows: Row[] = [];
  const enough = report.chart ? CHARTED : SHOWN + 1;
  try {
    for await (const page of report.load(input.ctx, input.period, parseFilters(report, given))) {
      rows.push(...page);
      if (rows.length >= enough) return { rows: rows.slice(0, enough), more: true };
    }
    return { rows, more: false };
  } catch (error) {
    if (error instanceof AppError && SHOWN_ERRORS.has(error.code)) return { problem: error.message };
    throw error;
  }
}

/** A list to choose from for each filter that the report takes and whose values are known. */
async function choicesOf(report: Report, input: PageInput) {
  const names = Object.keys(report.parameters.shape);
  const [clusters, choices, teams] = await Promise.all([
    listClusters(input.ctx),
    listWorkloadChoices(input.ctx),
    names.includes("team") ? listTeams(input.ctx.db) : [],
  ]);
  const plain = (values: readonly string[]) => [...new Set(values)].map((v) => ({ value: v, label: v }));
  const all = [
    {
      name: "cluster",
      label: "Cluster",
      any: "All clusters",
      options: clusters.map((c) => ({ value: c.id, label: c.name })),
    },
    { name: "project", label: "Project", any: "All projects", options: plain(choices.projects.map((p) => p.name)) },
    { name: "user", label: "User", any: "All users", options: plain(choices.users) },
    { name: "team", label: "Team", any: "All teams", options: plain(visibleTeams(input, teams)) },
    { name: "grain", label: "Grain", any: "By day", options: plain(GRAINS.slice(1)) },
    { name: "by", label: "Grouping", any: "By team", options: plain(MOVERS.slice(1)) },
  ];
  return all.filter((c) => names.includes(c.name) && c.options.length > 1);
}

function visibleTeams(input: PageInput, teams: readonly TeamName[]): string[] {
  const mine = teamsOf(input.ctx.viewer);
  return teams.filter((t) => mine === "all" || mine.includes(t.key)).map((t) => t.name);
}
