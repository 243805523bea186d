import { type Reader, sql } from "@/db/client.ts";
import { insightExceptions } from "@/db/schema/index.ts";
import { listActions, type SavingsAction } from "@/lib/insights/savings/store.ts";
import type { Instant } from "@/lib/time.ts";
import { ADVICE } from "./types.ts";

/** Advice that somebody said not to follow, until an instant. */
export interface Dismissal {
  readonly id: string;
  readonly workloadId: string;
  readonly reason: string;
  readonly by: string;
  readonly untilAt: Instant;
}

/** What people decided about the advice on workloads. */
export interface Decisions {
  /** In force, by the id of the workload. */
  readonly dismissed: ReadonlyMap<string, Dismissal>;
  /** Records that still count, by what was done and the kind and key of what they are about: `spot/workload/7`. */
  readonly recorded: ReadonlyMap<string, SavingsAction>;
}

/** Dismissals in force about workloads; the one that ends last where there are several. */
export function listDismissals(db: Reader, now: Instant): Promise<Dismissal[]> {
  return db.all<Dismissal>(sql`select id as "id", pattern as "workloadId", reason as "reason", created_by as "by",
    expires_at as "untilAt" from ${insightExceptions}
    where rule = ${ADVICE} and kind = 'workload' and expires_at > ${now} order by expires_at, id`);
}

/** @param today day key of the present day. */
export async function loadDecisions(db: Reader, now: Instant, today: number): Promise<Decisions> {
  const [dismissals, actions] = await Promise.all([listDismissals(db, now), listActions(db)]);
  const counting = actions.filter((a) => a.expiresDay > today).reverse();
  return {
    dismissed: new Map(dismissals.map((d) => [d.workloadId, d])),
    recorded: new Map(counting.map((a) => [`${a.kind}/${a.subjectKind}/${a.subjectKey}`, a])),
  };
}
