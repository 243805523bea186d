import type { SQL } from "drizzle-orm";
import { sql } from "@/db/client.ts";
import type { Ctx } from "@/lib/ctx.ts";
import type { Interval } from "@/lib/time.ts";
import {
  inBuckets,
  projectsUsage,
  type Quantities,
  type Quantity,
  type ReadPeriod,
  selectQuantities,
  workloadUsage,
} from "./measures.ts";
import type { Scope } from "./scope.ts";

/** What usage can be summed by. */
export interface UsageKeys {
  readonly clusterId: string;
  /** 0: nobody. */
  readonly projectKey: number;
  readonly workloadKey: number;
  /** Empty where no GPU was held. */
  readonly gpuModel: string;
  /** Start of the hour or quarter; of single buckets alone. */
  readonly bucketAt: number;
  readonly level: string;
  /** Which of the spans asked for, from 0. */
  readonly span: number;
}

const COLUMNS: Readonly<Record<keyof UsageKeys, string>> = {
  clusterId: "h.cluster_id",
  projectKey: "u.project_key",
  workloadKey: "u.workload_key",
  gpuModel: "h.gpu_model",
  bucketAt: "u.bucket_at",
  level: "u.level",
  span: "spans.i",
};

export type UsageSum<K extends keyof UsageKeys, Q extends Quantity> = Pick<UsageKeys, K> & Quantities<Q>;

interface Asked<K, Q> {
  readonly by: readonly K[];
  readonly quantities: readonly Q[];
}

/**
 * The usage of projects, and of nobody where the scope has it, summed by the keys: the one reader of every total of GPU
 * time, for pages and reports. Daily sums where the period is whole days, which are the same figures.
 */
export function readProjectUsage<K extends "clusterId" | "projectKey" | "gpuModel", Q extends Quantity>(
  ctx: Ctx,
  scope: Scope,
  period: ReadPeriod,
  { by, quantities }: Asked<K, Q>,
): Promise<UsageSum<K, Q>[]> {
  const { table, inPeriod } = projectsUsage(period);
  return ctx.db.all(sumSql(by, quantities, sql`${table} u`, sql`${inPeriod}${inScope(scope)}`));
}

/**
 * The same for each of some spans, which begin and end at buckets: spans of whole days (`days`, of the billing zone) from the daily sums,
 * which are the same figures in a twentieth of the rows.
 */
export async function readProjectSpans<Q extends Quantity>(
  ctx: Ctx,
  scope: Scope,
  spans: readonly ReadPeriod[],
  quantities: readonly Q[],
): Promise<UsageSum<"span" | "projectKey", Q>[]> {
  const numbered = spans.map((span, i) => ({ ...span, i }));
  const daily = scope.byWorkload ? [] : numbered.filter(({ days }) => days);
  const hourly = numbered.filter((span) => !daily.includes(span));
  const [ofDays, ofBuckets] = await Promise.all([
    readDaySpans(ctx, scope, daily, quantities),
    readBucketSpans(ctx, scope, hourly, quantities),
  ]);
  return [...ofDays, ...ofBuckets];
}

type Numbered = ReadPeriod & { readonly i: number };

async function readDaySpans<Q extends Quantity>(
  ctx: Ctx,
  scope: Scope,
  spans: readonly Numbered[],
  quantities: readonly Q[],
): Promise<UsageSum<"span" | "projectKey", Q>[]> {
  if (!spans.length) return [];
  const keys = spans.map(({ i, days }) => ({ i, start: days?.from ?? 0, end: days?.until ?? 0 }));
  const table = sql.raw("spans join usage_project_days u on u.day >= spans.s and u.day < spans.e");
  return ctx.db.all(
    sql`with ${spansSql(keys)} ${sumSql(["span", "projectKey"], quantities, table, sql`true${inScope(scope)}`)}`,
  );
}

async function readBucketSpans<Q extends Quantity>(
  ctx: Ctx,
  scope: Scope,
  spans: readonly Numbered[],
  quantities: readonly Q[],
): Promise<UsageSum<"span" | "projectKey", Q>[]> {
  if (!spans.length) return [];
  const within = (table: string) =>
    sql.raw(`spans join ${table} u on u.bucket_at >= spans.s and u.bucket_at < spans.e`);
  const own = sql`u.workload_key in (select w.key from workloads w where w.key <> 0${scope.workloads("w")})`;
  const sums = scope.byWorkload
    ? sumSql(
        ["span", "projectKey"],
        quantities,
        sql`${within("usage")} join workloads owner on owner.key = u.workload_key`,
        sql`${own}${scope.hardware("u.hardware_key")}`,
        { ...COLUMNS, projectKey: "owner.project_key" },
      )
    : sumSql(["span", "projectKey"], quantities, within("usage_projects"), sql`true${inScope(scope)}`);
  return ctx.db.all(sql`with ${spansSql(spans)} ${sums}`);
}

/** The usage of workloads by bucket, of all that the viewer may see. */
export function readBucketSums<Q extends Quantity>(
  ctx: Ctx,
  scope: Scope,
  period: Interval,
  quantities: readonly Q[],
): Promise<UsageSum<"bucketAt", Q>[]> {
  const own = sql`and u.workload_key in (select w.key from workloads w where w.key <> 0${scope.workloads("w")})`;
  const [table, where] = scope.byWorkload
    ? [sql`usage u`, sql`${own}${scope.hardware("u.hardware_key")}`]
    : [sql`usage_projects u`, sql` and u.project_key <> 0${inScope(scope)}`];
  return ctx.db.all(sumSql(["bucketAt"], quantities, table, sql`${inBuckets(period)}${where}`));
}

const inScope = (scope: Scope): SQL => sql`${scope.projects("u.project_key")}${scope.hardware("u.hardware_key")}`;

/** The usage of workloads summed by the keys; `where`: `and …` that names the workloads, which the scope has. */
export function readWorkloadSums<K extends "workloadKey" | "gpuModel" | "bucketAt" | "level", Q extends Quantity>(
  ctx: Ctx,
  period: ReadPeriod,
  { by, quantities, where }: Asked<K, Q> & { readonly where: SQL },
): Promise<UsageSum<K, Q>[]> {
  const { table, inPeriod } = workloadUsage(period);
  return ctx.db.all(sumSql(by, quantities, sql`${table} u`, sql`${inPeriod}${where}`));
}

function sumSql(
  by: readonly (keyof UsageKeys)[],
  quantities: readonly Quantity[],
  from: SQL,
  where: SQL,
  columns = COLUMNS,
): SQL {
  const keys = by.map((k) => `${columns[k]} as "${k}"`).join(", ");
  const group = by.map((k) => columns[k]).join(", ");
  const hardware = by.some((k) => columns[k].startsWith("h."))
    ? sql` join hardware h on h.key = u.hardware_key`
    : sql``;
  return sql`select ${sql.raw(keys)}, ${selectQuantities(quantities)} from ${from}${hardware}
    where ${where} group by ${sql.raw(group)}`;
}

/** Spans as a table `spans(i, s, e)` to join on, in words that both databases know. `i` is their place where they bring none. */
export function spansSql(spans: readonly (Interval & { readonly i?: number })[]): SQL {
  const rows = spans.map(
    ({ start, end, i }, at) => sql`(cast(${i ?? at} as bigint), cast(${start} as bigint), cast(${end} as bigint))`,
  );
  return sql`spans(i, s, e) as (values ${sql.join(rows, sql`, `)})`;
}
