import type { Metadata } from "next";
import { OpenFindings } from "@/app/(dashboard)/findings/open-findings.tsx";
import { classRows } from "@/app/(dashboard)/trend.tsx";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { SavedViews } from "@/app/saved-views.tsx";
import { Figure } from "@/components/charts/figure.tsx";
import { StackedBars } from "@/components/charts/stacked-bars.tsx";
import { ClassLegend } from "@/components/class-bar.tsx";
import { FilterSelect } from "@/components/filter-select.tsx";
import { formatGpuHours, formatGpus, formatMoment, formatMoney } from "@/components/format.ts";
import { href } from "@/components/href.ts";
import { Empty, PageHeader, Section } from "@/components/page-header.tsx";
import { PeriodControl } from "@/components/period-control.tsx";
import { DataTable } from "@/components/tables/data-table.tsx";
import { List } from "@/components/tables/list.tsx";
import { plainView } from "@/components/tables/view.ts";
import { Switch } from "@/components/ui/switch.tsx";
import { IDLE, sumClasses } from "@/lib/classes.ts";
import { unallocated } from "@/lib/insights/rules/idle/unallocated.ts";
import type { IdlePage as Loaded } from "@/lib/pages/idle.ts";
import { teamColumns } from "./columns.tsx";
import { FunnelBars } from "./funnel.tsx";
import { readIdle } from "./query.ts";

export const metadata: Metadata = { title: "Idle" };

export default async function IdlePage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/idle");
  const { page, list, shown, mine } = await readIdle(input);
  const { params, zone, clusters } = input;
  const teams = [...new Set(page.now.map((r) => r.team).filter(Boolean))].sort();
  return (
    <>
      <PageHeader
        title="Idle"
        notice={input.notice}
        controls={
          <>
            {clusters.length > 1 && (
              <FilterSelect name="cluster" label="Cluster" any="All clusters" options={clusters} />
            )}
            {teams.length > 1 && (
              <FilterSelect
                name="team"
                label="Team"
                any="All teams"
                options={teams.map((t) => ({ value: t, label: t }))}
              />
            )}
            <SavedViews input={input} path="/idle" />
            <PeriodControl input={input} />
          </>
        }
      >
        {sentence(page)}
        {page.asOfAt !== null && (
          <span className="text-faint">
            {" "}
            As of {formatMoment(page.asOfAt, zone)} ({zone}).
          </span>
        )}
      </PageHeader>
      <List
        {...list}
        title="Now"
        note={
          page.withheld && page.now.length > 0
            ? "your workloads and those of your teams; others count in the total alone"
            : "most expensive first; a finding opens once a workload idles for longer"
        }
        controls={
          <span className="flex flex-wrap gap-2">
            {(input.ctx.viewer.submitters?.length ?? 0) > 0 && (
              <Switch
                label="Whose"
                options={[
                  { label: "All", active: !mine, href: href("/idle", params, { whose: undefined }) },
                  { label: "Mine", active: mine, href: href("/idle", params, { whose: "mine" }) },
                ]}
              />
            )}
            <Switch
              label="Which classes"
              options={[
                { label: "Idle", active: shown === "idle", href: href("/idle", params, { show: undefined }) },
                { label: "With waiting", active: shown === "all", href: href("/idle", params, { show: "all" }) },
              ]}
            />
          </span>
        }
        keyOf={(r) => `${r.key} ${r.class}`}
        empty={
          page.withheld ? (
            <Empty title="Workloads are not listed for you">
              Your role sees how much is idle and what it costs. Administrators see who holds it, and managers what is
              charged to their teams.
            </Empty>
          ) : (
            <Empty title="No card is idle now">What was idle before is below.</Empty>
          )
        }
      />
      <OpenFindings
        input={input}
        rules={[unallocated.slug]}
        title="Held by nobody"
        note="as much as whole cards, free for hours, by pool and model"
      />
      <History page={page} input={input} />
    </>
  );
}

function sentence({ classes, idleHourMicros, currency }: Loaded): string {
  const idle = sumClasses(classes, IDLE);
  if (idle === 0) return "No GPU is idle now.";
  const cost = idleHourMicros === null ? "" : ` · ${formatMoney(idleHourMicros, currency)} an hour`;
  return `${formatGpus(idle)} ${idle === 1000 ? "GPU" : "GPUs"} idle now${cost}.`;
}

/** Idle time of the period: where capacity went, by team, and day by day. */
function History({ page, input }: { page: Loaded; input: Awaited<ReturnType<typeof readInput>> }) {
  const { rows, series } = classRows(page.points);
  const idle = series.filter((s) => (IDLE as readonly string[]).includes(s.key));
  const total = page.points.reduce((sum, p) => sum + sumClasses(p.total.classes, IDLE), 0);
  return (
    <>
      <Section title="Where capacity went" note="in this period; each step is a part of the one before">
        <FunnelBars funnel={page.funnel} />
      </Section>
      {page.teams && page.teams.length > 0 && (
        <Section title="Idle by team" note="held without activity in this period">
          <DataTable view={plainView("Idle by team", teamColumns(page.currency))} rows={page.teams} foot="All teams" />
        </Section>
      )}
      {total > 0 && (
        <Section title="Idle over time" note="idle GPU-hours">
          <Figure
            summary={`${formatGpuHours(total)} idle GPU-hours in this period.`}
            legend={<ClassLegend of={IDLE} />}
            twin={{ name: "idle-trend", path: "/idle", params: input.params }}
            columns={["Time", ...idle.map((s) => s.label)]}
            rows={() =>
              rows.map((r) => [r.label, ...idle.map((s) => formatGpuHours(Number(r[s.key] ?? 0) * 3_600_000))])
            }
          >
            <StackedBars rows={rows} series={idle} unit="GPU-h" height={200} decimals={2} />
          </Figure>
        </Section>
      )}
    </>
  );
}
