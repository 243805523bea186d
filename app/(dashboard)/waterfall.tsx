import { meaningsInForce } from "@/app/class-meanings.ts";
import { Bar } from "@/components/bar.tsx";
import { classLabel } from "@/components/classes.ts";
import { formatGpuHours, formatMoney, formatPercent } from "@/components/format.ts";
import { Empty, Section } from "@/components/page-header.tsx";
import { drawn, gpuHours, moneyIn, percent, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import { CAPACITY, OBSERVABLE, type UsageClass } from "@/lib/classes.ts";
import type { Cost } from "@/lib/pages/cost.ts";
import type { Overview } from "@/lib/pages/overview.ts";
import { percentOf } from "@/lib/units.ts";

interface Step {
  readonly key: string;
  readonly label: string;
  readonly milli: number;
  /** Where its bar begins, in milli-GPU-seconds from the left. */
  readonly from: number;
  readonly of?: UsageClass;
  readonly meaning: string;
}

/** Capacity, less what nobody held, is what was allocated; less what waited, is what worked. */
function steps({ total, capacityMilli, overlapMilli }: Overview): Step[] {
  const { classes } = total;
  const meanings = meaningsInForce();
  const out: Step[] = [];
  const whole = (capacityMilli ?? total.allocatedMilli) + overlapMilli;
  let right = whole;
  const take = (c: UsageClass, milli: number) => {
    if (milli === 0) return;
    right -= milli;
    out.push({ key: c, label: classLabel(c), milli, from: right, of: c, meaning: meanings[c] });
  };
  if (capacityMilli !== null) {
    out.push({
      key: "capacity",
      label: "Capacity",
      milli: whole,
      from: 0,
      meaning: "Every card that is known, every second.",
    });
    for (const c of CAPACITY) take(c, classes[c]);
  }
  out.push({ key: "allocated", label: "Allocated", milli: right, from: 0, meaning: "Held by workloads." });
  for (const c of OBSERVABLE) if (c !== "active") take(c, classes[c]);
  out.push({
    key: "active",
    label: classLabel("active"),
    milli: classes.active,
    from: 0,
    of: "active",
    meaning: meanings.active,
  });
  return out;
}

export function Waterfall({ overview, cost }: { overview: Overview; cost: Cost | null }) {
  const rows = steps(overview);
  const whole = rows[0]?.milli ?? 0;
  if (whole === 0)
    return (
      <Section title="Where capacity went">
        <Empty title="No GPU time is metered in this period">
          Choose another period, or see whether the sync has reached it.
        </Empty>
      </Section>
    );
  const active = percentOf(overview.total.classes.active, whole);
  return (
    <Section
      title="Where capacity went"
      note={`Of ${formatGpuHours(whole)} GPU-hours, ${formatPercent(active)} worked. Every second is in exactly one class.`}
    >
      <DataTable
        view={plainView("Where capacity went", columnsOf(whole, cost))}
        rows={rows}
        markOf={(step) => (step.of ? undefined : "sum")}
      />
    </Section>
  );
}

function columnsOf(whole: number, cost: Cost | null): readonly TableColumn<Step>[] {
  const costOf = ({ of }: Step) => (of && cost?.classMicros ? cost.classMicros[of] : null);
  return [
    text("class", "Class", (s) => s.label, {
      cell: (s) => (s.of ? <span className={`swatch-of c-${s.of}`}>{s.label}</span> : s.label),
      hint: (s) => s.meaning,
      look: ["whole"],
    }),
    gpuHours("hours", "GPU-hours", (s) => s.milli, { lead: true }),
    percent("share", "Share of capacity", (s) => percentOf(s.milli, whole), { look: ["faint"] }),
    ...(cost
      ? [
          moneyIn(cost.currency)<Step>("cost", "Cost of the class", costOf, {
            look: ["soft"],
            cell: (s) => (costOf(s) === null ? null : formatMoney(costOf(s), cost.currency)),
          }),
        ]
      : []),
    drawn(
      "bar",
      "Bar",
      (s) => <Bar of={s.of} tone="ink" from={(100 * s.from) / whole} percent={(100 * s.milli) / whole} />,
      { look: ["bar"] },
    ),
  ];
}
