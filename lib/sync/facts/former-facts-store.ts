import { type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { formerFacts } from "@/db/schema/index.ts";
import type { Instant } from "@/lib/time.ts";

/** What charges follow from, of a project. */
export interface ProjectFacts {
  readonly name: string;
  readonly department: string;
  readonly namespace: string;
  /** JSON: node pool name → deserved milli-GPU. */
  readonly quota: string;
}

/** The same of a workload: whether it may be pre-empted. */
export interface WorkloadFacts {
  /** 0 or 1; null: nobody told. */
  readonly preemptible: number | null;
}

interface Kinds {
  readonly project: ProjectFacts;
  readonly workload: WorkloadFacts;
}

/** Facts that held until an instant. */
export interface Former<T> {
  readonly key: number;
  readonly untilAt: Instant;
  readonly facts: T;
}

/** Keeps what held until an instant. Writing the same twice is writing it once. */
export async function keepFormer<K extends keyof Kinds>(
  tx: Tx,
  kind: K,
  former: readonly Former<Kinds[K]>[],
): Promise<void> {
  await tx.insert(
    formerFacts,
    former.map(({ facts, ...f }) => ({ ...f, kind, facts: JSON.stringify(facts) })),
    // Told twice within a second: what held before the first is what held.
    { target: [formerFacts.kind, formerFacts.key, formerFacts.untilAt], update: [] },
  );
}

/** By key, oldest first, those that held at `since` or later: few, for projects change seldom. */
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

/** The facts at an instant: what held longest of what was over only after it, else what holds now. */
export const factsAt = <T>(now: T, former: readonly Former<T>[] | undefined, at: Instant): T =>
  former?.find((f) => f.untilAt > at)?.facts ?? now;
