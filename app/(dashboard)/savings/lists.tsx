import { kindText } from "@/app/(dashboard)/rightsizing/kinds.ts";
import { wholeDays } from "@/app/(dashboard)/rightsizing/query.ts";
import type { PageInput } from "@/app/page-input.ts";
import { readView, tableNames } from "@/app/table-input.ts";
import { formatDay } from "@/components/format.ts";
import { TRAVELLING } from "@/components/href.ts";
import { count, day, drawn, moneyIn, text, textField } from "@/components/tables/columns.ts";
import type { Listed } from "@/components/tables/list.tsx";
import { sortRows, type TableColumn } from "@/components/tables/view.ts";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { mayDo } from "@/lib/auth/allow.ts";
import { KINDS } from "@/lib/insights/rightsizing/types.ts";
import { listRealised, type Realised } from "@/lib/reports/insights/realised.ts";
import { isUndecided, listRecommended, type Recommended } from "@/lib/reports/insights/recommended.ts";
import { withdraw } from "./actions.ts";

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
  /** Advice that nobody decided about; null for people who may not see how workloads use GPUs. */
  readonly advice: readonly Recommended[] | null;
  readonly realised: Listed<Realised>;
  /** What the form to record something is filled with. */
  readonly asked: { readonly kind: string; readonly subjectKind: "workload" | "project"; readonly subject: string };
}

/** The page Savings as its address asks for it. */
export async function readSavings(input: PageInput): Promise<SavingsPage> {
  const { ctx, address, params, cluster } = input;
  const period = wholeDays(input);
  address.only([...TRAVELLING, ...tableNames("done-"), "workload", "project", "kind"]);
  const records = mayDo(ctx.viewer, "savings.record");
  const { currency } = ctx.ledger;
  const filters = cluster === undefined ? {} : { cluster };
  const view = readView(input, realisedColumns(currency, records), {
    ...{ label: "Realised savings", path: "/savings", prefix: "done-", list: "savings" },
  });
  const kind = address.word("kind", [...KINDS, "other"], "Choose what was done") ?? "";
  const subjectKind = params.project ? "project" : "workload";
  const [advice, realised] = await Promise.all([
    mayDo(ctx.viewer, "workloads.read") ? listRecommended(ctx, period, filters) : null,
    listRealised(ctx, period, filters),
  ]);
  return {
    advice: advice?.filter(isUndecided) ?? null,
    realised: { view, rows: sortRows(realised, view) },
    asked: { kind, subjectKind, subject: (params[subjectKind] ?? "").slice(0, 200) },
  };
}
