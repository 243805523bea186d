import { Suspense } from "react";
import { mayOpen } from "@/app/may-open.ts";
import type { PageInput } from "@/app/page-input.ts";
import { FilterSelect } from "@/components/filter-select.tsx";
import { formatMoment } from "@/components/format.ts";
import { TRAVELLING } from "@/components/href.ts";
import { Empty, PageHeader } from "@/components/page-header.tsx";
import { PeriodControl } from "@/components/period-control.tsx";
import { mayDo } from "@/lib/auth/allow.ts";
import { visibleTeams } from "@/lib/auth/visible-teams.ts";
import { EVERYTHING } from "@/lib/budgets/types.ts";
import { loadCost } from "@/lib/pages/cost.ts";
import { loadIdleNow } from "@/lib/pages/idle.ts";
import { loadOverview } from "@/lib/pages/overview.ts";
import { BudgetsAtRisk } from "./budgets/at-risk.tsx";
import { OwnTeamsBudgets } from "./budgets/own-teams.tsx";
import { BudgetSummary } from "./budgets/summary.tsx";
import { FirstSteps } from "./first-steps.tsx";
import { IdleNow } from "./idle-now.tsx";
import { Now } from "./now.tsx";
import { OverviewKpis } from "./overview-kpis.tsx";
import { SyncPanel } from "./sync-panel.tsx";
import { Trend } from "./trend.tsx";
import { Waterfall } from "./waterfall.tsx";
import { WeekSection } from "./week.tsx";

/** For people who see no figures: how the first ones come is for those who run the ledger. */
function NothingShared() {
  return (
    <>
      <PageHeader title="Overview" />
      <Empty title="There are no figures for you yet">
        You see what your teams and projects used. Either none has used anything yet, or nothing of it is charged yet,
        or your role names no team and no project: ask an administrator.
      </Empty>
    </>
  );
}

interface Props {
  readonly input: PageInput;
  /** Where it is shown: the address that its own links keep. */
  readonly path: "/" | "/overview";
}

/** Where capacity went, now and over time, and whether the data is whole: all that the viewer may see. */
export async function Overview({ input, path }: Props) {
  const { ctx, period, billingZone, zone, params } = input;
  const { clusters } = input;
  input.address.only([...TRAVELLING, "by", "table", "card"]);
  input.address.word("by", ["class", "project"], "Stacked by class");
  const { cluster } = input;
  const [overview, cost, idle] = await Promise.all([
    loadOverview(ctx, { period, zone: billingZone, clockZone: zone, cluster }),
    loadCost(ctx, period, { cluster }),
    loadIdleNow(ctx, { cluster, mine: false }),
  ]);
  const nothing = overview.capacityMilli === null && overview.total.allocatedMilli === 0;
  const partly = overview.fromAt !== null && overview.fromAt > period.start;
  if (nothing && overview.fleet.asOfAt === null && !input.cluster)
    return mayDo(ctx.viewer, "sync.read") ? <FirstSteps sync={overview.sync} /> : <NothingShared />;
  return (
    <>
      <PageHeader
        title="Overview"
        notice={input.notice}
        controls={
          <>
            {clusters.length > 1 && (
              <FilterSelect name="cluster" label="Cluster" any="All clusters" options={clusters} />
            )}
            <PeriodControl input={input} />
          </>
        }
      >
        {overview.throughAt
          ? `Metered ${partly ? `only from ${formatMoment(overview.fromAt, zone)} ` : ""}up to ${formatMoment(overview.throughAt, zone)} (${zone}).`
          : "Nothing is metered in this period yet."}
      </PageHeader>
      {!nothing && <OverviewKpis overview={overview} cost={cost} />}
      <Waterfall overview={overview} cost={cost} />
      {/* They are of now, whichever period is looked at: also in the first hour of a month, of which nothing is metered yet. */}
      <Suspense>
        {visibleTeams(ctx.viewer) === "all" ? (
          <BudgetSummary ctx={ctx} scope={EVERYTHING} at={{ path, params }}>
            <BudgetsAtRisk ctx={ctx} />
          </BudgetSummary>
        ) : (
          <OwnTeamsBudgets ctx={ctx} at={{ path, params }} />
        )}
      </Suspense>
      {!nothing && (
        <Trend overview={overview} params={params} period={period} path={path} hours={zone} days={billingZone} />
      )}
      {!nothing && (
        <Suspense>
          <WeekSection input={input} />
        </Suspense>
      )}
      <div className="mt-10 grid grid-cols-1 gap-x-12 gap-y-10 xl:grid-cols-[minmax(0,1fr)_minmax(0,1.5fr)_minmax(0,1fr)]">
        <Now fleet={overview.fleet} zone={zone} params={params} />
        {mayOpen(ctx.viewer, "/workloads") && (
          <IdleNow
            rows={idle.now}
            withheld={idle.withheld}
            currency={ctx.ledger.currency}
            zone={zone}
            params={params}
          />
        )}
        <SyncPanel sync={overview.sync} now={input.now} zone={zone} />
      </div>
    </>
  );
}
