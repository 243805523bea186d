import { formatMoment, formatNumber, formatSpan } from "@/components/format.ts";
import { Section } from "@/components/page-header.tsx";
import { Phase } from "@/components/phase.tsx";
import { List, type Listed } from "@/components/tables/list.tsx";
import type { PodRow, WorkloadDetail } from "@/lib/pages/workload.ts";

interface PodsProps {
  readonly detail: WorkloadDetail;
  readonly pods: Listed<PodRow>;
  readonly zone: string;
}

/** Its pods, whose times are what is billed, and the phases it went through. */
export function Pods({ detail, pods, zone }: PodsProps) {
  return (
    <div className="mt-10 grid grid-cols-1 gap-x-12 gap-y-10 xl:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
      <List
        title="Pods"
        note={`${formatNumber(detail.podCount)}${detail.podCount > detail.pods.length ? `, the newest ${detail.pods.length} shown` : ""}`}
        {...pods}
        empty={<p className="text-sm text-soft">No pod of it is known.</p>}
      />
      <Section title="Phases">
        {detail.phases.length === 0 ? (
          <p className="text-sm text-soft">No source reports its pods.</p>
        ) : (
          <ol className="text-sm">
            {detail.phases.map((p, i) => {
              const until = detail.phases[i + 1]?.at;
              return (
                <li key={`${p.at} ${p.phase}`} className="flex justify-between gap-4 border-b py-1.5">
                  <Phase of={p.phase} />
                  <span className="text-right text-soft">
                    {formatMoment(p.at, zone, "second")}
                    {until !== undefined && <span className="text-faint"> · {formatSpan(until - p.at)}</span>}
                  </span>
                </li>
              );
            })}
          </ol>
        )}
      </Section>
    </div>
  );
}
