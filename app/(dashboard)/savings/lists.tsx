import type { PageInput } from "@/app/page-input.ts";
import { readView, tableNames } from "@/app/table-input.ts";
import { formatDay } from "@/components/format.ts";
import { href, TRAVELLING } from "@/components/href.ts";
import { count, day, drawn, moneyIn, percent, text, textField } from "@/components/tables/columns.ts";
import type { Listed } from "@/components/tables/list.tsx";
import { sortRows, type TableColumn } from "@/components/tables/view.ts";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { TextLink } from "@/components/ui/text-link.tsx";
import { mayDo } from "@/lib/auth/allow.ts";
import { KINDS } from "@/lib/insights/rightsizing/types.ts";
import { own } from "@/lib/order.ts";
import { daysOfPeriod } from "@/lib/pages/teams.ts";
import { listRealised, type Realised } from "@/lib/reports/insights/realised.ts";
import { listRecommended, type Recommended } from "@/lib/reports/insights/recommended.ts";
import type { Period } from "@/lib/reports/report.ts";
import { addDays, dayOfKey } from "@/lib/time.ts";
import { withdraw } from "./actions.ts";

const KIND_WORDS: Readonly<Record<string, string>> = {
  terminate: "Stop",
  downsize: "Fewer GPUs",
  "smaller-card": "Smaller GPU",
  fraction: "Part of a GPU",
  consolidate: "Share cards",
  spot: "Preemptible",
  upsize: "More memory",
  other: "Other",
};
export const kindText = (kind: string): string => own(KIND_WORDS, kind) ?? kind;

const adviceColumns = (currency: string, records: boolean): readonly TableColumn<Recommended>[] => [
  text("workload", "Workload", (r) => r.workload, {
    look: ["cut"],
    link: (r, { carry }) => (r.uses.length === 1 ? href(`/workloads/${r.uses[0]?.workloadKey}`, carry) : null),
    note: (r) => `${r.project} · ${r.user || "no user named"}`,
    fields: [
      textField("workload_id", (r) => r.workloadId),
      textField("workload", (r) => r.workload),
      textField("project", (r) => r.project),
      textField("user", (r) => r.user),
      textField("gpu_model", (r) => r.gpuModel),
    ],
  }),
  text("advice", "Advice", (r) => r.title, {
    look: ["wide"],
    note: (r) => r.evidence,
    fields: [
      textField("kind", (r) => r.kind),
      textField("advice", (r) => r.title),
      textField("evidence", (r) => r.evidence),
    ],
  }),
  moneyIn(currency)("saving", "Saving", (r: Recommended) => r.savingMicros, {
    ...{ lead: true, total: true, unknown: "It would have cost more" },
    title: "Of what was spent in the period",
  }),
  moneyIn(currency)("spent", "Spent", (r: Recommended) => r.spentMicros, { total: true }),
  text("confidence", "Confidence", (r) => r.confidence, {
    look: ["whole"],
    note: (r) => `${Math.round(r.coveragePercent)} % observed`,
  }),
  percent("coverage", "Observed", (r) => r.coveragePercent, { extra: true, header: "coverage_percent" }),
  text("state", "State", (r) => (r.running ? "running" : "ended"), { extra: true }),
  ...(records
    ? [
        drawn<Recommended>(
          "record",
          "Done?",
          // More memory saves nothing that could be measured.
          (r, { carry }) =>
            r.kind === "upsize" ? null : (
              <TextLink to={`${href("/savings", { ...carry, ...subjectOf(r), kind: r.kind })}#record`}>
                Record it
              </TextLink>
            ),
          { look: ["whole"] },
        ),
      ]
    : []),
];

/** What a record of a recommendation is about: its workload, or of several their project. */
const subjectOf = (r: Recommended) =>
  r.uses.length === 1 ? { workload: r.workloadId } : { project: r.project.split("; ")[0] };

const realisedColumns = (currency: string, records: boolean): readonly TableColumn<Realised>[] => [
  text("subject", "What", (r) => r.subject, {
    look: ["cut"],
    note: (r) => (r.action.subjectKind === "workload" ? r.project : "project"),
    fields: [
      textField("saving", (r) => r.action.id),
      textField("subject_kind", (r) => r.action.subjectKind),
      textField("subject", (r) => r.subject),
      textField("project", (r) => r.project),
    ],
  }),
  text("kind", "Act", (r) => r.action.kind, {
    cell: (r) => kindText(r.action.kind),
    note: (r) => r.action.note || null,
  }),
  day("acted", "On", (r) => r.action.actedDay, {
    look: ["whole"],
    header: "acted_on",
    note: (r) => `by ${r.action.recordedBy}`,
  }),
  moneyIn(currency)("before", "A day before", (r: Realised) => r.measured?.beforeMicros ?? null, {
    ...{ header: "before_per_day", title: "Mean of the seven days before", unknown: "Nothing was charged before" },
  }),
  moneyIn(currency)("after", "Cost since", (r: Realised) => r.measured?.afterMicros ?? null, {
    ...{ extra: true, unknown: "No day after is charged yet" },
  }),
  count("days", "Days since", (r) => r.daysAfter, { header: "days_after", title: "Days that are known and count" }),
  moneyIn(currency)("saved", "Saved", (r: Realised) => r.measured?.savedMicros ?? null, {
    ...{ lead: true, total: true, change: true, unknown: "No day after is charged yet" },
  }),
  text("state", "State", (r) => r.state, {
    note: (r) => (r.state === "counting" ? `until ${formatDay(r.action.expiresDay)}` : null),
  }),
  ...(records
    ? [
        drawn<Realised>("withdraw", "", (r) => (
          <ActionForm action={withdraw} label="Withdraw" look="quiet" fields={{ saving: r.action.id }} />
        )),
      ]
    : []),
];

export interface SavingsPage {
  /** Null for people who may not see how workloads use GPUs. */
  readonly advice: Listed<Recommended> | null;
  readonly realised: Listed<Realised>;
  /** What the form to record something is filled with. */
  readonly asked: { readonly kind: string; readonly subjectKind: "workload" | "project"; readonly subject: string };
}

/** The page Savings as its address asks for it. */
export async function readSavings(input: PageInput): Promise<SavingsPage> {
  const { ctx, address, params, cluster } = input;
  const period = wholeDays(input);
  address.only([...TRAVELLING, ...tableNames(), ...tableNames("done-"), "workload", "project", "kind"]);
  const records = mayDo(ctx.viewer, "savings.record");
  const { currency } = ctx.ledger;
  const filters = cluster === undefined ? {} : { cluster };
  const views = {
    advice: readView(input, adviceColumns(currency, records), {
      ...{ label: "Right-sizing", path: "/savings", list: "right-sizing" },
    }),
    realised: readView(input, realisedColumns(currency, records), {
      ...{ label: "Realised savings", path: "/savings", prefix: "done-", list: "savings" },
    }),
  };
  const kind = address.word("kind", [...KINDS, "other"], "Choose what was done") ?? "";
  const subjectKind = params.project ? "project" : "workload";
  const [advice, realised] = await Promise.all([
    mayDo(ctx.viewer, "workloads.read") ? listRecommended(ctx, period, filters) : null,
    listRealised(ctx, period, filters),
  ]);
  return {
    advice: advice && { view: views.advice, rows: sortRows(advice, views.advice) },
    realised: { view: views.realised, rows: sortRows(realised, views.realised) },
    asked: { kind, subjectKind, subject: (params[subjectKind] ?? "").slice(0, 200) },
  };
}

/** The period by the whole days that it touches: cost is kept by day. */
function wholeDays({ period, billingZone: zone }: PageInput): Period {
  const days = daysOfPeriod(period, zone);
  const [start, end] = [dayOfKey(days.from, zone).start, dayOfKey(addDays(days.until, -1), zone).end];
  return { ...period, start, end, days };
}
