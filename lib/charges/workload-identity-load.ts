import { sql } from "@/db/client.ts";
import type { WorkloadIdentity } from "@/lib/attribution/types.ts";
import { type LabelHistory, type Labels, labelsOn } from "@/lib/sync/facts/label-history.ts";
import { addDays, type CalendarDay, dateOf, dayKey, type Instant } from "@/lib/time.ts";
import type { ChargedProject } from "./day.ts";

/** What a workload's identity is made of, of the table `workloads w`. */
export const IDENTITY = sql.raw(`w.key, w.project_key as "projectKey", w.cluster_id as "clusterId", w.namespace,
  w.submitted_by as "user", w.labels, w.label_history as history`);

export interface IdentityRow {
  readonly key: number;
  readonly projectKey: number;
  readonly clusterId: string;
  readonly namespace: string;
  readonly user: string;
  readonly labels: string;
  readonly history: string;
}

/** What rules look at, as it was on a day. @param projects as they were then. */
export function identifier(
  projects: readonly ChargedProject[],
  { start }: Pick<CalendarDay, "start">,
): (row: IdentityRow) => WorkloadIdentity {
  const byKey = new Map(projects.map((p) => [p.key, p]));
  return ({ projectKey, clusterId, namespace, user, labels, history }) => {
    const { name: project = "", department = "" } = byKey.get(projectKey) ?? {};
    // A ledger of a version without their days has the newest alone.
    const ofDay =
      history === "{}" ? (JSON.parse(labels) as Labels) : labelsOn(JSON.parse(history) as LabelHistory, start);
    return { clusterId, namespace, project, department, user, labels: ofDay };
  };
}

/** Days from which on labels of a workload may be others than before, as keys. */
export function labelChanges({ history }: IdentityRow, zone: string): number[] {
  if (history === "{}") return [];
  const dayOf = (start: Instant) => dayKey(dateOf(start, zone));
  const spans = Object.values(JSON.parse(history) as LabelHistory).filter((values) => Object.keys(values).length > 1);
  return spans.flatMap((values) =>
    Object.values(values).flatMap(([first, last]) => [dayOf(first), addDays(dayOf(last), 1)]),
  );
}
