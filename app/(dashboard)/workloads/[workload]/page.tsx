import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { costKpis } from "@/app/(dashboard)/cost-kpi.tsx";
import { OpenFindings } from "@/app/(dashboard)/findings/open-findings.tsx";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { titleOf } from "@/app/page-title.ts";
import { Coverage } from "@/components/coverage.tsx";
import { formatMoment, formatPercent } from "@/components/format.ts";
import { href, travelling } from "@/components/href.ts";
import { Kpis } from "@/components/kpis.tsx";
import { Empty, PageHeader } from "@/components/page-header.tsx";
import { PeriodControl } from "@/components/period-control.tsx";
import { Phase } from "@/components/phase.tsx";
import { GpuHours, Percent } from "@/components/quantity.tsx";
import { IDLE, sumClasses } from "@/lib/classes.ts";
import { type Cost, loadCost } from "@/lib/pages/cost.ts";
import type { WorkloadDetail } from "@/lib/pages/workload.ts";
import { percentOf } from "@/lib/units.ts";
import { Evidence } from "./evidence.tsx";
import { Findings } from "./findings.tsx";
import { Pods } from "./pods.tsx";
import { readWorkload } from "./query.ts";
import { Timeline } from "./timeline.tsx";
import { WorkloadFactList } from "./workload-facts.tsx";

export async function generateMetadata({ params }: { params: Promise<{ workload: string }> }): Promise<Metadata> {
  return titleOf("workload", (await params).workload);
}

export default async function WorkloadPage({
  params,
  searchParams,
}: {
  params: Promise<{ workload: string }>;
  searchParams: Search;
}) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/workloads");
  const found = await readWorkload(input, (await params).workload);
  if (!found) notFound();
  const { detail, pods } = found;
  const { facts } = detail;
  const cost = await loadCost(input.ctx, input.period, { workload: facts.key });
  const carry = travelling(input.params);
  return (
    <>
      <PageHeader
        title={facts.name}
        notice={input.notice}
        trail={[
          { label: "Workloads", href: href("/workloads", carry) },
          ...(facts.projectOpen ? [{ label: facts.project, href: href(`/projects/${facts.projectKey}`, carry) }] : []),
        ]}
        controls={<PeriodControl input={input} />}
      >
        <span className="flex flex-wrap items-center gap-x-3">
          <Phase of={facts.phase} />
          <span>{[facts.type, facts.category].filter(Boolean).join(", ")}</span>
          <span>{facts.user}</span>
          <span className="text-faint">
            since {formatMoment(facts.createdAt, input.zone)}
            {facts.completedAt !== null && `, ended ${formatMoment(facts.completedAt, input.zone)}`}
          </span>
        </span>
      </PageHeader>
      {detail.range ? (
        <>
          <WorkloadKpis detail={detail} cost={cost} />
          <Timeline detail={detail} input={input} />
          <Evidence input={input} detail={detail} path={`/workloads/${facts.key}`} />
        </>
      ) : (
        <Empty title="It used nothing in this period">
          It was created on {formatMoment(facts.createdAt, input.zone, "date")}. Choose a period that holds its time.
        </Empty>
      )}
      <OpenFindings input={input} workload={facts.key} />
      <WorkloadFactList facts={facts} zone={input.zone} />
      <Pods detail={detail} pods={pods} zone={input.zone} />
      <Findings detail={detail} zone={input.zone} />
    </>
  );
}

interface WorkloadKpisProps {
  readonly detail: WorkloadDetail;
  readonly cost: Cost | null;
}

function WorkloadKpis({ detail: { facts, total, levels, gpuModels }, cost }: WorkloadKpisProps) {
  const idle = sumClasses(total.classes, IDLE);
  const of = (milli: number) => `${formatPercent(percentOf(milli, total.allocatedMilli))} of allocated`;
  return (
    <Kpis
      items={[
        {
          label: "Allocated",
          value: <GpuHours milli={total.allocatedMilli} />,
          unit: "GPU-h",
          note: gpuModels.join(", ") || "no GPU",
        },
        {
          label: "Active",
          value: <GpuHours milli={total.classes.active} />,
          unit: "GPU-h",
          note: of(total.classes.active),
        },
        { label: "Idle", value: <GpuHours milli={idle} />, unit: "GPU-h", note: of(idle) },
        ...costKpis(cost, { workload: facts.key }),
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
        {
          label: "Observed at",
          value: levels.join(", ") || "–",
          note: levels.length ? "the coarsest level" : "no sample covers it",
        },
      ]}
    />
  );
}
