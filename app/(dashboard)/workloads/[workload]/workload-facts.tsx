import { Facts } from "@/components/facts.tsx";
import { formatGpus, formatMib, formatMoment, formatNumber, formatSpan } from "@/components/format.ts";
import { Section } from "@/components/page-header.tsx";
import { Unknown } from "@/components/quantity.tsx";
import type { WorkloadFacts } from "@/lib/pages/workload.ts";

function imagesOf(text: string): string {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed.join(", ") : "";
  } catch {
    return text;
  }
}

/** What the scheduler says about it. */
export function WorkloadFactList({ facts, zone }: { facts: WorkloadFacts; zone: string }) {
  const at = (instant: number | null) =>
    instant === null ? <Unknown why="Not yet, or no source says" /> : formatMoment(instant, zone);
  const span = (seconds: number | null) => (seconds === null ? <Unknown /> : formatSpan(seconds));
  const text = (value: string) => value || <Unknown />;
  return (
    <Section title="Facts" note="from the scheduler">
      <Facts
        items={[
          ["Cluster", facts.cluster],
          ["Project", text(facts.project)],
          ["Department", text(facts.department)],
          ["Namespace", text(facts.namespace)],
          ["Submitted by", text(facts.user)],
          ["Priority", text(facts.priorityClass)],
          ["Pre-emptible", facts.preemptible === null ? <Unknown key="p" /> : facts.preemptible ? "yes" : "no"],
          ["Node pool", text(facts.nodePool)],
          ["GPUs requested", formatGpus(facts.gpuRequestMilli)],
          ["GPU memory requested", formatMib(facts.gpuMemoryRequestMib)],
          [
            "CPU requested",
            facts.cpuRequestMilli === null ? (
              <Unknown key="c" />
            ) : (
              `${formatNumber(facts.cpuRequestMilli / 1000, 1)} cores`
            ),
          ],
          ["Memory requested", formatMib(facts.cpuMemoryRequestMib)],
          ["Created", at(facts.createdAt)],
          ["Completed", at(facts.completedAt)],
          ["Deleted", at(facts.deletedAt)],
          ["Waited", span(facts.pendingSeconds)],
          ["Ran", span(facts.runningSeconds)],
          ["Image", text(imagesOf(facts.images))],
          [
            "Id",
            <code key="id" className="font-mono text-xs">
              {facts.id}
            </code>,
          ],
        ]}
      />
    </Section>
  );
}
