import { formatGpuHours, formatSpan } from "@/components/format.ts";
import { href } from "@/components/href.ts";
import { count, gpuHours, gpus, instant, moneyIn, text, textField } from "@/components/tables/columns.ts";
import type { TableColumn } from "@/components/tables/view.ts";
import type { FindingRow } from "@/lib/insights/findings/types.ts";

/** What a finding says, in short: its first evidence. */
export const headline = (f: FindingRow): string => f.evidence[0]?.text ?? "";

/** Findings as their list shows them. The file of the API has more columns. */
export const findingColumns = (currency: string): readonly TableColumn<FindingRow>[] => [
  text("finding", "Finding", (f) => f.ruleTitle, {
    link: (f, { carry }) => href(`/findings/${f.id}`, carry),
    note: (f) => headline(f),
    look: ["wide"],
    fields: [textField("finding", (f) => f.id), textField("rule", (f) => f.rule), textField("evidence", headline)],
  }),
  text("subject", "Workload", (f) => f.name, {
    look: ["cut"],
    link: (f, { carry }) => (f.workloadKey ? href(`/workloads/${f.workloadKey}`, carry) : null),
    note: (f) => [f.project, f.user].filter(Boolean).join(" · "),
    fields: [
      textField("workload", (f) => f.name),
      textField("project", (f) => f.project),
      textField("user", (f) => f.user),
    ],
  }),
  text("team", "Team", (f) => f.team, { look: ["cut"], unknown: "Not charged yet" }),
  text("state", "State", (f) => f.state),
  instant("since", "Since", (f) => f.sinceAt, {
    look: ["whole"],
    note: (f, { now }) => formatSpan(Math.max(0, (f.resolvedAt ?? now) - f.sinceAt)),
  }),
  gpus("gpus", "GPUs", (f) => (f.nowMilli ? f.nowMilli / 1000 : null), { unknown: "Nothing now" }),
  count("points", "Points", (f) => f.points, { extra: true, title: "Points of evidence" }),
  gpuHours("lost", "Lost GPU-h", (f) => f.lostMilli, { extra: true }),
  moneyIn(currency)("cost", "Lost", (f: FindingRow) => f.costMicros, {
    unknown: "Not priced, or nothing lost",
    note: (f) => (f.lostMilli > 0 ? `${formatGpuHours(f.lostMilli)} GPU-h` : null),
  }),
  moneyIn(currency)("hour", "An hour", (f: FindingRow) => f.hourMicros, {
    ...{ lead: true, unknown: "Nothing now, or no price" },
    toneOf: (f) => (f.hourMicros && f.state === "open" ? "warn" : undefined),
  }),
];
