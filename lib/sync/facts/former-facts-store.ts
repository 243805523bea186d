import { type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { formerFacts } from "@/db/schema/index.ts";
import type { Instant } from "@/lib/time.ts";

/** The facts of a project that charges depend on. */
export interface ProjectFacts {
  readonly name: string;
  readonly department: string;
  readonly namespace: string;
  /** JSON: node pool name → deserved milli-GPU. */
  readonly quota: string;
}

/** The fact of a workload that charges depend on: whether it can be pre-empted. */
export interface WorkloadFacts {
  /** 0 or 1; null: not reported. */
  readonly preemptible: number | null;
}

interface Kinds {
  readonly project: ProjectFacts;
  readonly workload: WorkloadFacts;
}

/** Facts that were valid until an instant. */
export interface Former<T> {
  readonly key: number;
  readonly untilAt: Instant;
  readonly facts: T;
}

/** Stores facts that were valid until an instant. Storing the same twice changes nothing. */
export async function keepFormer<K extends keyof Kinds>(
  tx: Tx,
  kind: K,
  former: readonly Former<Kinds[K]>[],
): Promise<void> {
  await tx.insert(
    formerFacts,
    former.map(({ facts, ...f }) => ({ ...f, kind, facts: JSON.stringify(facts) })),
    // Two changes within a second: the facts before the first are the ones that were valid.
    { target: [formerFacts.kind, formerFacts.key, formerFacts.untilAt], update: [] },
  );
}

/** Former facts that were valid at `since` or later, by key, oldest first. */
export async function loadFormer<K extends keyof Kinds>(
  db: Reader,
  kind: K,
  since: Instant,
): Promise<Map<number, Former<Kinds[K]>[]>> {
  const named: string = kind;
  const rows = await db.all(sql`select ${columnsOf(formerFacts, ["key", "untilAt", "facts"])} from ${formerFacts}
    where kind = ${named} and until_at > ${since} order by key, until_at`);
  return Map.groupBy(
    rows.map((row) => ({ ...row, facts: JSON.parse(row.facts) as Kinds[K] })),
    (row) => row.key,
  );
}

/** The facts at an instant: of the former facts that ended after it, the earliest; without one, the present facts. */
export const factsAt = <T>(now: T, former: readonly Former<T>[] | undefined, at: Instant): T =>
  former?.find((f) => f.untilAt > at)?.facts ?? now;
