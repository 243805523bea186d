import type { PageInput } from "@/app/page-input.ts";
import { ColumnTable } from "@/components/column-table.tsx";
import { formatMoment, formatNumber, formatSpan } from "@/components/format.ts";
import { href, travelling } from "@/components/href.ts";
import { Section } from "@/components/page-header.tsx";
import { Phase } from "@/components/phase.tsx";
import { TableTools } from "@/components/table-tools.tsx";
import { sortRows, type TableView } from "@/components/table-view.ts";
import type { PodRow, WorkloadDetail } from "@/lib/pages/workload.ts";

interface PodsProps {
  readonly detail: WorkloadDetail;
  readonly input: PageInput;
  readonly view: TableView<PodRow>;
  readonly path: string;
}

/** Its pods, whose times are what is billed, and the phases it went through. */
export function Pods({ detail, input, view, path }: PodsProps) {
  const { zone } = input;
  return (
    <div className="mt-10 grid grid-cols-1 gap-x-12 gap-y-10 xl:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
      <Section
        title="Pods"
        note={`${formatNumber(detail.podCount)}${detail.podCount > detail.pods.length ? `, the newest ${detail.pods.length} shown` : ""}`}
        controls={
          <span className="flex gap-2">
            <TableTools view={view} csv={href(`${path}/download`, input.params)} label="CSV of the pods" />
          </span>
        }
      >
        {detail.pods.length === 0 ? (
          <p className="text-sm text-soft">No pod of it is known.</p>
        ) : (
          <ColumnTable
            label="Pods"
            dense
            view={view}
            rows={sortRows(detail.pods, view)}
            keyOf={(pod) => pod.id}
            look={{ zone: input.zone, now: input.now, carry: travelling(input.params) }}
            path={path}
            params={input.params}
          />
        )}
      </Section>
      <Section title="Phases">
        {detail.phases.length === 0 ? (
          <p className="text-sm text-soft">No source tells its history.</p>
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
