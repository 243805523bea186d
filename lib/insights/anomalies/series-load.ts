import { type Db, sql } from "@/db/client.ts";
import { inList } from "@/db/in-list.ts";
import { inKeys } from "@/db/keys.ts";
import { charges, hardware, spendDays, usageDays, usageProjectDays, workloads } from "@/db/schema/index.ts";
import { CAPACITY, HELD, IDLE, sumSql, WORKING } from "@/lib/classes.ts";
import type { ExplainCell } from "./explain.ts";
import type { ScopeDay } from "./find.ts";

/** Day keys, half-open. */
interface Days {
  readonly from: number;
  readonly until: number;
}

export interface ScopeDayRow extends ScopeDay {
  readonly key: number;
  readonly expectedMilli: number;
}

type By = "team" | "project";

/** What teams or projects came to by day. @param withUse also how well GPUs were used, which takes longer. */
export async function loadScopeDays(
  db: Db,
  by: By,
  keys: readonly number[],
  { from, until }: Days,
  withUse: boolean,
): Promise<ScopeDayRow[]> {
  if (keys.length === 0) return [];
  const column = sql.raw(`${by}_key`);
  const classed = [...IDLE, ...WORKING, "warm-serving"] as const;
  const rows = await db.all<Omit<ScopeDayRow, "utilisationWeighted"> & { observedMilli: number }>(sql`
    select d.day as "day", d.${column} as "key",
      cast(sum(d.usage_micros + d.share_micros) as bigint) as "spendMicros", cast(sum(d.usage_micros) as bigint) as "usageMicros",
      cast(sum(${sql.raw(sumSql(HELD, "milli", "d"))}) as bigint) as "heldMilli",
      cast(sum(d.active_milli) as bigint) as "activeMilli",
      cast(sum(${sql.raw(sumSql(classed, "milli", "d"))}) as bigint) as "classedMilli",
      cast(sum(d.observed_milli) as bigint) as "observedMilli", cast(sum(d.expected_milli) as bigint) as "expectedMilli"
    from ${spendDays} d where d.day >= ${from} and d.day < ${until} and ${inKeys(db.dialect, `d.${by}_key`, keys)}
    group by d.day, d.${column} order by d.${column}, d.day`);
  const use = withUse ? await loadUse(db, by, keys, { from, until }) : [];
  const weighted = new Map(use.map((u) => [`${u.key}/${u.day}`, u.weighted]));
  return rows.map((row) => ({ ...row, utilisationWeighted: weighted.get(`${row.key}/${row.day}`) ?? 0 }));
}

/** Σ utilisation × time of teams or projects by day. */
function loadUse(db: Db, by: By, keys: readonly number[], { from, until }: Days) {
  type Use = { readonly key: number; readonly day: number; readonly weighted: number };
  if (by === "project")
    return db.all<Use>(sql`select u.day as "day", u.project_key as "key", cast(sum(u.utilisation_weighted) as bigint) as "weighted"
      from ${usageProjectDays} u where u.day >= ${from} and u.day < ${until} and ${inKeys(db.dialect, "u.project_key", keys)}
      group by u.day, u.project_key`);
  return db.all<Use>(sql`select u.day as "day", c.team_key as "key", cast(sum(u.utilisation_weighted) as bigint) as "weighted"
    from (select distinct day, hardware_key, workload_key, team_key from ${charges}
      where day >= ${from} and day < ${until} and sku = 'gpu' and workload_key <> 0
        and ${inKeys(db.dialect, "team_key", keys)}) c
    join ${usageDays} u on u.day = c.day and u.hardware_key = c.hardware_key and u.workload_key = c.workload_key
    group by u.day, c.team_key`);
}

export interface DatedCell extends ExplainCell {
  /** 1: of the day itself, 0: of the days before. */
  readonly isNow: number;
}

/** The charges of a team or project on a day and on some before, by owner and hardware. */
export function loadCells(db: Db, by: By, key: number, day: number, before: readonly number[]): Promise<DatedCell[]> {
  const nobodys = (unit: "milli" | "micros") =>
    sql.raw(`case when c.project_key = 0 then ${sumSql(CAPACITY, unit, "c")} else 0 end`);
  const sum = (part: string | ReturnType<typeof sql>, name: string) =>
    sql`cast(sum(${typeof part === "string" ? sql.raw(part) : part}) as bigint) as ${sql.raw(`"${name}"`)}`;
  return db.all<DatedCell>(sql`
    select x.*, h.gpu_model as "gpuModel" from (
      select c."isNow", c.project_key as "projectKey", c."user", c.hardware_key as "hardwareKey", c."key", c.sku as "sku",
        ${sum("c.quantity", "quantity")}, ${sum("c.amount_micros", "amountMicros")},
        ${sum(sumSql(IDLE, "milli", "c"), "idle")}, ${sum(sumSql(IDLE, "micros", "c"), "idleMicros")},
        ${sum(nobodys("milli"), "unheld")}, ${sum(nobodys("micros"), "unheldMicros")},
        ${sum("c.active_micros", "activeMicros")}
      from (select s.*, case when s.day = ${day} then 1 else 0 end as "isNow", coalesce(w.submitted_by, '') as "user",
          s.hardware_key || '/' || s.sku || '/' || s.price_class as "key"
        from ${charges} s left join ${workloads} w on w.key = s.workload_key and w.key <> 0
        where s.day in ${inList([day, ...before])} and s.${sql.raw(`${by}_key`)} = ${key}) c
      group by c."isNow", c.project_key, c."user", c.hardware_key, c."key", c.sku) x
    join ${hardware} h on h.key = x."hardwareKey" order by x."isNow", x."key", x."projectKey", x."user"`);
}

/** What policies moved to a team or project on a day, and on some before. */
export async function loadShareSums(db: Db, by: By, key: number, day: number, before: readonly number[]) {
  const rows = await db.all<{ day: number; micros: number }>(sql`select d.day as "day",
    cast(sum(d.share_micros) as bigint) as "micros" from ${spendDays} d
    where d.day in ${inList([day, ...before])} and d.${sql.raw(`${by}_key`)} = ${key} group by d.day`);
  const of = (test: (d: number) => boolean) => rows.filter((r) => test(r.day)).reduce((sum, r) => sum + r.micros, 0);
  return { nowShareMicros: of((d) => d === day), beforeShareMicros: of((d) => d !== day) };
}
