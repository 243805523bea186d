import type { SQL } from "drizzle-orm";
import { type Reader, sql } from "@/db/client.ts";
import { inList } from "@/db/in-list.ts";
import { teams } from "@/db/schema/index.ts";
import { visibleTeams } from "@/lib/auth/visible-teams.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import type { Period } from "@/lib/reports/report.ts";
import { shortName, suggest } from "./near-names.ts";
import { type Filters, findScope, type Scope } from "./scope.ts";

export type CostFilters = Filters & { readonly team?: string | undefined };
export type Days = NonNullable<Period["days"]>;

export interface TeamName {
  readonly key: number;
  readonly name: string;
  readonly costCentre: string;
}

/** What a report of money may count: where every such loader starts. */
export interface CostScope extends Scope {
  /** The team asked for; null: none in particular. */
  readonly team: TeamName | null;
  /** The whole ledger belongs: every project and team, narrowed by no more than a cluster. */
  readonly whole: boolean;
  teamName(key: number): TeamName;
  /** `and …` over columns `team_key`, `project_key` and a cluster's id of rows of the alias. */
  rows(alias: string, cluster: string): SQL;
  /**
   * The same for charges of workloads under the alias, joined with `workloads` as `w`: what somebody's own workloads cost is
   * theirs to see, whichever project and team they are of.
   */
  charged(alias: string, cluster: string): SQL;
  /** Whether a team's projects, users and workloads are seen, and not its total alone. */
  detailed(teamKey: number): boolean;
  /** The same for rows without a team: usage without a price. */
  usage(project: string, cluster: string): SQL;
  /** `and …` over shares, which are of a team and of no project. */
  shares(alias: string): SQL;
}

/** Cost is made day by day. @throws AppError `invalid` for a period with an edge within a day. */
export function wholeDaysOf(period: Period): Days {
  if (period.days) return period.days;
  throw new AppError(
    "invalid",
    "Cost is kept by whole days of the billing time zone: choose days or months, not hours.",
  );
}

export const listTeams = (db: Reader): Promise<TeamName[]> =>
  db.all(sql`select key, name, cost_centre as "costCentre" from ${teams} order by key`);

const visibleOf = ({ viewer }: Ctx, all: readonly TeamName[]): readonly TeamName[] => {
  const mine = visibleTeams(viewer);
  return mine === "all" ? all : all.filter((t) => mine.includes(t.key));
};

/** The teams whose money the viewer may see. */
export const listVisibleTeams = async (ctx: Ctx): Promise<readonly TeamName[]> =>
  visibleOf(ctx, await listTeams(ctx.db));

/**
 * What the viewer may see of money, narrowed by the filters. With `grain` "team" only whole teams count: a part of a
 * team's cost would pass for its total. Else the viewer's projects count, too.
 * @throws AppError `not_found` with the nearest names, for a filter that names nothing that the viewer may see.
 */
export async function findCostScope(ctx: Ctx, filters: CostFilters, grain: "team" | "usage"): Promise<CostScope> {
  const { team: wanted, ...rest } = filters;
  const [scope, all] = await Promise.all([findScope(ctx, rest, "money"), listTeams(ctx.db)]);
  const mine = visibleTeams(ctx.viewer);
  const seen = visibleOf(ctx, all);
  const team = wanted === undefined ? null : matchTeam(wanted, seen);
  const byKey = new Map(all.map((t) => [t.key, t]));
  const allProjects = ctx.viewer.projects === "all";
  const keys = scope.projectKeys ?? [];
  const named = (column: string) =>
    filters.project === undefined ? sql`` : sql` and ${sql.raw(column)} in ${inList(keys)}`;
  // Of a team that the viewer is in but does not manage they see the total, and not what others in it used.
  const whole = mine === "all" && allProjects ? "all" : (ctx.viewer.manages ?? mine);
  const inTeams = (alias: string, teams: "all" | readonly number[]) =>
    teams === "all" ? sql`true` : sql`${sql.raw(alias)}.team_key in ${inList(teams)}`;
  const may = (alias: string, own = sql``): SQL => {
    if (mine === "all" && (allProjects || grain === "team")) return sql``;
    if (grain === "team") return sql` and ${inTeams(alias, mine)}`;
    if (allProjects) return sql``;
    return sql` and (${sql.raw(alias)}.project_key in ${inList(keys)} or ${inTeams(alias, whole)}${own})`;
  };
  const { submitters = [] } = ctx.viewer;
  const own = submitters.length ? sql` or w.submitted_by in ${inList(submitters)}` : sql``;
  const ofTeam = (alias: string) => (team ? sql` and ${sql.raw(alias)}.team_key = ${team.key}` : sql``);
  return {
    ...scope,
    team,
    whole: allProjects && mine === "all" && !team && filters.project === undefined && filters.user === undefined,
    teamName: (key) => byKey.get(key) ?? { key, name: `#${key}`, costCentre: "" },
    rows: (alias, cluster) =>
      sql`${scope.clusters(cluster)}${named(`${alias}.project_key`)}${ofTeam(alias)}${may(alias)}`,
    charged: (alias, cluster) =>
      sql`${scope.clusters(cluster)}${named(`${alias}.project_key`)}${ofTeam(alias)}${may(alias, own)}`,
    detailed: (teamKey) => whole === "all" || whole.includes(teamKey),
    usage: (project, cluster) => {
      const visible = allProjects ? sql`` : sql` and ${sql.raw(project)} in ${inList(keys)}`;
      return sql`${scope.clusters(cluster)}${named(project)}${visible}`;
    },
    shares: (alias) => {
      if (filters.project !== undefined || filters.user !== undefined) return sql` and 1 = 0`;
      const teams = grain === "team" ? mine : whole;
      const visible = mine === "all" ? sql`` : sql` and ${inTeams(alias, teams)}`;
      return sql`${scope.clusters(`${alias}.cluster_id`)}${ofTeam(alias)}${visible}`;
    },
  };
}

function matchTeam(wanted: string, seen: readonly TeamName[]): TeamName {
  // Links give the key, people the name: a team that is called like the key of another has only its own key.
  const found = seen.find((t) => String(t.key) === wanted) ?? seen.find((t) => t.name === wanted);
  if (found) return found;
  const names = seen.map((t) => t.name);
  throw new AppError("not_found", `There is no team "${shortName(wanted)}".${suggest(wanted, names)}`);
}
