import { formatMoment } from "@/components/format.ts";
import { href } from "@/components/href.ts";
import { Section } from "@/components/page-header.tsx";
import { gpus, instant, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import { TextLink } from "@/components/ui/text-link.tsx";
import type { Explanation } from "@/lib/reports/explain/explain.ts";
import { dateOfKey } from "@/lib/time.ts";

type Evidence = NonNullable<Explanation["evidence"]>;

type Ran = Evidence["intervals"][number];
const COLUMNS: readonly TableColumn<Ran>[] = [
  text("pod", "Pod", (i) => i.pod),
  text("node", "Node", (i) => i.node),
  instant("from", "From", (i) => i.start, { cell: (i, { zone }) => formatMoment(i.start, zone, "second") }),
  instant("until", "Until", (i) => i.end, {
    cell: (i, { zone }) => (i.end === null ? "running" : formatMoment(i.end, zone, "second")),
  }),
  gpus("gpus", "GPUs", (i) => (i.gpuMilli === null ? null : i.gpuMilli / 1000), {
    ...{ lead: true, unknown: "The pod names no number of GPUs" },
  }),
];

/** Where the workload ran, and what is wrong or missing there; its samples are one link away. */
export function ExplainEvidence({
  evidence,
  days,
  zone,
  samples: maySee,
}: {
  evidence: Evidence;
  days: { readonly from: number; readonly until: number };
  zone: string;
  /** The reader may see how the workload used its GPUs. */
  samples: boolean;
}) {
  const samples = href(`/workloads/${evidence.workloadKey}`, { from: dateOfKey(days.from), to: dateOfKey(days.until) });
  return (
    <Section
      title="Intervals"
      note={evidence.levels.length ? `observed at level ${evidence.levels.join(", ")}` : "no sample covers it"}
      controls={
        maySee && (
          <span className="text-xs">
            <TextLink to={samples}>Its samples</TextLink>
          </span>
        )
      }
    >
      <DataTable view={plainView("Pods", COLUMNS, { zone, now: 0, carry: {} })} rows={evidence.intervals} />
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
