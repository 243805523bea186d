import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Suspense } from "react";
import { ScopeAnomalies } from "@/app/(dashboard)/anomalies/scope-anomalies.tsx";
import { costKpis } from "@/app/(dashboard)/cost-kpi.tsx";
import { OpenFindings } from "@/app/(dashboard)/findings/open-findings.tsx";
import { Trend } from "@/app/(dashboard)/trend.tsx";
import { workloadColumns } from "@/app/(dashboard)/workloads/columns.tsx";
import { mayOpen } from "@/app/may-open.ts";
import { needPage } from "@/app/need-page.ts";
import { type PageInput, readInput, type Search } from "@/app/page-input.ts";
import { titleOf } from "@/app/page-title.ts";
import { readView, tableNames } from "@/app/table-input.ts";
import { ClassTable } from "@/components/class-table.tsx";
import { CLASS_ORDER } from "@/components/classes.ts";
import { Coverage } from "@/components/coverage.tsx";
import { formatGpus, formatNumber, formatPercent } from "@/components/format.ts";
import { href, TRAVELLING, travelling } from "@/components/href.ts";
import { type Kpi, Kpis } from "@/components/kpis.tsx";
import { Empty, PageHeader, Section } from "@/components/page-header.tsx";
import { PeriodControl } from "@/components/period-control.tsx";
import { GpuHours, Percent, Unknown } from "@/components/quantity.tsx";
import { gpuHours, percent } from "@/components/tables/columns.ts";
import { List } from "@/components/tables/list.tsx";
import type { TableView } from "@/components/tables/view.ts";
import { TextLink } from "@/components/ui/text-link.tsx";
import { IDLE, sumClasses, type UsageClass } from "@/lib/classes.ts";
import { loadCost } from "@/lib/pages/cost.ts";
import { findProject } from "@/lib/pages/project.ts";
import { loadWorkloads, WORKLOAD_SORTS, type WorkloadRow } from "@/lib/pages/workloads.ts";
import type { Measures } from "@/lib/reports/types.ts";
import { percentOf } from "@/lib/units.ts";

export async function generateMetadata({ params }: { params: Promise<{ project: string }> }): Promise<Metadata> {
  return titleOf("project", (await params).project);
}
const TOP = 20;
/** All of them are of this project. */
const columnsOf = (currency: string) => workloadColumns(currency).filter((c) => c.key !== "project");

export default async function ProjectPage({
  params,
  searchParams,
}: {
  params: Promise<{ project: string }>;
  searchParams: Search;
}) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/projects");
  const given = (await params).project;
  if (!/^[1-9]\d{0,14}$/.test(given)) notFound();
  const key = Number(given);
  const project = await findProject(input.ctx, key, {
    period: input.period,
    zone: input.billingZone,
    clockZone: input.zone,
  });
  if (!project) notFound();
  const { facts, total } = project;
  const cost = await loadCost(input.ctx, input.period, { project: key });
  input.address.only([...TRAVELLING, ...tableNames(), "by", "table"]);
  input.address.word("by", ["class", "project"], "Stacked by class");
  const view = readView(input, columnsOf(input.ctx.ledger.currency), {
    label: "Workloads",
    path: `/projects/${key}`,
    sort: "gpu-hours",
  });
  return (
    <>
      <PageHeader
        title={facts.name}
        notice={input.notice}
        trail={[{ label: "Projects", href: href("/projects", travelling(input.params)) }]}
        controls={<PeriodControl input={input} />}
      >
        {[facts.department, facts.cluster, facts.namespace].filter(Boolean).join(" · ")}
      </PageHeader>
      <ProjectKpis
        total={total}
        quotaMilli={facts.quotaMilli}
        heldMilli={project.heldMilli}
        cost={costKpis(cost, { project: key })}
      />
      {total.allocatedMilli === 0 ? (
        <Empty title="It held no GPU in this period">Choose a longer period.</Empty>
      ) : (
        <>
          <Trend
            overview={project}
            params={input.params}
            period={input.period}
            path={`/projects/${key}`}
            hours={input.zone}
            days={input.billingZone}
          />
          <Classes total={total} />
        </>
      )}
      <Suspense>
        <ScopeAnomalies input={input} kind="project" scope={key} />
      </Suspense>
      <OpenFindings input={input} project={key} />
      {mayOpen(input.ctx.viewer, "/workloads") && <Workloads input={input} project={key} view={view} />}
    </>
  );
}

interface ProjectKpisProps {
  readonly total: Measures;
  readonly quotaMilli: number | null;
  readonly heldMilli: number;
  readonly cost: readonly Kpi[];
}

function ProjectKpis({ total, quotaMilli, heldMilli, cost }: ProjectKpisProps) {
  const idle = sumClasses(total.classes, IDLE);
  const of = (milli: number) => `${formatPercent(percentOf(milli, total.allocatedMilli))} of allocated`;
  return (
    <Kpis
      items={[
        {
          label: "Allocated",
          value: <GpuHours milli={total.allocatedMilli} />,
          unit: "GPU-h",
          note: `${formatNumber(heldMilli / 1000, 1)} GPUs on average`,
        },
        {
          label: "Quota",
          value: quotaMilli === null ? <Unknown why="No source reports a quota" /> : formatGpus(quotaMilli),
          unit: "GPUs",
          note: quotaMilli ? `${formatPercent(percentOf(heldMilli, quotaMilli))} of it held` : "not reported",
        },
        {
          label: "Active",
          value: <GpuHours milli={total.classes.active} />,
          unit: "GPU-h",
          note: of(total.classes.active),
        },
        { label: "Idle", value: <GpuHours milli={idle} />, unit: "GPU-h", note: of(idle) },
        ...cost,
        { label: "Mean utilisation", value: <Percent value={total.utilisationPercent} />, note: "where observed" },
        {
          label: "Coverage",
          value: <Percent value={total.coveragePercent} />,
          note: (
            <Coverage
              bare
              percent={total.coveragePercent}
              observedMilli={total.observedMilli}
              expectedMilli={total.expectedMilli}
            />
          ),
        },
      ]}
    />
  );
}

function Classes({ total }: { total: Measures }) {
  return (
    <Section title="Classes" note="what its GPU time went into">
      <ClassTable
        label="GPU-hours by class"
        classes={CLASS_ORDER.filter((c) => total.classes[c] > 0)}
        sizeOf={(c) => total.classes[c]}
        columns={[
          gpuHours<UsageClass>("hours", "GPU-hours", (c) => total.classes[c]),
          percent<UsageClass>("share", "Share", (c) => percentOf(total.classes[c], total.allocatedMilli), {
            look: ["faint"],
          }),
        ]}
      />
    </Section>
  );
}

interface WorkloadsProps {
  readonly input: PageInput;
  readonly project: number;
  readonly view: TableView<WorkloadRow>;
}

async function Workloads({ input, project, view }: WorkloadsProps) {
  const { rows, count } = await loadWorkloads(input.ctx, {
    period: input.period,
    zone: input.billingZone,
    project,
    sort: WORKLOAD_SORTS.find((s) => s === view.sort) ?? "gpu-hours",
    descending: view.descending,
    limit: TOP,
    offset: 0,
  });
  if (!count) return null;
  const { sort, dir } = input.params;
  const all = { ...travelling(input.params), project: String(project), sort, dir };
  const shown = { ...all, cols: view.columns.map((c) => c.key).join(",") };
  return (
    <List
      title="Workloads"
      note={count > TOP ? `${TOP} of ${formatNumber(count)}; the download has every one` : formatNumber(count)}
      controls={
        <span className="text-xs">
          <TextLink to={href("/workloads", all)}>All of them, with filters</TextLink>
        </span>
      }
      view={{ ...view, csv: href("/download/workloads", shown) }}
      rows={rows}
      empty={null}
    />
  );
}
