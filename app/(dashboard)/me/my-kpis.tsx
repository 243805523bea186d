import { formatMoney, formatPercent } from "@/components/format.ts";
import { Kpis } from "@/components/kpis.tsx";
import { Money } from "@/components/money.tsx";
import { GpuHours, Percent } from "@/components/quantity.tsx";
import { IDLE, sumClasses, WORKING } from "@/lib/classes.ts";
import type { Mine } from "@/lib/pages/home/me.ts";
import { percentOf } from "@/lib/units.ts";

/** The viewer's period at a glance. */
export function MyKpis({ mine, days }: { mine: Mine; days: unknown }) {
  const { total, currency } = mine;
  const idle = sumClasses(total.classes, IDLE);
  const why = days ? "Not known: no price is in force, or its days are not charged yet" : "Cost is kept by whole days";
  return (
    <Kpis
      items={[
        {
          label: "Cost",
          value: <Money headline micros={mine.micros} currency={currency} why={why} />,
          note: mine.idleMicros ? `${formatMoney(mine.idleMicros, currency)} of it idle` : "of GPU time",
        },
        {
          label: "Now",
          value: (
            <Money
              headline
              micros={mine.hourMicros}
              currency={currency}
              why={mine.running.length > 0 ? "What you hold has no price yet" : "Nothing is held now"}
            />
          ),
          note: "an hour, at the price in force",
        },
        {
          label: "Allocated",
          value: <GpuHours milli={total.allocatedMilli} />,
          unit: "GPU-h",
          note: "held by your workloads",
        },
        {
          label: "Idle while allocated",
          value: <GpuHours milli={idle} />,
          unit: "GPU-h",
          note: `${formatPercent(percentOf(idle, total.allocatedMilli))} of allocated`,
        },
        {
          label: "Efficiency",
          value: (
            <Percent
              value={percentOf(sumClasses(total.classes, WORKING), total.allocatedMilli)}
              why="Active and inefficient time of what was held"
            />
          ),
          note: "of it at work",
        },
        {
          label: "Mean utilisation",
          value: <Percent value={total.utilisationPercent} why="Of allocated GPU time that has samples" />,
          note: `coverage ${formatPercent(total.coveragePercent)}`,
        },
      ]}
    />
  );
}
