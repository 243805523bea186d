import { addDays } from "@/lib/time.ts";

/** Days that are compared before an action. */
export const DAYS_BEFORE = 7;

/** What of an action counts, so that nothing is saved twice. */
export interface Counted {
  /** Day key: from it on another action on the same subject counts, or it expires. */
  readonly untilDay: number;
  /** Of an action on a project: its workloads with an action of their own in the same time. */
  readonly withoutWorkloads: readonly number[];
}

/** What was done, as it is recorded. Days are day keys. */
interface Action {
  readonly id: string;
  readonly subjectKind: string;
  readonly subjectKey: number;
  readonly actedDay: number;
  readonly expiresDay: number;
  readonly recordedAt: number;
}

/**
 * Which days and workloads an action is measured by. A later action on the same subject takes over on its day; of two on the same
 * day the one recorded first counts. A project is measured without the workloads that are measured for themselves.
 * @param all every action that was not withdrawn, the action included. @param projectOf the project of a workload by its key.
 */
export function countedPart(
  action: Action,
  all: readonly Action[],
  projectOf: (workloadKey: number) => number | undefined,
): Counted {
  const others = all.filter((a) => a.id !== action.id);
  const same = others.filter((a) => a.subjectKind === action.subjectKind && a.subjectKey === action.subjectKey);
  const replacing = same.filter((a) => replaces(a, action)).map((a) => a.actedDay);
  const untilDay = Math.min(action.expiresDay, ...replacing);
  const begin = (a: Action) => addDays(a.actedDay, -DAYS_BEFORE);
  const withoutWorkloads =
    action.subjectKind === "project"
      ? others.flatMap((a) =>
          a.subjectKind === "workload" &&
          projectOf(a.subjectKey) === action.subjectKey &&
          begin(a) < action.expiresDay &&
          begin(action) < a.expiresDay
            ? [a.subjectKey]
            : [],
        )
      : [];
  return { untilDay, withoutWorkloads: [...new Set(withoutWorkloads)] };
}

/** Whether an action on the same subject takes over from another. */
function replaces(a: Action, other: Action): boolean {
  if (a.actedDay !== other.actedDay) return a.actedDay > other.actedDay;
  return a.recordedAt !== other.recordedAt ? a.recordedAt < other.recordedAt : a.id < other.id;
}
