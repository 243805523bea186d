import { columnsOf } from "@/db/columns-of.ts";
import { workloads } from "@/db/schema/index.ts";
import type { WorkloadIdentity } from "@/lib/attribution/types.ts";
import { type LabelHistory, type Labels, labelsOn } from "@/lib/sync/facts/label-history.ts";
import { addDays, type CalendarDay, dateOf, dayKey, type Instant } from "@/lib/time.ts";
import type { ChargedProject } from "./day.ts";

/** What a workload's identity is made of, of the table `workloads w`. */
export const IDENTITY = columnsOf(
  workloads,
  {
    key: "key",
    projectKey: "projectKey",
    clusterId: "clusterId",
    namespace: "namespace",
    user: "submittedBy",
    labels: "labels",
    history: "labelHistory",
  },
  "w",
);
export type IdentityRow = (typeof IDENTITY)["selects"];

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
