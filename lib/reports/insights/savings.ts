import { countedPart } from "@/lib/insights/savings/counted.ts";
import { measureSaving } from "@/lib/insights/savings/measure.ts";
import { listActions, loadDays, loadSubjects } from "@/lib/insights/savings/store.ts";
import { amountColumn, CURRENCY, textColumns } from "@/lib/reports/cost/cost-columns.ts";
import { project } from "@/lib/reports/filters.ts";
import { findScope } from "@/lib/reports/read/scope.ts";
import { type Column, defineReport, type Row } from "@/lib/reports/report.ts";
import { dateOf, dateOfKey, dayKey } from "@/lib/time.ts";

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
    const scope = await findScope(ctx, parameters, "money");
    const today = dayKey(dateOf(ctx.now(), ctx.ledger.zone));
    const end = dayKey(dateOf(period.end - 1, ctx.ledger.zone));
    const all = await listActions(ctx.db);
    const actions = all.filter((a) => a.actedDay <= end);
    const subjects = await loadSubjects(ctx.db, all);
    const projectOf = (key: number) => subjects.get(`workload/${key}`)?.projectKey;
    const rows: Row[] = [];
    for (const action of actions) {
      const subject = subjects.get(`${action.subjectKind}/${action.subjectKey}`);
      if (!subject || !scope.opens(subject.projectKey)) continue;
      if (scope.projectKeys && !scope.projectKeys.includes(subject.projectKey)) continue;
      const counted = countedPart(action, all, projectOf);
      const { before, after } = await loadDays(ctx.db, action, counted, today);
      const measured = measureSaving(before, after);
      rows.push({
        ...{ saving: action.id, kind: action.kind, subject_kind: action.subjectKind, subject: subject.name },
        ...{ project: scope.project(subject.projectKey)?.name ?? "", acted_on: dateOfKey(action.actedDay) },
        ...{ expires_on: dateOfKey(action.expiresDay), state: stateOf(action.expiresDay, counted.untilDay, today) },
        ...{ currency: ctx.ledger.currency, before_per_day: measured?.beforeMicros ?? null },
        ...{ after: measured?.afterMicros ?? null, days_after: after.length, saved: measured?.savedMicros ?? null },
        ...{ note: action.note || null, recorded_by: action.recordedBy },
      });
    }
    if (rows.length) yield rows;
  },
});

/** A later record on the same subject takes over before it expires. */
const stateOf = (expiresDay: number, untilDay: number, today: number): string => {
  if (today >= expiresDay) return "expired";
  return untilDay < expiresDay ? "replaced" : "counting";
};
