import type { Ctx } from "@/lib/ctx.ts";
import { countedPart } from "@/lib/insights/savings/counted.ts";
import { type Measured, measureSaving } from "@/lib/insights/savings/measure.ts";
import { listActions, loadDays, loadSubjects, type SavingsAction } from "@/lib/insights/savings/store.ts";
import { type Filters, findScope } from "@/lib/reports/read/scope.ts";
import type { Period } from "@/lib/reports/report.ts";
import { dateOf, dayKey } from "@/lib/time.ts";

/** `counting`: each day adds to it; `replaced`: a later record on the same subject took over; `expired`: its days are over. */
export type SavingState = "counting" | "replaced" | "expired";

/** What was done to save, with what it saved since. */
export interface Realised {
  readonly action: SavingsAction;
  readonly subject: string;
  readonly project: string;
  readonly state: SavingState;
  /** Null: no day after is charged yet, or nothing was charged before. */
  readonly measured: Measured | null;
  readonly daysAfter: number;
}

/** What was recorded until the end of a period on workloads and projects that the viewer may see whole, the newest first. */
export async function listRealised(ctx: Ctx, period: Period, filters: Filters): Promise<Realised[]> {
  const scope = await findScope(ctx, filters, "money");
  const today = dayKey(dateOf(ctx.now(), ctx.ledger.zone));
  const end = dayKey(dateOf(period.end - 1, ctx.ledger.zone));
  const all = await listActions(ctx.db);
  const subjects = await loadSubjects(ctx.db, all);
  const projectOf = (key: number) => subjects.get(`workload/${key}`)?.projectKey;
  const out: Realised[] = [];
  for (const action of all.filter((a) => a.actedDay <= end)) {
    const subject = subjects.get(`${action.subjectKind}/${action.subjectKey}`);
    const project = subject && scope.project(subject.projectKey);
    if (!subject || !project || !scope.opens(subject.projectKey)) continue;
    if (scope.projectKeys && !scope.projectKeys.includes(subject.projectKey)) continue;
    if (scope.clusterIds && !scope.clusterIds.has(project.clusterId)) continue;
    const counted = countedPart(action, all, projectOf);
    const { before, after } = await loadDays(ctx.db, action, counted, today);
    out.push({
      ...{ action, subject: subject.name, project: project.name },
      state: stateOf(action.expiresDay, counted.untilDay, today),
      ...{ measured: measureSaving(before, after), daysAfter: after.length },
    });
  }
  return out;
}

const stateOf = (expiresDay: number, untilDay: number, today: number): SavingState => {
  if (today >= expiresDay) return "expired";
  return untilDay < expiresDay ? "replaced" : "counting";
};
