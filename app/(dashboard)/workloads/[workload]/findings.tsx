import { formatMoment, formatSpan } from "@/components/format.ts";
import { Section } from "@/components/page-header.tsx";
import type { WorkloadDetail } from "@/lib/pages/workload.ts";

/** What did not square, and what did not come. Nothing is shown when all is well. */
export function Findings({ detail, zone }: { detail: WorkloadDetail; zone: string }) {
  if (!detail.findings.length && !detail.gaps.length) return null;
  return (
    <Section title="Findings">
      <ul className="text-sm">
        {detail.findings.map((f) => (
          <li
            key={`${f.bucketAt} ${f.kind} ${f.detail}`}
            className="flex flex-wrap justify-between gap-x-6 border-b py-1.5"
          >
            <span>
              <span className="font-medium">{f.kind.replaceAll("-", " ")}</span>{" "}
              <span className="text-soft">{f.detail}</span>
            </span>
            <span className="text-faint">{formatMoment(f.bucketAt, zone)}</span>
          </li>
        ))}
        {detail.gaps.map((g) => (
          <li key={`${g.source} ${g.startAt}`} className="flex flex-wrap justify-between gap-x-6 border-b py-1.5">
            <span>
              <span className="font-medium">gap, {g.status}</span>{" "}
              <span className="text-soft">
                {g.source} gave nothing for {formatSpan(g.endAt - g.startAt)}: {g.cause}
              </span>
            </span>
            <span className="text-faint">{formatMoment(g.startAt, zone)}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
