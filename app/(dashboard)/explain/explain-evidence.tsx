import { RowLink, Table, Td, Th } from "@/components/data-table.tsx";
import { formatGpus, formatMoment } from "@/components/format.ts";
import { href } from "@/components/href.ts";
import { Section } from "@/components/page-header.tsx";
import { Unknown } from "@/components/quantity.tsx";
import type { Explanation } from "@/lib/reports/explain/explain.ts";
import { dateOfKey } from "@/lib/time.ts";

type Evidence = NonNullable<Explanation["evidence"]>;

/** Where the workload ran, and what is wrong or missing there; its samples are one link away. */
export function ExplainEvidence({
  evidence,
  days,
  zone,
}: {
  evidence: Evidence;
  days: { readonly from: number; readonly until: number };
  zone: string;
}) {
  const samples = href(`/workloads/${evidence.workloadKey}`, { from: dateOfKey(days.from), to: dateOfKey(days.until) });
  return (
    <Section
      title="Intervals"
      note={evidence.levels.length ? `observed at level ${evidence.levels.join(", ")}` : "no sample covers it"}
      controls={
        <span className="text-xs">
          <RowLink to={samples}>Its samples</RowLink>
        </span>
      }
    >
      <Table label="Pods" dense>
        <thead>
          <tr>
            <Th>Pod</Th>
            <Th>Node</Th>
            <Th>From</Th>
            <Th>Until</Th>
            <Th right>GPUs</Th>
          </tr>
        </thead>
        <tbody>
          {evidence.intervals.map((i) => (
            <tr key={`${i.pod}/${i.start}`}>
              <Td>{i.pod}</Td>
              <Td>{i.node}</Td>
              <Td>{formatMoment(i.start, zone, "second")}</Td>
              <Td>{i.end === null ? "runs" : formatMoment(i.end, zone, "second")}</Td>
              <Td right>{i.gpuMilli === null ? <Unknown why="The pod names none" /> : formatGpus(i.gpuMilli)}</Td>
            </tr>
          ))}
        </tbody>
      </Table>
      {(evidence.findings.length > 0 || evidence.gaps.length > 0) && (
        <ul className="mt-4 text-sm">
          {evidence.findings.map((f) => (
            <li key={`${f.at}/${f.kind}/${f.detail}`} className="border-b py-1">
              {formatMoment(f.at, zone)} – {f.kind}: {f.detail}
            </li>
          ))}
          {evidence.gaps.map((g) => (
            <li key={`${g.start}/${g.end}/${g.cause}`} className="border-b py-1">
              Gap {formatMoment(g.start, zone)} – {formatMoment(g.end, zone)}: {g.cause} ({g.status})
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
