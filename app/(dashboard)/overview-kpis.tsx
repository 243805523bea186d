import { Coverage } from "@/components/coverage.tsx";
import { formatGpuHours, formatPercent } from "@/components/format.ts";
import { Kpis } from "@/components/kpis.tsx";
import { GpuHours, Percent } from "@/components/quantity.tsx";
import { IDLE, sumClasses } from "@/lib/classes.ts";
import type { Cost } from "@/lib/pages/cost.ts";
import type { Overview } from "@/lib/pages/overview.ts";
import { percentOf } from "@/lib/units.ts";
import { costKpis } from "./cost-kpi.tsx";

export function OverviewKpis({ overview, cost }: { overview: Overview; cost: Cost | null }) {
  const { total, capacityMilli: capacity } = overview;
  const idle = sumClasses(total.classes, IDLE);
  const ofCapacity = (milli: number) =>
    capacity
      ? `${formatPercent(percentOf(milli, capacity))} of capacity`
      : `${formatPercent(percentOf(milli, total.allocatedMilli))} of allocated`;
  return (
    <Kpis
      items={[
        ...(capacity === null
          ? []
          : [
              {
                label: "Capacity",
                value: <GpuHours milli={capacity} />,
                unit: "GPU-h",
                note: overview.overlapMilli
                  ? `+ ${formatGpuHours(overview.overlapMilli)} overlap`
                  : "every card, every second",
              },
            ]),
        {
          label: "Allocated",
          value: <GpuHours milli={total.allocatedMilli} />,
          unit: "GPU-h",
          note: capacity ? ofCapacity(total.allocatedMilli) : "held by workloads",
        },
        {
          label: "Active",
          value: <GpuHours milli={total.classes.active} />,
          unit: "GPU-h",
          note: ofCapacity(total.classes.active),
        },
        {
          label: "Idle while allocated",
          value: <GpuHours milli={idle} />,
          unit: "GPU-h",
          note: `${formatPercent(percentOf(idle, total.allocatedMilli))} of allocated`,
        },
        // Of one cluster nothing explains it: the parts of a total that no cluster has are left out.
        ...costKpis(cost, cost?.cluster === undefined ? {} : null),
        {
          label: "Mean utilisation",
          value: <Percent value={total.utilisationPercent} why="Of allocated GPU time that has samples" />,
          note: "of allocated, where observed",
        },
        {
          label: "Coverage",
          value: <Percent value={total.coveragePercent} why="Observed ÷ expected GPU-seconds" />,
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
