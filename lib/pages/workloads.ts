import type { SQL } from "drizzle-orm";
import { type Db, sql } from "@/db/client.ts";
import { contains } from "@/db/contains.ts";
import { inList } from "@/db/in-list.ts";
import { allow } from "@/lib/auth/allow.ts";
import { classColumn, IDLE, OBSERVABLE, sumSql, type UsageClass } from "@/lib/classes.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { wholeDays } from "@/lib/reports/period.ts";
import { type CostScope, findCostScope } from "@/lib/reports/read/cost-scope.ts";
import {
  allocatedSql,
  idleSql,
  MEASURE_QUANTITIES,
  measuresOf,
  observableSql,
  type ReadPeriod,
  workloadUsage,
} from "@/lib/reports/read/measures.ts";
import { type Filters, findScope, type Scope } from "@/lib/reports/read/scope.ts";
import { readWorkloadSums } from "@/lib/reports/read/usage.ts";
import { chargesOf, readWorkloadCharges } from "@/lib/reports/read/workload-charges.ts";
import type { Measures } from "@/lib/reports/types.ts";
import { DAY, type Interval } from "@/lib/time.ts";

export const WORKLOAD_SORTS = [
  "cost",
  "idle-cost",
  "gpu-hours",
  "idle",
  "active",
  "utilisation",
  "coverage",
  "name",
  "project",
  "user",
  "phase",
  "created",
] as const;
export type WorkloadSort = (typeof WORKLOAD_SORTS)[number];

/** Kinds of workload that one class rules, or idle time of any class: at least half of what it held. */
export const HEAVY = ["idle", ...OBSERVABLE] as const;
export type Heavy = (typeof HEAVY)[number];

export interface WorkloadsInput extends Filters {
  readonly period: Interval;
  readonly zone: string;
  readonly user?: string | undefined;
  readonly category?: string | undefined;
  readonly phase?: string | undefined;
  readonly gpuModel?: string | undefined;
  readonly heavy?: Heavy | undefined;
  /** Part of a name, user, namespace or id. */
  readonly search?: string | undefined;
  readonly sort: WorkloadSort;
  readonly descending: boolean;
  readonly limit: number;
  readonly offset: number;
  /** Only rows after this place in the order. */
  readonly after?: WorkloadPlace | undefined;
}

/** Where a row stands: what the list is ordered by, as the database returns it, and its key. */
export interface WorkloadPlace {
  readonly value: string | number | null;
  readonly key: number;
}

const TEXT_SORTS: ReadonlySet<WorkloadSort> = new Set(["name", "project", "user", "phase"]);

/** Whether a place can be one of a list in an order: a text in that of texts, else a number. */
export const isPlaceIn = (sort: WorkloadSort, { value, key }: WorkloadPlace): boolean =>
  Number.isSafeInteger(key) &&
  (value === null ||
    (TEXT_SORTS.has(sort) ? typeof value === "string" : value !== "" && Number.isFinite(Number(value))));

/** A list as a whole. */
export type ListInput = Omit<WorkloadsInput, "limit" | "offset" | "after">;

export interface WorkloadRow extends Measures {
  readonly key: number;
  readonly id: string;
  readonly name: string;
  readonly project: string;
  readonly projectKey: number;
  readonly cluster: string;
  readonly user: string;
  readonly category: string;
  readonly type: string;
  readonly phase: string;
  readonly gpuModels: string;
  readonly gpuRequestMilli: number | null;
  readonly createdAt: number;
  readonly completedAt: number | null;
  /** Its charges; null where it has none, or the period cuts a day. */
  readonly micros: number | null;
  readonly idleMicros: number | null;
}

export interface WorkloadPage {
  readonly rows: readonly WorkloadRow[];
  /** The place of each. */
  readonly places: readonly WorkloadPlace[];
  /** How many the whole list has. */
  readonly count: number;
}

/**
 * Workloads with usage in the period, a page at a time. The page's keys are found first, with no more sums
 * than the order needs; names and measures are read for these keys alone.
 */
export async function loadWorkloads(ctx: Ctx, input: WorkloadsInput): Promise<WorkloadPage> {
  allow(ctx.viewer, "workloads.read");
  const scopes = await findScopes(ctx, input);
  const listed = listedSql(ctx, scopes, input);
  // A page beyond the last is one row without a key, which still has the count.
  const found = await ctx.db.all<{ key: number | null; value: string | number | null; count: number }>(sql`
    with m as materialized (${listed}),
    page as (select m.k, m.v from m ${afterSql(input)} ${orderSql(input)} limit ${input.limit} offset ${input.offset})
    select m.k as "key", m.v as "value", c.count as "count"
    from (select count(*) as count from m) c left join page m on true ${orderSql(input)}`);
  const places = found.flatMap(({ key, value }) => (key === null ? [] : [{ key, value }]));
  const rows = await describe(
    ctx,
    scopes,
    input,
    places.map(({ key }) => key),
  );
  return { rows, places, count: found[0]?.count ?? 0 };
}

/** `where …`: rows after a place, in the order of orderSql. */
function afterSql({ after, descending, sort }: WorkloadsInput): SQL {
  if (!after) return sql``;
  const then = sql.raw(descending ? "<" : ">");
  const later = sql`m.k ${then} ${after.key}`;
  if (after.value === null) return sql`where m.v is null and ${later}`;
  const value = TEXT_SORTS.has(sort) ? sql`cast(${after.value} as text)` : sql`cast(${after.value} as numeric)`;
  return sql`where m.v is null or m.v ${then} ${value} or (m.v = ${value} and ${later})`;
}

/** Rows of a whole list whose figures are read at once. */
const STEP = 1000;

/**
 * Every row of the list, in the order of its pages. Its keys are found and sorted once, so that a list that changes meanwhile
 * neither repeats nor skips any; names and measures are read as the reader takes the rows.
 */
export async function* eachWorkload(ctx: Ctx, input: ListInput): AsyncGenerator<WorkloadRow> {
  allow(ctx.viewer, "workloads.read");
  const scopes = await findScopes(ctx, input);
  const found = await ctx.db.all<{ key: number }>(
    sql`select m.k as "key" from (${listedSql(ctx, scopes, input)}) m ${orderSql(input)}`,
  );
  const keys = Float64Array.from(found, (f) => f.key);
  for (let at = 0; at < keys.length; at += STEP)
    yield* await describe(ctx, scopes, input, [...keys.subarray(at, at + STEP)]);
}

/** What the viewer may see of workloads, and of their charges: a workload that changed teams was charged to each in turn. */
interface Scopes {
  readonly scope: Scope;
  readonly cost: CostScope;
}

async function findScopes(ctx: Ctx, filters: Filters): Promise<Scopes> {
  const { cluster, project, user } = filters;
  const [scope, cost] = await Promise.all([
    findScope(ctx, filters),
    findCostScope(ctx, { cluster, project, user }, "usage"),
  ]);
  return { scope, cost };
}

function orderSql({ descending }: Pick<WorkloadsInput, "descending">): SQL {
  const direction = sql.raw(descending ? "desc" : "asc");
  return sql`order by (m.v is null), m.v ${direction}, m.k ${direction}`;
}

/** `select k, v …`: the keys of the list, each with what it is ordered by. */
function listedSql(ctx: Ctx, { scope, cost }: Scopes, input: ListInput): SQL {
  const { dialect } = ctx.db;
  const fact = FACT_ORDER[input.sort];
  const matching = matchingSql(dialect, scope, input);
  const amount = COST_ORDER[input.sort];
  if (amount) {
    const { from, until } = wholeDays(input.period, input.zone) ?? { from: 0, until: 0 };
    return sql`select f.k as k, x.v as v from (select u.workload_key as k ${matching}) f
      left join (select c.workload_key as k, sum(${amount}) as v from ${chargesOf(ctx)}
        where c.day >= ${from} and c.day < ${until} ${chargedOn(cost, input)} group by c.workload_key) x on x.k = f.k`;
  }
  if (!fact) return sql`select u.workload_key as k, ${SUM_ORDER[input.sort]} as v ${matching}`;
  const project = input.sort === "project" ? sql`join projects p on p.key = w.project_key` : sql``;
  if (input.heavy || input.gpuModel || input.cluster)
    return sql`select w.key as k, ${fact} as v from (select u.workload_key as k ${matching}) f
      join workloads w on w.key = f.k ${project}`;
  const { table, inPeriod } = usageIn(input);
  const conditions = factConditions(dialect, input);
  return sql`select w.key as k, ${fact} as v from workloads w ${project}
    where w.key <> 0 ${scope.workloads("w")} ${sql.join(conditions, sql` `)}
    and exists (select 1 from ${table} u where u.workload_key = w.key and ${inPeriod})`;
}

/** Orders that need no sums: the names of workloads are read once the list is known, or instead of it. */
const FACT_ORDER: Partial<Record<WorkloadSort, SQL>> = {
  name: sql`lower(w.name)`,
  project: sql`lower(p.name)`,
  user: sql`lower(w.submitted_by)`,
  phase: sql`w.phase`,
  created: sql`w.created_at`,
};

const COST_ORDER: Partial<Record<WorkloadSort, SQL>> = {
  cost: sql`c.amount_micros`,
  "idle-cost": sql.raw(sumSql(IDLE, "micros", "c")),
};

/** `and …` over charges: those that the viewer may see, of the hardware that the list counts. */
const chargedOn = (cost: CostScope, { gpuModel }: ListInput): SQL =>
  sql`${cost.charged("c", "h.cluster_id")} ${gpuModel ? sql`and h.gpu_model = ${gpuModel}` : sql``}`;

/** Daily sums where the period is made of whole days: the same figures, of fewer rows. */
const readPeriod = ({ period, zone }: ListInput): ReadPeriod => ({ ...period, days: wholeDays(period, zone) });
const usageIn = (input: ListInput) => workloadUsage(readPeriod(input));

const share = (c: UsageClass) => sql.raw(`sum(u.${classColumn(c, "milli")})`);
const SUM_ORDER: Partial<Record<WorkloadSort, SQL>> = {
  "gpu-hours": sql`sum(${allocatedSql})`,
  idle: sql`sum(${idleSql})`,
  active: share("active"),
  utilisation: sql`case when sum(u.observed_milli) > 0 then sum(cast(u.utilisation_weighted as double precision)) / sum(u.observed_milli) end`,
  coverage: sql`case when sum(${observableSql}) > 0 then sum(u.observed_milli) * 1.0 / sum(${observableSql}) end`,
};
const heavySum = (heavy: Heavy): SQL => (heavy === "idle" ? sql`sum(${idleSql})` : share(heavy));

/** From this long a period on, a word is looked up among all workloads; before, among those of the period. */
const LONG_SECONDS = 45 * DAY;

/** `from usage … group by … having …` over what the reader asked for. */
function matchingSql(dialect: Db["dialect"], scope: Scope, input: ListInput): SQL {
  const { table, inPeriod } = usageIn(input);
  const conditions = factConditions(dialect, input);
  const those = sql`select w.key from workloads w where true ${scope.workloads("w")} ${sql.join(conditions, sql` `)}`;
  const long = input.period.end - input.period.start > LONG_SECONDS;
  // Few workloads are looked up first, and only they are added up; a kind that most are of is not.
  const few = input.user || !scope.everyWorkload || (input.search && long);
  const chosen = few ? sql`and u.workload_key in (${those})` : sql`and exists (${those} and w.key = u.workload_key)`;
  const model = input.gpuModel
    ? sql` and u.hardware_key in (select key from hardware where gpu_model = ${input.gpuModel})`
    : sql``;
  const heavy = input.heavy
    ? sql`having ${heavySum(input.heavy)} > 0 and ${heavySum(input.heavy)} * 2 >= sum(${allocatedSql})`
    : sql``;
  return sql`from ${table} u where ${inPeriod} and u.workload_key <> 0
      ${conditions.length > 0 || !scope.everyWorkload ? chosen : sql``} ${scope.hardware("u.hardware_key")} ${model}
    group by u.workload_key ${heavy}`;
}

function factConditions(dialect: Db["dialect"], input: ListInput): SQL[] {
  const out: SQL[] = [];
  if (input.user) out.push(sql`and w.submitted_by = ${input.user}`);
  if (input.category) out.push(sql`and w.category = ${input.category}`);
  if (input.phase) out.push(sql`and w.phase = ${input.phase}`);
  if (input.search) {
    const columns = ["w.name", "w.submitted_by", "w.namespace", "w.id"];
    const tests = columns.map((c) => containsSql(dialect, c, input.search as string));
    out.push(sql`and (${sql.join(tests, sql` or `)})`);
  }
  return out;
}

/** Does a column hold the text, whatever its case (of ASCII in SQLite, whose `like` needs no `lower` for that)? */
export function containsSql(dialect: Db["dialect"], column: string, text: string): SQL {
  const value = dialect === "sqlite" ? sql.raw(column) : sql.raw(`lower(${column})`);
  return contains(value, text);
}

async function describe(
  ctx: Ctx,
  { scope, cost: money }: Scopes,
  input: ListInput,
  keys: readonly number[],
): Promise<WorkloadRow[]> {
  if (!keys.length) return [];
  const model = input.gpuModel ? sql` and h.gpu_model = ${input.gpuModel}` : sql``;
  const days = wholeDays(input.period, input.zone);
  const [facts, sums, costs] = await Promise.all([
    ctx.db.all<Omit<WorkloadRow, keyof Measures | "gpuModels" | "micros" | "idleMicros">>(sql`
      select w.key as "key", w.id as "id", w.name as "name", p.name as "project", w.project_key as "projectKey",
        coalesce(c.name, w.cluster_id) as "cluster", w.submitted_by as "user", w.category as "category", w.type as "type",
        w.phase as "phase", w.gpu_request_milli as "gpuRequestMilli", w.created_at as "createdAt", w.completed_at as "completedAt"
      from workloads w join projects p on p.key = w.project_key left join clusters c on c.id = w.cluster_id
      where w.key in ${inList(keys)}`),
    readWorkloadSums(ctx, readPeriod(input), {
      by: ["workloadKey", "gpuModel"],
      quantities: MEASURE_QUANTITIES,
      where: sql` and u.workload_key in ${inList(keys)}${scope.hardware("u.hardware_key")}${model}`,
    }),
    days
      ? readWorkloadCharges(ctx, money, days, sql`and c.workload_key in ${inList(keys)} ${chargedOn(money, input)}`)
      : [],
  ]);
  const costOf = new Map(costs.map((c) => [c.workloadKey, c]));
  const byKey = new Map(facts.map((f) => [f.key, f]));
  const sumsOf = Map.groupBy(sums, (s) => s.workloadKey);
  return keys.flatMap((key) => {
    const fact = byKey.get(key);
    if (!fact) return [];
    const own = sumsOf.get(key) ?? [];
    const gpuModels = own.map((s) => s.gpuModel).filter(Boolean);
    const cost = costOf.get(key);
    return [
      {
        ...fact,
        gpuModels: gpuModels.sort().join(", "),
        ...measuresOf(own),
        micros: cost?.micros ?? null,
        idleMicros: cost?.idleMicros ?? null,
      },
    ];
  });
}
