import { formatPercent } from "@/components/format.ts";
import { GpuHours } from "@/components/quantity.tsx";
import type { Funnel } from "@/lib/pages/idle.ts";
import { percentOf } from "@/lib/units.ts";

/** Capacity, what of it was allocated, what of that was active, and what of that the cards did. */
export function FunnelBars({ funnel }: { funnel: Funnel }) {
  const { capacityMilli, allocatedMilli, workingMilli, effectiveMilli } = funnel;
  const steps = [
    ...(capacityMilli === null ? [] : [{ label: "Capacity", milli: capacityMilli, note: "cards × time" }]),
    { label: "Allocated", milli: allocatedMilli, note: "held by workloads" },
    { label: "Active", milli: workingMilli, note: "with activity" },
    { label: "Effective", milli: effectiveMilli, note: "active time × utilisation" },
  ];
  const whole = Math.max(1, ...steps.map((s) => s.milli));
  return (
    <ol className="grid gap-2">
      {steps.map((step, i) => {
        const before = steps[i - 1];
        return (
          <li
            key={step.label}
            className="grid grid-cols-[6rem_minmax(0,1fr)] items-center gap-x-3 text-sm sm:grid-cols-[7rem_minmax(0,1fr)_11rem]"
          >
            <span>
              {step.label}
              <small className="block text-2xs text-faint">{step.note}</small>
            </span>
            <span className="h-5 overflow-hidden rounded-[3px] bg-raised" aria-hidden="true">
              <span
                className="block h-full bg-accent"
                style={{ width: `${(100 * step.milli) / whole}%`, opacity: 1 - i * 0.18 }}
              />
            </span>
            <span className="col-start-2 text-right tabular-nums sm:col-start-3">
              <GpuHours milli={step.milli} unit />
              {before && <span className="text-faint"> · {formatPercent(percentOf(step.milli, before.milli))}</span>}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
