import type { SQL } from "drizzle-orm";
import { type Db, sql } from "@/db/client.ts";
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

/** A day of a team or project, and the days that it is compared with; `before` may be empty. */
export interface ComparedDay {
  readonly id: string;
  /** Of the team or project. */
  readonly key: number;
  readonly day: number;
  readonly before: readonly number[];
}

export interface ComparedCharges {
  readonly cells: readonly DatedCell[];
  /** What policies moved, on the day and on those before; micro-units. */
  readonly nowShareMicros: number;
  readonly beforeShareMicros: number;
}

/** Days that one statement reads: four values each, far from what a statement takes. */
const DAYS_PER_STATEMENT = 1000;

/**
 * The charges of many days of teams or projects and of the days before each, by owner and hardware: two statements for about a hundred
 * of them. @returns by `id`.
 */
export async function loadCompared(
  db: Db,
  by: By,
  list: readonly ComparedDay[],
): Promise<ReadonlyMap<string, ComparedCharges>> {
  const out = new Map<string, ComparedCharges>();
  for (let from = 0; from < list.length; ) {
    let [until, days] = [from, 0];
    while (until < list.length && (until === from || days < DAYS_PER_STATEMENT))
      days += 1 + (list[until++] as ComparedDay).before.length;
    const part = list.slice(from, until);
    const [cells, shares] = await Promise.all([loadCells(db, by, part), loadShareSums(db, by, part)]);
    const [ofCells, ofShares] = [Map.groupBy(cells, (c) => c.n), Map.groupBy(shares, (c) => c.n)];
    for (const [n, { id }] of part.entries()) {
      const moved = (isNow: number) => ofShares.get(n)?.find((s) => s.isNow === isNow)?.micros ?? 0;
      const own = (ofCells.get(n) ?? []).map(({ n: _, ...cell }) => cell);
      out.set(id, { cells: own, nowShareMicros: moved(1), beforeShareMicros: moved(0) });
    }
    from = until;
  }
  return out;
}

/** `wanted(n, scope_key, day, is_now)`: every day of a list, with its place in it. */
function wanted(list: readonly ComparedDay[]): SQL {
  const rows = list.flatMap(({ key, day, before }, n) =>
    [day, ...before].map(
      (d, i) =>
        sql`(cast(${n} as bigint), cast(${key} as bigint), cast(${d} as bigint), cast(${i === 0 ? 1 : 0} as bigint))`,
    ),
  );
  return sql`wanted(n, scope_key, day, is_now) as (values ${sql.join(rows, sql`, `)})`;
}

function loadCells(db: Db, by: By, list: readonly ComparedDay[]): Promise<(DatedCell & { readonly n: number })[]> {
  const nobodys = (unit: "milli" | "micros") =>
    sql.raw(`case when c.project_key = 0 then ${sumSql(CAPACITY, unit, "c")} else 0 end`);
  const sum = (part: string | ReturnType<typeof sql>, name: string) =>
    sql`cast(sum(${typeof part === "string" ? sql.raw(part) : part}) as bigint) as ${sql.raw(`"${name}"`)}`;
  return db.all(sql`with ${wanted(list)}
    select x.*, h.gpu_model as "gpuModel" from (
      select c.n as "n", c."isNow", c.project_key as "projectKey", c."user", c.hardware_key as "hardwareKey", c."key", c.sku as "sku",
        ${sum("c.quantity", "quantity")}, ${sum("c.amount_micros", "amountMicros")},
        case when min(c.unit_price_nanos) = max(c.unit_price_nanos) then min(c.unit_price_nanos) end as "unitPriceNanos",
        ${sum(sumSql(IDLE, "milli", "c"), "idle")}, ${sum(sumSql(IDLE, "micros", "c"), "idleMicros")},
        ${sum(nobodys("milli"), "unheld")}, ${sum(nobodys("micros"), "unheldMicros")},
        ${sum("c.active_micros", "activeMicros")}
      from (select q.n, q.is_now as "isNow", s.*, coalesce(w.submitted_by, '') as "user",
          s.hardware_key || '/' || s.sku || '/' || s.price_class as "key"
        from wanted q join ${charges} s on s.day = q.day and s.${sql.raw(`${by}_key`)} = q.scope_key
        left join ${workloads} w on w.key = s.workload_key and w.key <> 0) c
      group by c.n, c."isNow", c.project_key, c."user", c.hardware_key, c."key", c.sku) x
    join ${hardware} h on h.key = x."hardwareKey" order by x."n", x."isNow", x."key", x."projectKey", x."user"`);
}

/** What policies moved to each, on the day (1) and on those before together (0). */
function loadShareSums(db: Db, by: By, list: readonly ComparedDay[]) {
  return db.all<{ readonly n: number; readonly isNow: number; readonly micros: number }>(sql`with ${wanted(list)}
    select q.n as "n", q.is_now as "isNow", cast(sum(d.share_micros) as bigint) as "micros"
    from wanted q join ${spendDays} d on d.day = q.day and d.${sql.raw(`${by}_key`)} = q.scope_key group by q.n, q.is_now`);
}
