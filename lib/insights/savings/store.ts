import { type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { inList } from "@/db/in-list.ts";
import { chargedDays, charges, projects, savingsActions, workloads } from "@/db/schema/index.ts";
import { loadChargedDays } from "@/lib/charges/charged-days-load.ts";
import { isCovered, isKnownDay, type Observed } from "@/lib/charges/known.ts";
import { sumSql, WORKING } from "@/lib/classes.ts";
import { addDays } from "@/lib/time.ts";
import { type Counted, DAYS_BEFORE } from "./counted.ts";
import type { CostDay } from "./measure.ts";

export type SavingsAction = typeof savingsActions.$inferSelect;

export const listActions = (db: Reader): Promise<SavingsAction[]> =>
  db.all(sql`select ${columnsOf(savingsActions)} from ${savingsActions} where withdrawn_at is null
    order by acted_day desc, id`);

export const insertAction = (tx: Tx, action: SavingsAction): Promise<void> => tx.insert(savingsActions, [action]);

export const withdrawAction = (tx: Tx, id: string, now: number): Promise<number> =>
  tx.run(sql`update ${savingsActions} set withdrawn_at = ${now} where id = ${id} and withdrawn_at is null`);

export interface Subject {
  readonly key: number;
  readonly name: string;
  readonly projectKey: number;
  /** Its project as viewers have it: `cluster/project`. */
  readonly project: string;
}

/**
 * The workloads or projects that a text names by id, in the order of their projects; a project also as `cluster/project`, which
 * then is the only one, or by its name, which several clusters may have.
 */
export async function findSubjects(db: Reader, kind: "workload" | "project", id: string): Promise<Subject[]> {
  const found = await db.all<Subject>(
    kind === "project"
      ? sql`select p.key as "key", p.name as "name", p.key as "projectKey", p.cluster_id || '/' || p.id as "project"
          from ${projects} p where p.key <> 0 and (p.id = ${id} or p.cluster_id || '/' || p.id = ${id} or p.name = ${id})
          order by 4, 1`
      : sql`select w.key as "key", w.name as "name", w.project_key as "projectKey", p.cluster_id || '/' || p.id as "project"
          from ${workloads} w join ${projects} p on p.key = w.project_key where w.key <> 0 and w.id = ${id} order by 4, 1`,
  );
  const exact = kind === "project" && found.find((s) => s.project === id);
  return exact ? [exact] : found;
}

/** The name and project of each subject of some actions, by kind and key. */
export async function loadSubjects(db: Reader, actions: readonly SavingsAction[]): Promise<Map<string, Subject>> {
  const keys = (kind: string) => actions.filter((a) => a.subjectKind === kind).map((a) => a.subjectKey);
  const [jobs, own] = await Promise.all([
    db.all<Subject>(sql`select w.key as "key", w.name as "name", w.project_key as "projectKey", '' as "project"
      from ${workloads} w where w.key in ${inList(keys("workload"))}`),
    db.all<Subject>(sql`select p.key as "key", p.name as "name", p.key as "projectKey", '' as "project"
      from ${projects} p where p.key in ${inList(keys("project"))}`),
  ]);
  return new Map([
    ...jobs.map((s) => [`workload/${s.key}`, s] as const),
    ...own.map((s) => [`project/${s.key}`, s] as const),
  ]);
}

/**
 * The charged days before and after an action, as far as they count for it, of which enough was observed, of the ledger and of the subject: time without
 * data is neither waste nor saved. A known day without a charge of the subject is a day that cost nothing.
 */
export async function loadDays(
  db: Reader,
  { subjectKind, subjectKey, actedDay }: SavingsAction,
  { untilDay, withoutWorkloads }: Counted,
  today: number,
): Promise<{ readonly before: CostDay[]; readonly after: CostDay[] }> {
  const [from, until] = [addDays(actedDay, -DAYS_BEFORE), Math.min(untilDay, today)];
  const others = withoutWorkloads.length ? sql`and c.workload_key not in ${inList(withoutWorkloads)}` : sql``;
  const working = (unit: "milli" | "micros") => sql.raw(sumSql(WORKING, unit, "c"));
  const column = sql.raw(subjectKind === "project" ? "project_key" : "workload_key");
  const charged = await loadChargedDays(db, { from, until });
  const known = new Set(charged.filter(isKnownDay).map((d) => d.day));
  const rows = await db.all<
    CostDay & Observed
  >(sql`select d.day as "day", cast(coalesce(sum(c.amount_micros), 0) as bigint) as "micros",
      cast(coalesce(sum(${working("micros")}), 0) as bigint) as "workMicros",
      cast(coalesce(sum(${working("milli")}), 0) as bigint) as "workMilli",
      cast(coalesce(sum(c.observed_milli), 0) as bigint) as "observedMilli",
      cast(coalesce(sum(c.expected_milli), 0) as bigint) as "expectedMilli"
    from ${chargedDays} d left join ${charges} c on c.day = d.day and c.sku = 'gpu' and c.${column} = ${subjectKey} ${others}
    where d.day >= ${from} and d.day < ${until} and d.metered_revision <> 0 group by d.day order by d.day`);
  const days = rows.flatMap(({ observedMilli, expectedMilli, ...day }) =>
    known.has(day.day) && isCovered({ observedMilli, expectedMilli }) ? [day] : [],
  );
  return { before: days.filter((d) => d.day < actedDay), after: days.filter((d) => d.day > actedDay) };
}
