import { formatDay } from "@/components/format.ts";
import { href } from "@/components/href.ts";
import { drawn, gpus, moneyIn, percent, text, textField } from "@/components/tables/columns.ts";
import type { TableColumn } from "@/components/tables/view.ts";
import type { Recommended } from "@/lib/reports/insights/recommended.ts";
import { dateOf, dayKey } from "@/lib/time.ts";
import { Decide } from "./decide.tsx";
import { kindText } from "./kinds.ts";

interface Acts {
  /** Whether the viewer may record what was done. */
  readonly records: boolean;
  readonly today: number;
  readonly zone: string;
}

/** Names each row of a list. */
export const keyOfAdvice = (r: Recommended): string => `${r.workloadId} ${r.gpuModel} ${r.kind}`;

/** Advice as its page shows it, and as its file has it. */
export const adviceColumns = (currency: string, acts: Acts): readonly TableColumn<Recommended>[] => [
  text("workload", "Workload", (r) => r.workload, {
    look: ["cut"],
    link: (r, { carry }) => (r.uses.length === 1 ? href(`/workloads/${r.uses[0]?.workloadKey}`, carry) : null),
    note: (r) => r.gpuModel,
    fields: [
      textField("workload_id", (r) => r.workloadId),
      textField("workload", (r) => r.workload),
      textField("gpu_model", (r) => r.gpuModel),
    ],
  }),
  text("team", "Team", (r) => r.team, {
    ...{ look: ["cut"], unknown: "Not charged yet" },
    note: (r) => [r.user || "no user named", r.project].join(" · "),
    fields: [
      textField("team", (r) => r.team),
      textField("user", (r) => r.user),
      textField("project", (r) => r.project),
    ],
  }),
  text("advice", "Advice", (r) => r.title, {
    ...{ look: ["wide"], note: (r) => r.evidence, title: "With what was measured" },
    fields: [
      textField("kind", (r) => r.kind),
      textField("advice", (r) => r.title),
      textField("evidence", (r) => r.evidence),
    ],
  }),
  text("kind", "Kind", (r) => kindText(r.kind), { extra: true, fields: [] }),
  gpus("held", "Held", (r) => heldMilli(r) / 1000, { title: "The most GPUs at one instant", extra: true }),
  moneyIn(currency)("saving", "Saving", (r: Recommended) => r.savingMicros, {
    ...{ lead: true, total: true, unknown: "It would have cost more" },
    title: "Of what was spent in the period, at the prices in force",
  }),
  moneyIn(currency)("spent", "Spent", (r: Recommended) => r.spentMicros, { total: true }),
  text("confidence", "Confidence", (r) => r.confidence, {
    ...{ look: ["whole"], note: (r) => `${Math.floor(r.coveragePercent)} % observed` },
  }),
  percent("coverage", "Observed", (r) => r.coveragePercent, { extra: true, header: "coverage_percent" }),
  text("state", "State", stateOf, {
    note: (r, { zone }) => (r.dismissed ? `until ${dayText(r.dismissed.untilAt, zone)}: ${r.dismissed.reason}` : null),
    fields: [
      textField("state", (r) => (r.running ? "running" : "ended")),
      textField("decision", (r) => (r.recorded ? "recorded" : r.dismissed ? "dismissed" : "")),
      textField("reason", (r) => r.dismissed?.reason ?? ""),
    ],
  }),
  ...(acts.records
    ? [drawn<Recommended>("decide", "Done?", (r) => <Decide of={r} id={idOf(r)} today={acts.today} zone={acts.zone} />)]
    : []),
];

const heldMilli = (r: Recommended): number => r.uses.reduce((sum, u) => sum + u.allocatedPeakMilli, 0);

function stateOf(r: Recommended): string {
  if (r.recorded) return `done on ${formatDay(r.recorded.actedDay)}`;
  if (r.dismissed) return "dismissed";
  return r.running ? "running" : "ended";
}

const dayText = (at: number, zone: string): string => formatDay(dayKey(dateOf(at, zone)));

/** Letters that may stand in the id of an element. */
const idOf = (r: Recommended): string =>
  `${r.uses[0]?.workloadKey ?? 0}-${r.kind}-${r.gpuModel.replace(/[^a-z0-9]+/gi, "-")}`;
