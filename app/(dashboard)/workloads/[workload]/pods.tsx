import { Table, Td, Th } from "@/components/data-table";
import { formatGpus, formatMoment, formatNumber, formatSpan } from "@/components/format";
import { Section } from "@/components/page-header";
import { Phase } from "@/components/phase";
import { Unknown } from "@/components/quantity";
import type { WorkloadDetail } from "@/lib/reports/pages/workload";

/** Its pods, whose times are what is billed, and the phases it went through. */
export function Pods({ detail, now, zone }: { detail: WorkloadDetail; now: number; zone: string }) {
  return (
    <div className="mt-10 grid grid-cols-1 gap-x-12 gap-y-10 xl:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
      <Section
        title="Pods"
        note={`${formatNumber(detail.podCount)}${detail.podCount > detail.pods.length ? `, the newest ${detail.pods.length} shown` : ""}`}
      >
        {detail.pods.length === 0 ? (
          <p className="text-sm text-soft">No pod of it is known.</p>
        ) : (
          <Table label="Pods" dense>
            <thead>
              <tr>
                <Th>Pod</Th>
                <Th>Node</Th>
                <Th>Phase</Th>
                <Th right>GPUs</Th>
                <Th right>Started</Th>
                <Th right>Held for</Th>
              </tr>
            </thead>
            <tbody>
              {detail.pods.map((pod) => (
                <tr key={pod.id}>
                  <Td className="max-w-60 truncate">
                    <span title={pod.name}>{pod.name}</span>
                  </Td>
                  <Td>{pod.node || <Unknown why="Not placed on a node" />}</Td>
                  <Td>
                    <Phase of={pod.phase} />
                  </Td>
                  <Td right>{formatGpus(pod.gpuMilli)}</Td>
                  <Td right>
                    {pod.startedAt === null ? <Unknown why="Never started" /> : formatMoment(pod.startedAt, zone)}
                  </Td>
                  <Td right>
                    {pod.startedAt === null ? (
                      <Unknown why="Never started" />
                    ) : (
                      formatSpan(Math.min(pod.endedAt, now) - pod.startedAt)
                    )}
                    {pod.startedAt !== null && pod.endedAt > now && <span className="text-faint"> so far</span>}
                  </Td>
                </tr>
              ))}
            </tbody>
          </Table>
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
