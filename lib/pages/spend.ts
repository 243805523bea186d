import { PLATFORM_TEAM } from "@/lib/attribution/types.ts";
import type { ClassAmounts } from "@/lib/classes.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { type Grain, readTrend, type TrendRow } from "@/lib/reports/cost/cost-trend.ts";
import { type CostScope, type Days, findCostScope } from "@/lib/reports/read/cost-scope.ts";
import { type Compared, comparedDays } from "@/lib/reports/read/period-before.ts";
import {
  addSpend,
  classSums,
  exactIdleOf,
  exactTotalOf,
  idleOf,
  noSpend,
  readSpend,
  readUnpriced,
  type Spend,
  totalOf,
} from "@/lib/reports/read/spend.ts";
import { addDays, daysBetween } from "@/lib/time.ts";
import { completeDays, loadSpendSparks, type Sparks } from "./sparks.ts";

export interface SpendInput {
  readonly days: Days;
  /** Day key: the last day that has begun. */
  readonly today: number;
  readonly grain: Grain;
  readonly cluster?: string | undefined;
  /** A team's name or key. */
  readonly team?: string | undefined;
}

/** What somebody pays in the period, and what it is compared with. */
export interface SpendPart {
  readonly key: number;
  /** The page of the team or project is open to the viewer. */
  readonly open: boolean;
  readonly name: string;
  readonly micros: number;
  /** Over the compared days, and the days before; null: nothing is compared. */
  readonly compared: { readonly nowMicros: number; readonly beforeMicros: number } | null;
  readonly idleMicros: number;
  readonly gpuMilli: number;
  /** Of all amounts, for programs: pages round. */
  readonly exact: { readonly micros: bigint; readonly idleMicros: bigint; readonly changeMicros: bigint | null };
}

/** The key of what a team's projects that the viewer does not see come to, as one part. */
export const UNSEEN_PROJECTS = -1;

export interface SpendTeam extends SpendPart {
  /** Key 0: cost of no project; UNSEEN_PROJECTS: those that the viewer knows of as a sum alone. */
  readonly projects: readonly SpendPart[];
}

export interface SpendPoint {
  readonly fromDay: number;
  readonly untilDay: number;
  /** Micro-units by team key. */
  readonly teams: Readonly<Record<number, number>>;
}

export interface SpendView {
  readonly currency: string;
  readonly team: { readonly key: number; readonly name: string } | null;
  /** Teams, the platform and what nobody held: everything that the ledger has. */
  readonly whole: boolean;
  /** The days that have begun; null: none. */
  readonly begun: Days | null;
  /** Complete days and those that they are compared with (read/period-before.ts); null: there is nothing to compare. */
  readonly pair: { readonly now: Days; readonly before: Days } | null;
  readonly lacks: Compared["lacks"];
  /** The first day that the ledger charged. */
  readonly firstDay: number | null;
  readonly totalMicros: number | null;
  /** Of the compared days; null: nothing is compared, or nothing was charged before. */
  readonly compared: { readonly nowMicros: number; readonly beforeMicros: number } | null;
  /** The change between them, exactly; null where they are. */
  readonly exactChangeMicros: bigint | null;
  readonly sums: Spend;
  readonly idleMicros: number;
  readonly classMicros: Readonly<ClassAmounts>;
  readonly classMilli: Readonly<ClassAmounts>;
  /** The dearest first. */
  readonly teams: readonly SpendTeam[];
  readonly points: readonly SpendPoint[];
  /**
   * What each of the days before came to, in order: of the whole ledger what teams were charged, because with the platform's part it is
   * the capacity of every day. Null: nothing is compared, or the grain is not a day.
   */
  readonly daysBefore: readonly number[] | null;
  /** By team, or by team and project. */
  readonly sparks: Sparks<string>;
  /** GPU time without an amount; null: unknown. */
  readonly unpricedMilli: number | null;
}

/** The page of spend: total, change, trend and what it went into, of one team or of all that the viewer may see. */
export async function loadSpend(ctx: Ctx, input: SpendInput): Promise<SpendView> {
  const { cluster, team, days } = input;
  const cost = await findCostScope(ctx, { cluster, team }, "team");
  const compared = await comparedDays(ctx, days, input.today);
  const pair = compared?.pair ?? null;
  const read = (of: Days) => readSpend(ctx, cost, of, ["teamKey", "projectKey"]);
  const [spend, old, part, trend, before, sparks, unpriced] = await Promise.all([
    read(days),
    pair ? read(pair.before) : [],
    pair && pair.now.until < days.until ? read(pair.now) : null,
    readTrend(ctx, cost, days, input.grain),
    pair && input.grain === "day" ? readTrend(ctx, cost, pair.before, "day") : null,
    loadSpendSparks(ctx, cost, completeDays(days, input.today)),
    cost.whole ? readUnpriced(ctx, cost, days) : null,
  ]);
  const now = part ?? spend;
  const sums = noSpend();
  for (const s of spend) addSpend(sums, s);
  return {
    currency: ctx.ledger.currency,
    team: cost.team,
    whole: cost.whole,
    begun: compared?.begun ?? null,
    pair,
    lacks: compared?.lacks ?? null,
    firstDay: compared?.firstDay ?? null,
    totalMicros: spend.length ? totalOf(sums) : null,
    compared: old.length ? { nowMicros: totalsOf(now), beforeMicros: totalsOf(old) } : null,
    exactChangeMicros: old.length ? exactTotalsOf(now) - exactTotalsOf(old) : null,
    sums,
    idleMicros: idleOf(sums),
    classMicros: classSums(sums, "micros"),
    classMilli: classSums(sums, "milli"),
    teams: teamsOf(cost, spend, now, old),
    points: pointsOf(trend),
    daysBefore:
      before && pair
        ? sumsByDay(
            before.filter((r) => !cost.whole || r.teamKey !== PLATFORM_TEAM),
            pair.before,
          )
        : null,
    sparks,
    unpricedMilli: unpriced?.reduce((sum, u) => sum + u.milli, 0) ?? null,
  };
}

/** Each day's sum, in order. */
function sumsByDay(rows: readonly TrendRow[], { from, until }: Days): number[] {
  const sums = Map.groupBy(rows, (r) => r.fromDay);
  return Array.from({ length: daysBetween(from, until) }, (_, i) => totalsOf(sums.get(addDays(from, i)) ?? []));
}

type Keyed = Spend & { readonly teamKey: number; readonly projectKey: number };

const exactTotalsOf = (rows: readonly Spend[]): bigint => rows.reduce((sum, s) => sum + exactTotalOf(s), 0n);
const totalsOf = (rows: readonly Spend[]): number => Number(exactTotalsOf(rows));

/** Teams and their projects, the dearest first; those that cost something before and nothing now, too. */
function teamsOf(
  cost: CostScope,
  spend: readonly Keyed[],
  now: readonly Keyed[],
  before: readonly Keyed[],
): SpendTeam[] {
  const part = (key: number, name: string, open: boolean, of: (s: Keyed) => boolean): SpendPart => {
    const mine = spend.filter(of);
    return {
      key,
      name,
      open,
      micros: totalsOf(mine),
      compared: before.length
        ? { nowMicros: totalsOf(now.filter(of)), beforeMicros: totalsOf(before.filter(of)) }
        : null,
      idleMicros: mine.reduce((sum, s) => sum + idleOf(s), 0),
      gpuMilli: mine.reduce((sum, s) => sum + s.gpuMilli, 0),
      exact: {
        micros: exactTotalsOf(mine),
        idleMicros: mine.reduce((sum, s) => sum + exactIdleOf(s), 0n),
        changeMicros: before.length ? exactTotalsOf(now.filter(of)) - exactTotalsOf(before.filter(of)) : null,
      },
    };
  };
  const dearest = (a: SpendPart, b: SpendPart) => b.micros - a.micros || (a.name < b.name ? -1 : 1);
  const shown = ({ projectKey: p, teamKey }: Keyed) =>
    p === 0 || cost.opens(p) || (cost.detailed(teamKey) && cost.project(p)) ? p : UNSEEN_PROJECTS;
  const all = [...spend, ...before];
  return [...new Set(all.map((s) => s.teamKey))]
    .map((team) => {
      const keys = new Set(all.filter((s) => s.teamKey === team).map(shown));
      const projects = [...keys].map((p) =>
        part(p, cost.project(p)?.name ?? "", cost.opens(p), (s) => s.teamKey === team && shown(s) === p),
      );
      return {
        ...part(team, cost.teamName(team).name, true, (s) => s.teamKey === team),
        projects: projects.sort(dearest),
      };
    })
    .sort(dearest);
}

function pointsOf(rows: readonly (Spend & { teamKey: number; fromDay: number; untilDay: number })[]): SpendPoint[] {
  const points = new Map<number, { fromDay: number; untilDay: number; teams: Record<number, number> }>();
  for (const row of rows) {
    const { fromDay, untilDay } = row;
    const point = points.get(fromDay) ?? { fromDay, untilDay, teams: {} };
    point.teams[row.teamKey] = totalOf(row);
    points.set(fromDay, point);
  }
  return [...points.values()];
}
