import type { SQL } from "drizzle-orm";
import { sql } from "@/db/client.ts";
import { inList } from "@/db/in-list.ts";
import { charges, clusters, fleet, projects, workloads } from "@/db/schema/index.ts";
import { type ClassAmounts, IDLE, isClass, zeroClasses } from "@/lib/classes.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { stopCommands } from "@/lib/insights/findings/commands.ts";
import type { StopCommand } from "@/lib/insights/findings/types.ts";
import { sumExactly } from "@/lib/money.ts";
import { type CostScope, type Days, findCostScope } from "@/lib/reports/read/cost-scope.ts";
import { MEASURE_QUANTITIES, measuresOf } from "@/lib/reports/read/measures.ts";
import { readSpend, totalOf } from "@/lib/reports/read/spend.ts";
import { readWorkloadSums } from "@/lib/reports/read/usage.ts";
import { readHourRates, readWorkloadCharges, type WorkloadCharge } from "@/lib/reports/read/workload-charges.ts";
import type { Period } from "@/lib/reports/report.ts";
import type { Measures } from "@/lib/reports/types.ts";
import { HOUR, type Instant } from "@/lib/time.ts";

/** One workload of the viewer. Milli-GPU-seconds and micro-units over the period; null: not known. */
export interface MyWorkload extends Measures {
  readonly key: number;
  readonly name: string;
  readonly project: string;
  readonly cluster: string;
  readonly phase: string;
  readonly createdAt: Instant;
  readonly completedAt: Instant | null;
  /** Its price; null where nothing of it has one, or the period cuts a day. */
  readonly micros: number | null;
  readonly idleMicros: number | null;
  /** Milli-GPUs that it holds now, by class; null where it holds none. */
  readonly now: Readonly<ClassAmounts> | null;
  /** Since when its cards are idle: the earliest of those that are. */
  readonly idleSinceAt: Instant | null;
  /** What an hour of what it holds now costs; null where it holds nothing, or that has no price. */
  readonly hourMicros: number | null;
  /** The class that had most of each of the last 24 hours, oldest first; null where it held nothing. */
  readonly hours: readonly (keyof ClassAmounts | null)[];
  /** The source that owns its cluster. */
  readonly source: string;
  /** Commands that free its cards, gentlest first. */
  readonly commands: readonly StopCommand[];
}

/** What the viewer used of a team that they are in. */
export interface MyTeam {
  readonly key: number;
  readonly name: string;
  readonly micros: number;
  readonly teamMicros: number;
}

/** Workloads of somebody: what holds GPUs now, what ran in a period, and what that cost. */
export interface Work {
  readonly currency: string;
  readonly total: Measures;
  readonly micros: number | null;
  readonly idleMicros: number | null;
  /** What an hour costs now; null where nothing is held, or something held has no price. */
  readonly hourMicros: number | null;
  /** Milli-GPUs held now, by class. */
  readonly now: Readonly<ClassAmounts>;
  /** Those that hold GPUs now, the longest idle first, then the newest. */
  readonly running: readonly MyWorkload[];
  /** The rest with usage in the period, the newest first; at most MOST. */
  readonly recent: readonly MyWorkload[];
  /** How many there are, running and recent. */
  readonly count: number;
}

export interface Mine extends Work {
  /** The names under which the viewer submits; empty: none is known, which is not the same as no workloads. */
  readonly names: readonly string[];
  readonly teams: readonly MyTeam[];
}

/** Rows of the page; the list of workloads has the rest. */
const MOST = 25;
const STRIP_HOURS = 24;

/**
 * The viewer's own workloads: what runs, what ran, what it cost, what of it was idle. Needs no permission but to be signed in,
 * and counts nothing that was submitted under another name.
 */
export async function loadMine(ctx: Ctx, period: Period): Promise<Mine> {
  const names = ctx.viewer.submitters ?? [];
  const own = sql`select w.key from ${workloads} w where w.key <> 0 and w.submitted_by in ${inList(names)}`;
  const [work, teams] = await Promise.all([
    loadWork(ctx, period, own),
    period.days ? loadTeams(ctx, own, period.days) : [],
  ]);
  return { ...work, names, teams };
}

/**
 * The workloads of a set that the caller has checked the viewer may see one by one.
 * @param own a query of their keys.
 */
export async function loadWork(ctx: Ctx, period: Period, own: SQL): Promise<Work> {
  const cost = await findCostScope(ctx, {}, "usage");
  const [usage, costs, held] = await Promise.all([
    readWorkloadSums(ctx, period, {
      by: ["workloadKey"],
      quantities: MEASURE_QUANTITIES,
      where: sql` and u.workload_key in (${own})`,
    }),
    period.days ? readWorkloadCharges(ctx, cost, period.days, sql`and c.workload_key in (${own})`) : [],
    readHeld(ctx, own),
  ]);
  const running = [...held.keys()];
  const rest = await newest(
    ctx,
    usage.map((u) => u.workloadKey).filter((key) => !held.has(key)),
  );
  const byKey = { usage: groupByKey(usage), costs: groupByKey(costs), held };
  const [first, recent] = await Promise.all([describe(ctx, cost, running, byKey), describe(ctx, cost, rest, byKey)]);
  const now = zeroClasses();
  for (const { classes } of held.values())
    for (const c of Object.keys(now) as (keyof ClassAmounts)[]) now[c] += classes[c];
  const hours = first.map((w) => w.hourMicros);
  return {
    currency: ctx.ledger.currency,
    total: measuresOf(usage),
    micros: costs.length ? sumExactly(costs.map((c) => c.micros)) : null,
    idleMicros: costs.length ? sumExactly(costs.map((c) => c.idleMicros)) : null,
    hourMicros: hours.length && hours.every((h) => h !== null) ? sumExactly(hours as number[]) : null,
    now,
    running: first.sort(
      (a, b) => (a.idleSinceAt ?? Infinity) - (b.idleSinceAt ?? Infinity) || b.createdAt - a.createdAt,
    ),
    recent,
    count: new Set([...usage.map((u) => u.workloadKey), ...running]).size,
  };
}

type Held = { readonly classes: ClassAmounts; readonly idleSinceAt: Instant | null; readonly asOfAt: Instant };
type UsageRow = Parameters<typeof measuresOf>[0][number] & { readonly workloadKey: number };
interface ByKey {
  readonly usage: ReadonlyMap<number, readonly UsageRow[]>;
  readonly costs: ReadonlyMap<number, readonly WorkloadCharge[]>;
  readonly held: ReadonlyMap<number, Held>;
}

const groupByKey = <T extends { readonly workloadKey: number }>(rows: readonly T[]) =>
  Map.groupBy(rows, (row) => row.workloadKey) as ReadonlyMap<number, readonly T[]>;

async function readHeld(ctx: Ctx, own: SQL): Promise<Map<number, Held>> {
  const rows = await ctx.db.all<{ key: number; class: string; milli: number; sinceAt: number; asOfAt: number }>(sql`
    select f.workload_key as "key", f.class as "class", cast(sum(f.milli) as bigint) as "milli",
      min(f.since_at) as "sinceAt", max(f.as_of_at) as "asOfAt"
    from ${fleet} f where f.workload_key in (${own}) group by f.workload_key, f.class`);
  const idle: ReadonlySet<string> = new Set(IDLE);
  const out = new Map<number, Held>();
  for (const row of rows) {
    const held = out.get(row.key) ?? { classes: zeroClasses(), idleSinceAt: null, asOfAt: row.asOfAt };
    if (isClass(row.class)) held.classes[row.class] += row.milli;
    const since = idle.has(row.class) ? Math.min(held.idleSinceAt ?? Infinity, row.sinceAt) : held.idleSinceAt;
    out.set(row.key, { ...held, idleSinceAt: since });
  }
  return out;
}

/** The viewer's part of each team that they are in, and the team's total: the one figure that everybody in it sees. */
async function loadTeams(ctx: Ctx, own: SQL, days: Days): Promise<MyTeam[]> {
  const mine = await ctx.db.all<{ teamKey: number; micros: number }>(sql`
    select c.team_key as "teamKey", cast(sum(c.amount_micros) as bigint) as "micros" from ${charges} c
    where c.workload_key in (${own}) and c.day >= ${days.from} and c.day < ${days.until} group by c.team_key`);
  if (mine.length === 0) return [];
  const cost = await findCostScope(ctx, {}, "team");
  const totals = await readSpend(ctx, cost, days, ["teamKey"]);
  return mine
    .flatMap(({ teamKey, micros }) => {
      const total = totals.find((t) => t.teamKey === teamKey);
      return total ? [{ key: teamKey, name: cost.teamName(teamKey).name, micros, teamMicros: totalOf(total) }] : [];
    })
    .sort((a, b) => b.micros - a.micros || a.key - b.key);
}

/** Bound parameters stay below what SQLite takes: keys are looked up in steps. */
const STEP = 500;

async function newest(ctx: Ctx, keys: readonly number[]): Promise<number[]> {
  const found: { key: number; createdAt: number }[] = [];
  for (let at = 0; at < keys.length; at += STEP)
    found.push(
      ...(await ctx.db.all<{ key: number; createdAt: number }>(
        sql`select key, created_at as "createdAt" from ${workloads} where key in ${inList(keys.slice(at, at + STEP))}`,
      )),
    );
  found.sort((a, b) => b.createdAt - a.createdAt || b.key - a.key);
  return found.slice(0, MOST).map((w) => w.key);
}

type Facts = Pick<MyWorkload, "key" | "name" | "project" | "cluster" | "phase" | "createdAt" | "completedAt"> & {
  readonly type: string;
  readonly source: string | null;
};

async function describe(
  ctx: Ctx,
  cost: CostScope,
  keys: readonly number[],
  { usage, costs, held }: ByKey,
): Promise<MyWorkload[]> {
  const [facts, rates, hours] = await Promise.all([
    ctx.db.all<Facts>(sql`select w.key, w.name, p.name as "project", w.cluster_id as "cluster", w.phase,
        w.created_at as "createdAt", w.completed_at as "completedAt",
        w.type, k.source
      from ${workloads} w join ${projects} p on p.key = w.project_key left join ${clusters} k on k.id = w.cluster_id where w.key in ${inList(keys)}`),
    readHourRates(ctx, cost, keys),
    readHours(ctx, keys),
  ]);
  const byKey = new Map(facts.map((f) => [f.key, f]));
  return keys.flatMap((key): MyWorkload[] => {
    const fact = byKey.get(key);
    if (!fact) return [];
    const source = fact.source ?? "";
    const own = costs.get(key);
    const holds = held.get(key);
    const rate = rates.get(key);
    const milli = holds ? sumExactly(Object.values(holds.classes)) : 0;
    return [
      {
        ...fact,
        source,
        commands: stopCommands({ ...fact, source }),
        ...measuresOf(usage.get(key) ?? []),
        micros: own ? sumExactly(own.map((c) => c.micros)) : null,
        idleMicros: own ? sumExactly(own.map((c) => c.idleMicros)) : null,
        now: holds?.classes ?? null,
        idleSinceAt: holds?.idleSinceAt ?? null,
        hourMicros: milli > 0 && rate !== undefined ? Math.round(rate * milli) : null,
        hours: hours.get(key) ?? Array(STRIP_HOURS).fill(null),
      },
    ];
  });
}

/** The leading class of each of the last 24 hours, by workload. */
export async function readHours(ctx: Ctx, keys: readonly number[]): Promise<ReadonlyMap<number, MyWorkload["hours"]>> {
  const end = Math.ceil(ctx.now() / HOUR) * HOUR;
  const start = end - STRIP_HOURS * HOUR;
  const rows = await readWorkloadSums(
    ctx,
    { start, end },
    {
      by: ["workloadKey", "bucketAt"],
      quantities: MEASURE_QUANTITIES,
      where: sql` and u.workload_key in ${inList(keys)}`,
    },
  );
  const out = new Map<number, (keyof ClassAmounts | null)[]>();
  for (const [key, mine] of groupByKey(rows)) {
    const hours = Array.from({ length: STRIP_HOURS }, (_, i) => {
      const at = start + i * HOUR;
      const within = mine.filter((r) => r.bucketAt >= at && r.bucketAt < at + HOUR);
      const { classes } = measuresOf(within);
      const [leading] = (Object.keys(classes) as (keyof ClassAmounts)[])
        .filter((c) => classes[c] > 0)
        .sort((a, b) => classes[b] - classes[a]);
      return leading ?? null;
    });
    out.set(key, hours);
  }
  return out;
}
