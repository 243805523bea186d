import { headline } from "@/app/(dashboard)/findings/columns.tsx";
import { DisputeForm } from "@/app/(dashboard)/findings/dispute-form.tsx";
import { formatGpuHours, formatGpus, formatSpan } from "@/components/format.ts";
import { href } from "@/components/href.ts";
import {
  count,
  drawn,
  gpuHoursField,
  gpusField,
  instantField,
  moneyIn,
  text,
  textField,
} from "@/components/tables/columns.ts";
import type { TableColumn } from "@/components/tables/view.ts";
import { Guarded } from "@/components/ui/panel.tsx";
import type { FindingRow } from "@/lib/insights/findings/types.ts";

/** Suspicious workloads as their page shows them, and as their file has them. */
export const suspiciousColumns = (
  currency: string,
  actable: ReadonlySet<string>,
): readonly TableColumn<FindingRow>[] => [
  text("finding", "Finding", (f) => f.ruleTitle, {
    link: (f, { carry }) => href(`/findings/${f.id}`, carry),
    note: (f, { now }) => `${f.state}, ${formatSpan(Math.max(0, now - f.sinceAt))}`,
    fields: [
      ...[textField<FindingRow>("finding", (f) => f.id), textField<FindingRow>("rule", (f) => f.rule)],
      ...[textField<FindingRow>("state", (f) => f.state), instantField<FindingRow>("since", (f) => f.sinceAt)],
    ],
  }),
  text("evidence", "What speaks for it", headline, {
    ...{ look: ["wide"], order: false },
    cell: (f) => <Evidence of={f} />,
    fields: [textField("evidence", (f) => f.evidence.map((e) => `${e.text} (${e.points})`).join(" "))],
  }),
  count("points", "Points", (f) => f.points, { title: "Points of evidence, all added up" }),
  text("workload", "Workload", (f) => f.name, {
    look: ["cut"],
    link: (f, { carry }) => (f.workloadKey ? href(`/workloads/${f.workloadKey}`, carry) : null),
    note: (f) => [f.user, f.project, f.team].filter(Boolean).join(" · "),
    fields: [
      ...[textField<FindingRow>("workload", (f) => f.name), textField<FindingRow>("project", (f) => f.project)],
      ...[textField<FindingRow>("user", (f) => f.user), textField<FindingRow>("team", (f) => f.team)],
    ],
  }),
  moneyIn(currency)("cost", "Lost", (f: FindingRow) => f.costMicros, {
    unknown: "Not priced, or nothing lost",
    note: (f) => (f.lostMilli > 0 ? `${formatGpuHours(f.lostMilli)} GPU-h` : null),
  }),
  moneyIn(currency)("hour", "An hour", (f: FindingRow) => f.hourMicros, {
    ...{ lead: true, unknown: "Nothing now, or no price" },
    toneOf: (f) => (f.hourMicros && f.state === "open" ? "warn" : undefined),
    note: (f) => (f.nowMilli ? `${formatGpus(f.nowMilli)} ${f.nowMilli === 1000 ? "GPU" : "GPUs"}` : null),
  }),
  drawn("answer", "Answer", (f) => (actable.has(f.id) ? <Answer to={f} /> : <span className="text-faint">–</span>)),
  // What only the file has.
  drawn("file", "File", () => null, {
    ...{ extra: true },
    fields: [
      gpusField<FindingRow>("gpus", (f) => f.nowMilli / 1000),
      gpuHoursField<FindingRow>("lost_gpu_hours", (f) => f.lostMilli),
    ],
  }),
];

/** Every piece of evidence with the points that it adds. */
function Evidence({ of }: { of: FindingRow }) {
  return (
    <ul className="grid gap-0.5 text-xs">
      {of.evidence.map((e) => (
        <li key={`${e.kind} ${e.text}`} className="flex justify-between gap-x-3">
          <span>{e.text}</span>
          {e.points > 0 && (
            <span className="text-faint tabular-nums" title={`${e.points} of ${of.points} points`}>
              +{e.points}
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

/** What its owner says of it; the page of the finding has all answers. */
function Answer({ to }: { to: FindingRow }) {
  if (to.state === "disputed") return <span className="text-xs text-faint">waits for an administrator</span>;
  return (
    <Guarded label="Answer">
      <DisputeForm finding={to.id} label="Send answer" />
    </Guarded>
  );
}
