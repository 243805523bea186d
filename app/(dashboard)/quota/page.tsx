import type { Metadata } from "next";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { FilterSelect } from "@/components/filter-select.tsx";
import { formatGpuHours, formatMoment, plural } from "@/components/format.ts";
import { Kpis } from "@/components/kpis.tsx";
import { Empty, PageHeader } from "@/components/page-header.tsx";
import { PeriodControl } from "@/components/period-control.tsx";
import { List } from "@/components/tables/list.tsx";
import type { ProjectQuota } from "@/lib/reports/insights/quota-use.ts";
import { readQuota } from "./query.tsx";

export const metadata: Metadata = { title: "Quota" };

export default async function QuotaPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/quota");
  const { projects, pools, fragments, asOfAt } = await readQuota(input);
  const { clusters, zone } = input;
  const sum = (of: (p: ProjectQuota) => number) => projects.rows.reduce((all, p) => all + of(p), 0);
  const figure = (label: string, of: (p: ProjectQuota) => number, note?: string) => ({
    ...{ label, value: formatGpuHours(sum(of)), unit: "GPU-h", note },
  });
  return (
    <>
      <PageHeader
        title="Quota"
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
        {sentence(projects.rows)}
      </PageHeader>
      {projects.rows.length > 0 && (
        <Kpis
          items={[
            figure("Quota", (p) => p.quotaMilli),
            figure("Used within it", (p) => p.withinMilli),
            figure("Unused", (p) => p.unusedMilli, "reserved and not used"),
            figure("Borrowed", (p) => p.borrowedMilli, "held above the quota"),
            figure("Idle while queued", (p) => p.idleWhileQueuedMilli, "others waited for the same pool"),
          ]}
        />
      )}
      <List
        title="By project"
        note="GPU-hours of the period; a quota is of all node pools together"
        {...projects}
        keyOf={(p) => p.projectKey}
        foot="All projects"
        empty={<Empty title="No quota and no usage in this period">Projects appear once they are metered.</Empty>}
      />
      {pools.rows.length > 0 && (
        <List
          title="Stranded"
          note="capacity that was free while jobs waited for its pool: in pieces that do not fit, or behind a quota"
          {...pools}
          keyOf={(p) => `${p.clusterId} ${p.pool}`}
          foot="All pools"
          empty={null}
        />
      )}
      {fragments && (
        <List
          title="Fragments by node"
          note={asOfAt === null ? undefined : `free capacity in pieces, as of ${formatMoment(asOfAt, zone)}`}
          {...fragments}
          keyOf={(f) => `${f.cluster} ${f.node}`}
          foot="All nodes"
          empty={
            <Empty title="No free capacity is in pieces">Every node is held whole, or nobody uses it at all.</Empty>
          }
        />
      )}
    </>
  );
}

function sentence(rows: readonly ProjectQuota[]): string {
  const idle = rows.reduce((sum, p) => sum + p.idleWhileQueuedMilli, 0);
  const worst = rows[0];
  if (idle === 0 || !worst) return "No GPU was idle while jobs of other projects waited for it.";
  const most = rows.reduce((a, b) => (b.idleWhileQueuedMilli > a.idleWhileQueuedMilli ? b : a), worst);
  return `${formatGpuHours(idle)} GPU-hours were idle while jobs of other projects waited for the same pool, most of them in ${most.project}, which alone delayed ${plural(most.jobsDelayed, "job")}.`;
}
