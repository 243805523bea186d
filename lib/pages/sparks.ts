import type { SQL } from "drizzle-orm";
import { sql } from "@/db/client.ts";
import { inList } from "@/db/in-list.ts";
import { chargedDays, spendDays, workloads } from "@/db/schema/index.ts";
import type { Ctx } from "@/lib/ctx.ts";
import type { CostScope, Days } from "@/lib/reports/read/cost-scope.ts";
import { chargesOf } from "@/lib/reports/read/workload-charges.ts";
import { addDays, daysBetween } from "@/lib/time.ts";

/**
 * What somebody was charged over time, in micro-units a day, in equal spans from the first day: the mean of the days of the span that are
 * charged, so that a span that is short, or charged in part, is no fall; null: none of them is charged yet.
 */
export type Spark = readonly (number | null)[];

/** The sparks of a table, one for each row. */
export interface Sparks<K extends string | number> {
  /** Days in a span. */
  readonly step: number;
  of(key: K): Spark;
}

/** More points than this are no clearer. */
const MOST_POINTS = 62;

/** The days of a period that are over: one that goes on would end every line with a fall. */
export const completeDays = ({ from, until }: Days, today: number): Days => ({
  from,
  until: Math.max(from, Math.min(until, today)),
});

/**
 * Sparks from what was charged by day. A day that is charged and has nothing of a key is 0 for it; a day that is not charged is unknown.
 */
export function sparksOf<K extends string | number>(
  days: Days,
  charged: ReadonlySet<number>,
  rows: readonly { readonly key: K; readonly day: number; readonly micros: number }[],
): Sparks<K> {
  const count = daysBetween(days.from, days.until);
  const step = Math.max(1, Math.ceil(count / MOST_POINTS));
  const spans = Math.ceil(count / step);
  const chargedDays = Array.from(
    { length: spans },
    (_, i) =>
      Array.from({ length: step }, (_, n) => addDays(days.from, i * step + n)).filter((d) => charged.has(d)).length,
  );
  const sums = new Map<K, number[]>();
  for (const { key, day, micros } of rows) {
    const span = Math.floor(daysBetween(days.from, day) / step);
    const list = sums.get(key) ?? new Array<number>(spans).fill(0);
    list[span] = (list[span] ?? 0) + micros;
    sums.set(key, list);
  }
  return {
    step,
    of: (key) => {
      const list = sums.get(key);
      return chargedDays.map((n, i) => (n > 0 ? (list?.[i] ?? 0) / n : null));
    },
  };
}

type Row<K> = { readonly key: K; readonly day: number; readonly micros: number };

async function load<K extends string | number>(ctx: Ctx, days: Days, query: SQL): Promise<Sparks<K>> {
  if (days.until <= days.from) return sparksOf<K>(days, new Set(), []);
  const [rows, charged] = await Promise.all([ctx.db.all<Row<K>>(query), readChargedDays(ctx, days)]);
  return sparksOf(days, charged, rows);
}

async function readChargedDays({ db }: Ctx, { from, until }: Days): Promise<ReadonlySet<number>> {
  const rows = await db.all<{ day: number }>(
    sql`select day as "day" from ${chargedDays} where day >= ${from} and day < ${until}`,
  );
  return new Set(rows.map((r) => r.day));
}

/** What teams (`3`) and their projects (`3/7`) came to, without corrections, which are of no day. */
export async function loadSpendSparks(ctx: Ctx, cost: CostScope, days: Days): Promise<Sparks<string>> {
  const [rows, charged] = await Promise.all([
    ctx.db.all<Row<string> & { team: number; project: number }>(sql`
    select x.day as "day", x.team_key as "team", x.project_key as "project",
      cast(sum(x.usage_micros + x.share_micros + x.cost_micros) as bigint) as "micros"
    from ${spendDays} x where x.day >= ${days.from} and x.day < ${days.until}${cost.rows("x", "x.cluster_id")}
    group by x.day, x.team_key, x.project_key`),
    readChargedDays(ctx, days),
  ]);
  const keyed = rows.flatMap(({ team, project, day, micros }) => [
    { key: String(team), day, micros },
    { key: `${team}/${project}`, day, micros },
  ]);
  return sparksOf(days, charged, keyed);
}

const inDays = ({ from, until }: Days): SQL => sql`c.day >= ${from} and c.day < ${until} and c.workload_key <> 0`;

/** What the workloads of each user were charged, of charges that the viewer sees. */
export const loadUserSparks = (ctx: Ctx, cost: CostScope, days: Days): Promise<Sparks<string>> =>
  load(
    ctx,
    days,
    sql`select o.submitted_by as "key", c.day as "day", cast(sum(c.amount_micros) as bigint) as "micros"
      from ${chargesOf(ctx)} join ${workloads} o on o.key = c.workload_key
      where ${inDays(days)} and o.submitted_by <> '' ${cost.charged("c", "h.cluster_id")}
      group by o.submitted_by, c.day`,
  );

/** What some workloads were charged, of charges that the viewer sees. @param keys those of workloads that the viewer sees. */
export const loadWorkloadSparks = (
  ctx: Ctx,
  cost: CostScope,
  days: Days,
  keys: readonly number[],
): Promise<Sparks<number>> =>
  load(
    ctx,
    days,
    sql`select c.workload_key as "key", c.day as "day", cast(sum(c.amount_micros) as bigint) as "micros"
      from ${chargesOf(ctx)} where ${inDays(days)} and c.workload_key in ${inList(keys)} ${cost.charged("c", "h.cluster_id")}
      group by c.workload_key, c.day`,
  );

/** What the workloads of each project were charged. */
export const loadProjectSparks = (ctx: Ctx, cost: CostScope, days: Days): Promise<Sparks<number>> =>
  load(
    ctx,
    days,
    sql`select x.project_key as "key", x.day as "day", cast(sum(x.usage_micros) as bigint) as "micros"
      from ${spendDays} x where x.day >= ${days.from} and x.day < ${days.until}${cost.rows("x", "x.cluster_id")}
      group by x.project_key, x.day`,
  );
