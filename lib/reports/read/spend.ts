import { getTableColumns, type SQL } from "drizzle-orm";
import { sql } from "@/db/client.ts";
import {
  chargedDays,
  charges,
  hardware,
  meteredDays,
  shares,
  spendDays,
  spendMonths,
  unpriced,
  usageDays,
  workloads,
} from "@/db/schema/index.ts";
import {
  byClass,
  CLASSES,
  type ClassAmounts,
  type ClassRow,
  type ClassUnit,
  classProperty,
  IDLE,
  type IdleClass,
  sumOf,
  sumSql,
} from "@/lib/classes.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { type Booked, readBooked } from "./booked.ts";
import type { CostScope, Days } from "./cost-scope.ts";

type Row = typeof spendDays.$inferSelect;
const { day: _, teamKey: _team, projectKey: _project, clusterId: _cluster, ...SUMS } = getTableColumns(spendDays);

type SpendColumns = Omit<Row, "day" | "teamKey" | "projectKey" | "clusterId">;
type ColumnMoney = Extract<keyof SpendColumns, `${string}Micros`>;
/** Amounts of money by their property; micro-units. */
export type Money = Readonly<Record<ColumnMoney | "correctionMicros", bigint>>;

/**
 * Sums over rows of cost; micro-units and milli-GPU-seconds as named. `exact` has the amounts again, whatever their size, for files
 * and programs; the numbers are those that pages round and compare, exact up to nine billion of the currency.
 */
export type Spend = SpendColumns & {
  /** Corrections of closed periods and answers to disputes, booked within the days. */
  readonly correctionMicros: number;
  readonly exact: Money;
};
const COLUMN_KEYS = Object.keys(SUMS) as (keyof SpendColumns)[];
const isMoney = (key: string): key is ColumnMoney => key.endsWith("Micros");
const MONEY: readonly (keyof Money)[] = [...COLUMN_KEYS.filter(isMoney), "correctionMicros"];
const OTHERS = COLUMN_KEYS.filter((key) => !isMoney(key));

/** Amounts as a query reads them (`moneySum`), or as numbers; what is absent is 0. */
type ReadMoney = { readonly [K in keyof Money]?: number | string | undefined };
const exactly = (row: ReadMoney): Money =>
  Object.fromEntries(MONEY.map((key) => [key, BigInt(row[key] ?? 0)])) as unknown as Money;

/** A row of SPEND_SUMS. */
export type ReadSpend = { readonly [K in keyof SpendColumns]: K extends ColumnMoney ? string : number };

/** A row of sums with its amounts both ways. What it has besides stays. */
export function spendRow<T extends object>(row: T & ReadMoney): T & Spend {
  const exact = exactly(row);
  const numbers = Object.fromEntries(MONEY.map((key) => [key, Number(exact[key])]));
  const others = Object.fromEntries(OTHERS.map((key) => [key, 0]));
  return { ...others, ...row, ...numbers, exact } as unknown as T & Spend;
}

export const noSpend = (): Spend => spendRow({});

export function addSpend(to: Spend, from: Spend): void {
  const sums = to as unknown as Record<string, number> & { exact: Record<keyof Money, bigint> };
  for (const key of OTHERS) sums[key] = (sums[key] as number) + from[key];
  for (const key of MONEY) {
    sums.exact[key] += from.exact[key];
    sums[key] = Number(sums.exact[key]);
  }
}

/** All that somebody pays: charges, what policies moved, imported cost, and what is booked of closed periods and disputes. */
export const totalOf = (s: Pick<Spend, "exact">): number => Number(exactTotalOf(s));
export const exactTotalOf = ({ exact: e }: Pick<Spend, "exact">): bigint =>
  e.usageMicros + e.shareMicros + e.costMicros + e.correctionMicros;
export const idleOf = (s: Readonly<ClassRow<"micros", IdleClass>>): number => sumOf(s, IDLE, "micros");
export const exactIdleOf = ({ exact }: Pick<Spend, "exact">): bigint =>
  IDLE.reduce((sum, c) => sum + exact[classProperty(c, "micros")], 0n);

/** What went into each class: GPU time, or what it cost. */
export const classSums = (spend: Spend, unit: ClassUnit): ClassAmounts => byClass((c) => spend[classProperty(c, unit)]);

const names = Object.entries(SUMS).map(([key, column]) => ({ key, name: column.name }));
/** `cast(sum(x.usage_micros) as text) as "usageMicros", …`, to be read by spendRow; what is booked is of no day's sums (booked.ts). */
export const SPEND_SUMS: SQL = sql.raw(
  names.map(({ key, name }) => `cast(sum(x.${name}) as ${isMoney(key) ? "text" : "bigint"}) as "${key}"`).join(", "),
);
const COLUMNS = sql.raw(["team_key", "project_key", "cluster_id", ...names.map((n) => n.name)].join(", "));

const nextMonth = (month: number): number => (month % 100 === 12 ? month + 89 : month + 1);

/**
 * Rows of spend that add up to the days: sums of whole months where the days hold some, days at both ends.
 * Columns: `month` (`YYYYMM`) and those of spend_days but for the day.
 */
export function spendOver({ from, until }: Days): SQL {
  const first = from % 100 === 1 ? Math.floor(from / 100) : nextMonth(Math.floor(from / 100));
  const end = Math.floor(until / 100);
  if (first >= end)
    return sql`(select day / 100 as month, ${COLUMNS} from ${spendDays} where day >= ${from} and day < ${until})`;
  return sql`(select month, ${COLUMNS} from ${spendMonths} where month >= ${first} and month < ${end}
    union all select day / 100, ${COLUMNS} from ${spendDays} where day >= ${from} and day < ${first * 100}
    union all select day / 100, ${COLUMNS} from ${spendDays} where day >= ${end * 100} and day < ${until})`;
}

const KEYS = { teamKey: "team_key", projectKey: "project_key", clusterId: "cluster_id" } as const;
type Keys = Pick<Row, keyof typeof KEYS>;

/** The spend of some days, summed by what is asked for, with what is booked within them. */
export async function readSpend<K extends keyof Keys>(
  ctx: Ctx,
  cost: CostScope,
  days: Days,
  by: readonly K[],
): Promise<(Spend & Pick<Keys, K>)[]> {
  const keys = by.map((k) => `x.${KEYS[k]} as "${k}"`).join(", ");
  const group = by.map((k) => `x.${KEYS[k]}`).join(", ");
  const [rows, booked] = await Promise.all([
    ctx.db.all<ReadSpend & Pick<Keys, K>>(sql`select ${sql.raw(keys)}, ${SPEND_SUMS} from ${spendOver(days)} x
      where true${cost.rows("x", "x.cluster_id")} group by ${sql.raw(group)}`),
    readBooked(ctx, cost, days),
  ]);
  const keyOf = (of: Pick<Keys, K>) => by.map((k) => of[k]).join("\u0000");
  const begin = (of: Pick<Keys, K>) => Object.fromEntries(by.map((k) => [k, of[k]])) as Pick<Keys, K>;
  return addBooked(
    rows.map((row) => spendRow(row)),
    booked,
    keyOf,
    begin,
  );
}

/** Adds what is booked to the rows of the same key; what finds none begins a row. */
export function addBooked<T>(
  rows: readonly (Spend & T)[],
  booked: readonly Booked[],
  keyOf: (of: T | Booked) => string,
  begin: (of: Booked) => T,
): (Spend & T)[] {
  const out = new Map(rows.map((row) => [keyOf(row), row]));
  for (const b of booked) {
    const row = out.get(keyOf(b)) ?? { ...noSpend(), ...begin(b) };
    const correctionMicros = row.exact.correctionMicros + BigInt(b.amountMicros);
    const exact = { ...row.exact, correctionMicros };
    out.set(keyOf(b), { ...row, correctionMicros: Number(correctionMicros), exact });
  }
  return [...out.values()];
}

/** GPU time of a workload, or of a project, that has no amount. */
export interface UnpricedUse {
  readonly clusterId: string;
  /** 0: of nobody. */
  readonly projectKey: number;
  /** 0 unless asked for by workload. */
  readonly workloadKey: number;
  readonly gpuModel: string;
  readonly milli: number;
  /** Of the workload; empty unless asked for by workload. */
  readonly id: string;
  readonly name: string;
  readonly user: string;
  readonly category: string;
}

/**
 * GPU time that was metered and has no amount: no price covers it, or its day is not charged yet. Only days and hardware
 * that lack something are read, of which a ledger in order has none.
 * @returns null where the scope is one team: a team follows from charges alone.
 */
export async function readUnpriced(
  ctx: Ctx,
  cost: CostScope,
  days: Days,
  byWorkload = false,
): Promise<UnpricedUse[] | null> {
  const inDays = (column: string) => sql`${sql.raw(column)} >= ${days.from} and ${sql.raw(column)} < ${days.until}`;
  const gaps = sql`(select u.day, u.hardware_key from ${unpriced} u where u.sku = 'gpu' and ${inDays("u.day")} group by u.day, u.hardware_key
    union select m.day, h.key from ${meteredDays} m join ${hardware} h on h.cluster_id = m.cluster_id and h.gpu_model <> ''
    where ${inDays("m.day")} and not exists (select 1 from ${chargedDays} c where c.day = m.day))`;
  if (!(await ctx.db.find(sql`select day from ${gaps} g limit 1`))) return [];
  if (cost.team) return null;
  const milli = sql.raw(sumSql(CLASSES, "milli", "u"));
  const named = ["w.id", "w.name", "w.submitted_by", "w.category"];
  const [id, name, user, category] = named.map((c) => sql.raw(byWorkload ? `coalesce(${c}, '')` : "''"));
  const workload = byWorkload ? sql`x.workload_key` : sql`0`;
  const ofUser = cost.user === undefined ? sql`` : sql` and w.submitted_by = ${cost.user}`;
  return ctx.db.all<UnpricedUse>(sql`with gaps(day, hardware_key) as ${gaps}
    select h.cluster_id as "clusterId", coalesce(w.project_key, 0) as "projectKey", ${workload} as "workloadKey",
      h.gpu_model as "gpuModel", cast(sum(x.milli) as bigint) as "milli",
      ${id} as "id", ${name} as "name", ${user} as "user", ${category} as "category"
    from (select u.workload_key, u.hardware_key, ${milli} as milli from gaps g join ${usageDays} u on u.day = g.day and u.hardware_key = g.hardware_key
      union all select c.workload_key, c.hardware_key, -c.quantity from gaps g
        join ${charges} c on c.day = g.day and c.hardware_key = g.hardware_key and c.sku = 'gpu') x
    join ${hardware} h on h.key = x.hardware_key and h.gpu_model <> ''
    left join ${workloads} w on w.key = x.workload_key and w.key <> 0
    where true${cost.usage("coalesce(w.project_key, 0)", "h.cluster_id")}${ofUser}
    group by h.cluster_id, coalesce(w.project_key, 0), ${byWorkload ? sql`x.workload_key, ${id}, ${name}, ${user}, ${category}, ` : sql``}h.gpu_model
    having sum(x.milli) > 0`);
}

/** What policies moved, by the class of capacity; micro-units. */
export async function readClassShares(
  ctx: Ctx,
  cost: CostScope,
  { from, until }: Days,
): Promise<ReadonlyMap<string, bigint>> {
  const rows = await ctx.db.all<{ costClass: string; micros: string }>(sql`
    select s.cost_class as "costClass", cast(sum(s.amount_micros) as text) as "micros" from ${shares} s
    where s.day >= ${from} and s.day < ${until} and s.cost_class <> 'shared'${cost.shares("s")} group by s.cost_class`);
  return new Map(rows.map((r) => [r.costClass, BigInt(r.micros)]));
}
