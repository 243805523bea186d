import { sql } from "@/db/client.ts";
import { inList } from "@/db/in-list.ts";
import { fleet, projects, workloads } from "@/db/schema/index.ts";
import {
  CAPACITY,
  CLASSES,
  type ClassAmounts,
  HELD,
  IDLE,
  isClass,
  sumClasses,
  type UsageClass,
  WORKING,
  zeroClasses,
} from "@/lib/classes.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { listFindings } from "@/lib/insights/findings/load.ts";
import type { FindingRow } from "@/lib/insights/findings/types.ts";
import { sumExactly } from "@/lib/money.ts";
import { findCostScope } from "@/lib/reports/read/cost-scope.ts";
import { findScope } from "@/lib/reports/read/scope.ts";
import { classSums, idleOf, readSpend } from "@/lib/reports/read/spend.ts";
import type { Period } from "@/lib/reports/report.ts";
import type { Instant } from "@/lib/time.ts";
import { readHours } from "./me.ts";
import { loadTrend } from "./overview.ts";
import type { TrendPoint } from "./types.ts";
import { readHourRates } from "./workload-charges.ts";

/** Cards of a workload that wait in one class at the newest metered instant. Micro-units; null: no price is known. */
export interface IdleNowRow {
  readonly key: number;
  readonly name: string;
  readonly project: string;
  readonly projectKey: number;
  readonly user: string;
  readonly teamKey: number;
  readonly team: string;
  readonly category: string;
  readonly class: UsageClass;
  readonly milli: number;
  readonly gpuModel: string;
  readonly sinceAt: Instant;
  readonly hourMicros: number | null;
  /** Open finding about it; null: none yet. */
  readonly finding: FindingRow | null;
  readonly hours: readonly (UsageClass | null)[];
}

/** What a team held without activity in the period. */
export interface IdleTeam {
  readonly key: number;
  readonly name: string;
  readonly idleMilli: number;
  readonly idleMicros: number;
  readonly heldMilli: number;
}

/** Where capacity went, in milli-GPU-seconds; each step is a part of the one before. Null: the viewer does not see the whole. */
export interface Funnel {
  readonly capacityMilli: number | null;
  readonly allocatedMilli: number;
  readonly workingMilli: number;
  /** Active time at the utilisation that was observed. */
  readonly effectiveMilli: number;
}

export interface IdlePage {
  readonly currency: string;
  readonly asOfAt: Instant | null;
  readonly now: readonly IdleNowRow[];
  /** Milli-GPUs at present by class, of all that the viewer may see. */
  readonly classes: Readonly<ClassAmounts>;
  readonly funnel: Funnel;
  readonly points: readonly TrendPoint[];
  /** Null where the period cuts a day. */
  readonly teams: readonly IdleTeam[] | null;
}

export interface IdleInput {
  readonly period: Period;
  readonly zone: string;
  readonly clockZone: string;
  readonly cluster: string | undefined;
  /** Only workloads that the viewer submitted. */
  readonly mine: boolean;
}

/** Classes that the page is about: idle ones, and those that hold cards and wait. */
const WAITING: readonly UsageClass[] = HELD.filter(
  (c) => !(WORKING as readonly UsageClass[]).includes(c) && !(CAPACITY as readonly UsageClass[]).includes(c),
);

/** Cards that idle now, with their owners and what they cost an hour, and the idle time of a period. */
export async function loadIdle(ctx: Ctx, input: IdleInput): Promise<IdlePage> {
  const { period, zone, clockZone, cluster } = input;
  const scope = await findScope(ctx, { cluster });
  const [now, trend, teams] = await Promise.all([
    loadIdleNow(ctx, input),
    loadTrend(ctx, scope, { period, zone, clockZone, cluster }),
    loadTeams(ctx, input),
  ]);
  const { total } = trend;
  const active = sumClasses(total.classes, WORKING);
  return {
    currency: ctx.ledger.currency,
    ...now,
    funnel: {
      capacityMilli: trend.capacityMilli,
      allocatedMilli: total.allocatedMilli,
      workingMilli: active,
      effectiveMilli: Math.min(active, Math.round((total.observedMilli * (total.utilisationPercent ?? 0)) / 100)),
    },
    points: trend.points,
    teams,
  };
}

interface Slot {
  readonly key: number;
  readonly class: string;
  readonly milli: number;
  readonly sinceAt: number;
  readonly gpuModel: string;
  readonly asOfAt: number;
  readonly name: string | null;
  readonly project: string | null;
  readonly projectKey: number;
  readonly user: string | null;
  readonly category: string | null;
}

/** Workloads whose cards wait at the newest metered instant, the most expensive first; and the GPUs of all that the viewer sees, by class. */
export async function loadIdleNow(
  ctx: Ctx,
  { cluster, mine }: Pick<IdleInput, "cluster" | "mine">,
): Promise<Pick<IdlePage, "now" | "classes" | "asOfAt">> {
  const scope = await findScope(ctx, { cluster });
  const { submitters = [] } = ctx.viewer;
  const own = mine ? sql`and w.submitted_by in ${inList(submitters)}` : sql``;
  const visible = scope.nobody && !mine ? sql`` : sql`and w.key <> 0 ${scope.workloads("w")} ${own}`;
  const slots = await ctx.db.all<Slot>(sql`select f.workload_key as "key", f.class as "class",
      cast(sum(f.milli) as bigint) as "milli", min(f.since_at) as "sinceAt", max(h.gpu_model) as "gpuModel",
      max(f.as_of_at) as "asOfAt", max(w.name) as "name", max(p.name) as "project",
      max(coalesce(w.project_key, 0)) as "projectKey", max(w.submitted_by) as "user", max(w.category) as "category"
    from ${fleet} f left join ${workloads} w on w.key = f.workload_key
    left join ${projects} p on p.key = w.project_key left join hardware h on h.key = f.hardware_key
    where true ${scope.clusters("f.cluster_id")} ${visible} group by f.workload_key, f.class`);
  const classes = zeroClasses();
  for (const slot of slots) if (isClass(slot.class)) classes[slot.class] += slot.milli;
  // Whoever sees sums alone sees how much waits, and not whose it is.
  const bySum = scope.nobody && !scope.everyWorkload && !mine;
  const waiting = slots.filter((s) => !bySum && s.key !== 0 && isClass(s.class) && WAITING.includes(s.class));
  const keys = [...new Set(waiting.map((s) => s.key))];
  const [rates, hours, found] = keys.length
    ? await Promise.all([
        readHourRates(ctx, keys),
        readHours(ctx, keys),
        listFindings(ctx, { group: "idle", live: true }),
      ])
    : [new Map<number, number>(), new Map<number, IdleNowRow["hours"]>(), []];
  const teams = await teamsOf(ctx, keys);
  const rows = waiting.map((s): IdleNowRow => {
    const rate = rates.get(s.key);
    const finding = found.find((f) => f.workloadKey === s.key && f.rule === s.class);
    return {
      ...{ key: s.key, name: s.name ?? "", project: s.project ?? "", projectKey: s.projectKey, user: s.user ?? "" },
      ...{ category: s.category ?? "", class: s.class as UsageClass, milli: s.milli, gpuModel: s.gpuModel ?? "" },
      ...(teams.get(s.key) ?? { teamKey: 0, team: "" }),
      sinceAt: Math.min(s.sinceAt, finding?.sinceAt ?? s.sinceAt),
      hourMicros: rate === undefined ? null : Math.round(rate * s.milli),
      finding: finding ?? null,
      hours: hours.get(s.key) ?? [],
    };
  });
  rows.sort((a, b) => (b.hourMicros ?? 0) - (a.hourMicros ?? 0) || b.milli - a.milli || a.key - b.key);
  return { now: rows, classes, asOfAt: slots.length ? Math.max(...slots.map((s) => s.asOfAt)) : null };
}

/** The team that each workload was charged to last. */
async function teamsOf(ctx: Ctx, keys: readonly number[]) {
  const rows = await ctx.db.all<{ key: number; teamKey: number; team: string }>(sql`
    select c.workload_key as "key", max(c.team_key) as "teamKey", max(t.name) as "team" from charges c
    join teams t on t.key = c.team_key
    join (select workload_key, max(day) as day from charges where workload_key in ${inList(keys)} group by workload_key) n
      on n.workload_key = c.workload_key and n.day = c.day
    group by c.workload_key`);
  return new Map(rows.map(({ key, ...team }) => [key, team]));
}

async function loadTeams(ctx: Ctx, { period, cluster }: IdleInput): Promise<IdleTeam[] | null> {
  if (!period.days) return null;
  const cost = await findCostScope(ctx, { cluster }, "usage");
  const rows = await readSpend(ctx, cost, period.days, ["teamKey"]);
  return rows
    .map((row) => {
      const milli = classSums(row, "milli");
      return {
        key: row.teamKey,
        name: cost.teamName(row.teamKey).name,
        idleMilli: sumClasses(milli, IDLE),
        idleMicros: idleOf(row),
        heldMilli: sumClasses(
          milli,
          CLASSES.filter((c) => (HELD as readonly UsageClass[]).includes(c)),
        ),
      };
    })
    .filter((t) => t.idleMilli > 0)
    .sort((a, b) => b.idleMicros - a.idleMicros || b.idleMilli - a.idleMilli || a.key - b.key);
}

/** What rows cost an hour; null where one has no price. */
export function hourOf(rows: readonly Pick<IdleNowRow, "hourMicros">[]): number | null {
  const known = rows.flatMap((r) => r.hourMicros ?? []);
  return known.length === rows.length ? sumExactly(known) : null;
}
