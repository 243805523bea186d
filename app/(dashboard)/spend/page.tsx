import type { Metadata } from "next";
import { Suspense } from "react";
import { needPage } from "@/app/need-page.ts";
import { type PageInput, readInput, type Search } from "@/app/page-input.ts";
import { PageLink } from "@/app/page-link.tsx";
import { FilterSelect } from "@/components/filter-select.tsx";
import { formatGpuHours } from "@/components/format.ts";
import { type Params, travelling } from "@/components/href.ts";
import { Empty, Notice, PageHeader } from "@/components/page-header.tsx";
import { PeriodControl } from "@/components/period-control.tsx";
import { AppError } from "@/lib/errors.ts";
import { loadSpend, type SpendView } from "@/lib/pages/spend.ts";
import { GRAINS, type Grain } from "@/lib/reports/cost/cost-trend.ts";
import { listClusters } from "@/lib/reports/read/choices.ts";
import { listVisibleTeams } from "@/lib/reports/read/cost-scope.ts";
import { dateOf, dayKey, dayOfKey, daysBetween } from "@/lib/time.ts";
import { SpendClasses } from "./spend-classes.tsx";
import { SpendKpis } from "./spend-kpis.tsx";
import { SpendMap } from "./spend-map.tsx";
import { SpendMovers } from "./spend-movers.tsx";
import { SpendTeams } from "./spend-teams.tsx";
import { SpendTrend } from "./spend-trend.tsx";
import { Why } from "./why.tsx";

export const metadata: Metadata = { title: "Spend" };

const MOST_DAILY = 62;
const MOST_WEEKLY = 200;

export default async function SpendPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/spend");
  const { ctx, params } = input;
  const [clusters, teams] = await Promise.all([listClusters(ctx), listVisibleTeams(ctx)]);
  const loaded = await load(input);
  return (
    <>
      <PageHeader
        title={"view" in loaded && loaded.view.team ? `Spend of ${loaded.view.team.name}` : "Spend"}
        notice={input.notice}
        controls={
          <>
            <FilterSelect
              name="team"
              label="Team"
              any="All teams"
              options={teams.map((t) => ({ value: String(t.key), label: t.name }))}
            />
            {clusters.length > 1 && (
              <FilterSelect
                name="cluster"
                label="Cluster"
                any="All clusters"
                options={clusters.map((c) => ({ value: c.id, label: c.name }))}
              />
            )}
            <PeriodControl input={input} />
          </>
        }
      >
        What was used at the prices in force, what policies share out, and what other systems billed.
      </PageHeader>
      {"problem" in loaded ? (
        <Notice>{loaded.problem}</Notice>
      ) : (
        <Body input={input} view={loaded.view} grain={loaded.grain} carry={travelling(params)} />
      )}
    </>
  );
}

async function load(input: PageInput): Promise<{ view: SpendView; grain: Grain } | { problem: string }> {
  const { days } = input.period;
  if (!days) return { problem: "Cost is kept by whole days of the billing time zone: choose days or months." };
  const length = daysBetween(days.from, days.until);
  const usual = length <= MOST_DAILY ? "day" : length <= MOST_WEEKLY ? "week" : "month";
  const grain = GRAINS.find((g) => g === input.params.grain) ?? usual;
  const today = dayKey(dateOf(input.now, input.billingZone));
  const { cluster, params } = input;
  try {
    return { view: await loadSpend(input.ctx, { days, today, grain, cluster, team: params.team || undefined }), grain };
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") return { problem: error.message };
    throw error;
  }
}

function Body({ input, view, grain, carry }: { input: PageInput; view: SpendView; grain: Grain; carry: Params }) {
  if (view.totalMicros === null && !view.unpricedMilli) {
    if (input.period.start > input.now) return <Empty title="This period has not begun">Choose an earlier one.</Empty>;
    const first = view.firstDay === null ? null : dayOfKey(view.firstDay, input.billingZone);
    if (first && input.period.end <= first.start)
      return <Empty title="This period is before the ledger">It begins on {first.date}: choose a later period.</Empty>;
  }
  if (view.totalMicros === null && !view.unpricedMilli)
    return (
      <Empty title="Nothing is charged in this period">
        {input.period.end > input.now
          ? "Usage is charged soon after it is metered. Until then, choose an earlier period, such as last month."
          : "Choose another period."}
      </Empty>
    );
  if (view.totalMicros === null)
    return (
      <Empty title="Nothing in this period has a price">
        {formatGpuHours(view.unpricedMilli ?? 0)} GPU-hours wait for one.{" "}
        <PageLink to="/prices" otherwise="Ask finance for a price of the GPUs">
          Give the GPUs a price
        </PageLink>
        , or choose another period.
      </Empty>
    );
  return (
    <>
      {view.unpricedMilli !== null && view.unpricedMilli > 0 && (
        <Notice>
          {formatGpuHours(view.unpricedMilli)} GPU-hours are in no amount: no price covers them, or their day is not
          charged yet. <PageLink to="/prices">Prices</PageLink>
        </Notice>
      )}
      <SpendKpis view={view} />
      <SpendTrend view={view} grain={grain} params={input.params} />
      <SpendMap view={view} carry={carry} params={input.params} />
      <SpendTeams view={view} carry={carry} params={input.params} />
      <div className="mt-10 grid grid-cols-1 gap-x-12 gap-y-10 xl:grid-cols-2">
        <SpendClasses view={view} />
        <SpendMovers view={view} carry={carry} />
      </div>
      <Suspense>
        <Why input={input} view={view} />
      </Suspense>
    </>
  );
}
