import { classRows } from "@/app/(dashboard)/trend.tsx";
import type { PageInput } from "@/app/page-input.ts";
import { Figure } from "@/components/charts/figure.tsx";
import { StackedBars } from "@/components/charts/stacked-bars.tsx";
import { ClassLegend } from "@/components/class-bar.tsx";
import { CLASS_ORDER, classLabel } from "@/components/classes.ts";
import { formatGpuHours, formatPercent } from "@/components/format.ts";
import { Section } from "@/components/page-header.tsx";
import type { WorkloadDetail } from "@/lib/pages/workload.ts";
import { percentOf } from "@/lib/units.ts";

/** What its GPUs did, hour by hour. */
export function Timeline({ detail, input }: { detail: WorkloadDetail; input: PageInput }) {
  const { rows, series } = classRows(detail.points);
  const present = CLASS_ORDER.filter((c) => detail.total.classes[c] > 0);
  const largest = [...present].sort((a, b) => detail.total.classes[b] - detail.total.classes[a])[0];
  const summary = largest
    ? `Mostly ${classLabel(largest).toLowerCase()}: ${formatGpuHours(detail.total.classes[largest])} GPU-hours, ${formatPercent(percentOf(detail.total.classes[largest], detail.total.allocatedMilli))} of what it held.`
    : "It held no GPU.";
  return (
    <Section
      title="Timeline"
      note={`GPU-hours per ${detail.unit} (${detail.unit === "hour" ? input.zone : input.billingZone})`}
    >
      <Figure
        summary={summary}
        legend={<ClassLegend of={present} />}
        twin={{ name: "timeline", path: `/workloads/${detail.facts.key}`, params: input.params }}
        columns={[detail.unit === "hour" ? "Hour" : "Day", ...series.map((s) => s.label)]}
        rows={() => rows.map((r) => [r.label, ...series.map((s) => formatGpuHours(Number(r[s.key] ?? 0) * 3_600_000))])}
      >
        <StackedBars rows={rows} series={series} unit="GPU-h" height={200} decimals={2} />
      </Figure>
    </Section>
  );
}
