import { meaningsInForce } from "@/app/class-meanings.ts";
import { ClassSwatch } from "@/components/class-bar.tsx";
import { classFill, classLabel, classLook } from "@/components/classes.ts";
import { Table, Td, Th } from "@/components/data-table.tsx";
import { formatGpuHours, formatPercent } from "@/components/format.ts";
import { Money } from "@/components/money.tsx";
import { Empty, Section } from "@/components/page-header.tsx";
import { GpuHours, Percent } from "@/components/quantity.tsx";
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
      <Table label="Where capacity went" dense>
        <thead className="sr-only">
          <tr>
            <Th>Class</Th>
            <Th right>GPU-hours</Th>
            <Th right>Share of capacity</Th>
            {cost && <Th right>Cost of the class</Th>}
            <Th>Bar</Th>
          </tr>
        </thead>
        <tbody>
          {rows.map((step) => {
            const sum = !step.of;
            return (
              <tr key={step.key} className="group" title={step.meaning}>
                <Td className={`w-px border-0 whitespace-nowrap ${sum ? "pt-2 font-semibold" : "pl-2"}`}>
                  <span className="inline-flex items-center gap-2">
                    {step.of && <ClassSwatch of={step.of} />}
                    {step.label}
                  </span>
                  <span className="mt-1 block w-[calc(100vw-12rem)] sm:hidden">
                    <Bar step={step} whole={whole} />
                  </span>
                </Td>
                <Td right className={`w-px border-0 ${sum ? "font-semibold" : ""}`}>
                  <GpuHours milli={step.milli} />
                </Td>
                <Td right className="w-px border-0 text-faint">
                  <Percent value={percentOf(step.milli, whole)} />
                </Td>
                {cost && (
                  <Td right className="hidden w-px border-0 text-soft sm:table-cell">
                    {step.of && cost.classMicros && (
                      <Money micros={cost.classMicros[step.of]} currency={cost.currency} />
                    )}
                  </Td>
                )}
                <Td className="hidden border-0 sm:table-cell">
                  <Bar step={step} whole={whole} />
                </Td>
              </tr>
            );
          })}
        </tbody>
      </Table>
    </Section>
  );
}

function Bar({ step, whole }: { step: Step; whole: number }) {
  const look = step.of ? classLook(step.of).pattern : "";
  return (
    <span
      aria-hidden="true"
      className="flex h-2 items-center bg-[linear-gradient(90deg,var(--line)_1px,transparent_1px)] bg-[size:25%_100%] sm:h-4"
    >
      <span
        className={`block rounded-[2px] ${look} ${step.of ? "h-full" : "h-1 bg-ink"}`}
        style={{
          marginLeft: `${(100 * step.from) / whole}%`,
          width: `max(2px, ${(100 * step.milli) / whole}%)`,
          backgroundColor: step.of ? classFill(step.of) : undefined,
        }}
      />
    </span>
  );
}
