import { sql } from "@/db/client.ts";
import { listRules } from "@/lib/attribution/rule-store.ts";
import { listTeams } from "@/lib/attribution/team-store.ts";
import { isBuiltIn, type Team } from "@/lib/attribution/types.ts";
import { allow } from "@/lib/auth/allow.ts";
import { loadPlaces, projectsEver } from "@/lib/charges/day-load.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { holdsOn } from "@/lib/dated.ts";
import { type Days, loadWork, partsOf } from "@/lib/previews/load.ts";
import { cutsOf, type OfProject, openProjects, unassignedWork } from "@/lib/previews/rule.ts";
import { findCostScope } from "@/lib/reports/read/cost-scope.ts";
import { findScope } from "@/lib/reports/read/scope.ts";
import { idleOf, noSpend, readSpend, totalOf } from "@/lib/reports/read/spend.ts";
import { dateOf, dayKey, type Interval } from "@/lib/time.ts";

export interface TeamRow extends Team {
  /** Milli-GPU-seconds; the platform's are those of nobody. */
  readonly gpuMilli: number;
  readonly chargedMicros: number;
  readonly idleMicros: number;
  /** What policies and imported cost add or take. */
  readonly sharedMicros: number;
  /** Corrections of closed periods and answers to disputes, booked within the days. */
  readonly correctionMicros: number;
  readonly totalMicros: number;
  /** Rules that give it work today. */
  readonly rules: number;
}

/** The days of a period, as keys: its own where they are whole, else those that it touches. */
export function daysOfPeriod(period: Interval & { readonly days?: Days | undefined }, zone: string): Days {
  return (
    period.days ?? {
      from: dayKey(dateOf(period.start, zone)),
      until: dayKey(dateOf(period.end + 86_399, zone)),
    }
  );
}

/**
 * Every team in use with what it came to, dearest first; archived ones where they came to anything, or are `wanted`.
 */
export async function loadTeams(ctx: Ctx, days: Days, today: number, wanted?: number): Promise<TeamRow[]> {
  const cost = await findCostScope(ctx, {}, "usage");
  const [teams, rules, sums] = await Promise.all([
    listTeams(ctx.db),
    listRules(ctx.db),
    readSpend(ctx, cost, days, ["teamKey"]),
  ]);
  const rows = teams.map((team): TeamRow => {
    const sum = sums.find((s) => s.teamKey === team.key) ?? noSpend();
    return {
      ...team,
      gpuMilli: sum.gpuMilli,
      chargedMicros: sum.usageMicros,
      idleMicros: idleOf(sum),
      sharedMicros: sum.shareMicros + sum.costMicros,
      correctionMicros: sum.correctionMicros,
      totalMicros: totalOf(sum),
      rules: rules.filter((r) => r.teamKey === team.key && holdsOn(r, today)).length,
    };
  });
  return rows
    .filter((r) => r.archivedAt === null || r.key === wanted || r.totalMicros !== 0 || r.gpuMilli !== 0)
    .sort((a, b) => Number(isBuiltIn(a.key)) - Number(isBuiltIn(b.key)) || b.totalMicros - a.totalMicros);
}

/** What no rule matches, by project; with the team's name of each rule beside it, pages show both. */
export async function loadUnassigned(ctx: Ctx, days: Days, zone: string): Promise<OfProject[]> {
  const { nobody } = await findScope(ctx, {});
  if (!nobody) return [];
  const [rules, places] = await Promise.all([listRules(ctx.db), loadPlaces(ctx.db)]);
  const cuts = cutsOf(rules);
  const starts = partsOf(days, cuts).map((part) => part.from);
  // Most projects are somebody's as a whole: their workloads need not be looked at one by one.
  const open = openProjects(projectsEver(places), rules, starts).map((p) => p.key);
  return unassignedWork(await loadWork(ctx.db, { days, cuts, zone, projectKeys: [0, ...new Set(open)] }), rules);
}

export interface TeamProject {
  readonly key: number;
  readonly name: string;
  readonly cluster: string;
  readonly gpuMilli: number;
  readonly amountMicros: number;
}

/** The projects whose work a team was charged for, dearest first. */
export async function loadTeamProjects(ctx: Ctx, teamKey: number, days: Days): Promise<TeamProject[]> {
  const scope = await findScope(ctx, {});
  return ctx.db.all<TeamProject>(sql`select p.key, p.name, coalesce(c.name, p.cluster_id) as cluster,
    cast(sum(case when t.sku = 'gpu' then t.quantity else 0 end) as bigint) as "gpuMilli",
    cast(sum(t.amount_micros) as double precision) as "amountMicros"
    from team_days t join projects p on p.key = t.project_key left join clusters c on c.id = p.cluster_id
    where t.team_key = ${teamKey} and t.day >= ${days.from} and t.day < ${days.until} and t.project_key <> 0
      ${scope.projects("t.project_key")}
    group by p.key, p.name, c.name, p.cluster_id order by sum(t.amount_micros) desc, p.name`);
}

/** How many workloads of some days have a label that a source reported, of all that held GPUs. */
export async function countLabelled(ctx: Ctx, days: Days): Promise<{ labelled: number; all: number }> {
  allow(ctx.viewer, "teams.read");
  const row = await ctx.db.find<{ labelled: number; all: number }>(sql`select
    cast(coalesce(sum(case when labels <> '{}' then 1 else 0 end), 0) as bigint) as labelled,
    cast(count(*) as bigint) as "all" from workloads where key in
      (select distinct workload_key from usage_days where day >= ${days.from} and day < ${days.until} and workload_key <> 0)`);
  return row ?? { labelled: 0, all: 0 };
}
