import { amountColumn, CURRENCY, textColumns } from "@/lib/reports/cost/cost-columns.ts";
import { project } from "@/lib/reports/filters.ts";
import { type Column, defineReport } from "@/lib/reports/report.ts";
import { dateOfKey } from "@/lib/time.ts";
import { listRealised } from "./realised.ts";

const date = (key: string): Column => ({ key, header: key, unit: "date" });

export const savings = defineReport({
  slug: "savings",
  group: "money",
  action: "findings.read",
  title: "Realised savings",
  description:
    "What was done to save in or before the period, and what it saved since, measured from charges: less work is no saving, and nothing counts after it expires.",
  empty: "Nothing is recorded. After acting on a recommendation, record it: ledger savings record.",
  parameters: { project },
  columns: [
    ...textColumns("saving", "kind", "subject_kind", "subject", "project"),
    date("acted_on"),
    date("expires_on"),
    ...textColumns("state"),
    CURRENCY,
    amountColumn("before_per_day", "Mean of the seven days before"),
    amountColumn("after", "Sum of the days after"),
    { key: "days_after", header: "days_after", unit: "count" },
    amountColumn("saved", "Below 0: it cost more; empty: no day after is charged yet, or nothing was charged before"),
    ...textColumns("note", "recorded_by"),
  ],
  async *load(ctx, period, parameters) {
    const rows = await listRealised(ctx, period, parameters);
    if (!rows.length) return;
    yield rows.map(({ action, subject, project, state, measured, daysAfter }) => ({
      ...{ saving: action.id, kind: action.kind, subject_kind: action.subjectKind, subject, project },
      ...{ acted_on: dateOfKey(action.actedDay), expires_on: dateOfKey(action.expiresDay), state },
      ...{ currency: ctx.ledger.currency, before_per_day: measured?.beforeMicros ?? null },
      ...{ after: measured?.afterMicros ?? null, days_after: daysAfter, saved: measured?.savedMicros ?? null },
      ...{ note: action.note || null, recorded_by: action.recordedBy },
    }));
  },
});
