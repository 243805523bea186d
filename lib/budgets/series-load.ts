import { type Reader, sql } from "@/db/client.ts";
import { inList } from "@/db/in-list.ts";
import { projects, spendDays, teams } from "@/db/schema/index.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { loadBooked } from "@/lib/statements/booked-load.ts";

/** Day keys, half-open. */
interface Days {
  readonly from: number;
  readonly until: number;
}

/** What a team or project came to on a day; micro-units and milli-GPU-seconds. */
export interface DayRow {
  readonly day: number;
  /** Key of the team or project. */
  readonly key: number;
  /** Usage at its prices, and what policies moved. */
  readonly flowMicros: number;
  /** Imported cost, and what is booked of closed periods and disputes. */
  readonly fixedMicros: number;
  readonly observedMilli: number;
  readonly expectedMilli: number;
}

/** Cost by day and team, or by day and project. @param keys those to read; null: all. */
export async function loadDayRows(
  ctx: Pick<Ctx, "db" | "ledger" | "now">,
  by: "team" | "project",
  keys: readonly number[] | null,
  { from, until }: Days,
): Promise<DayRow[]> {
  if (keys?.length === 0) return [];
  const column = sql.raw(`${by}_key`);
  const chosen = (alias: string) => (keys ? sql` and ${sql.raw(alias)}.${column} in ${inList(keys)}` : sql``);
  const [rows, booked] = await Promise.all([
    ctx.db.all<DayRow>(sql`select d.day, d.${column} as key,
        cast(sum(d.usage_micros + d.share_micros) as bigint) as "flowMicros", cast(sum(d.cost_micros) as bigint) as "fixedMicros",
        cast(sum(d.observed_milli) as bigint) as "observedMilli", cast(sum(d.expected_milli) as bigint) as "expectedMilli"
      from ${spendDays} d where d.day >= ${from} and d.day < ${until}${chosen("d")}
      group by d.day, d.${column} order by d.day`),
    loadBooked(ctx, (alias) => chosen(alias), { from, until }),
  ]);
  const none = { flowMicros: 0, observedMilli: 0, expectedMilli: 0 };
  const others = booked.map((b) => {
    const key = by === "team" ? b.teamKey : b.projectKey;
    return { ...none, day: b.day, key, fixedMicros: b.amountMicros };
  });
  return [...rows, ...others];
}

/** Teams and projects as scopes see them. */
export interface ScopeTeam {
  readonly key: number;
  readonly name: string;
  readonly costCentre: string;
  readonly archivedAt: number | null;
}
export interface ScopeProject {
  readonly key: number;
  readonly clusterId: string;
  readonly id: string;
  readonly name: string;
  readonly department: string;
}

export const loadScopeTeams = (db: Reader): Promise<ScopeTeam[]> =>
  db.all(
    sql`select key, name, cost_centre as "costCentre", archived_at as "archivedAt" from ${teams} order by name, key`,
  );

export const loadScopeProjects = (db: Reader): Promise<ScopeProject[]> =>
  db.all(sql`select key, cluster_id as "clusterId", id, name, department_name as "department" from ${projects}
    where key <> 0 order by name, key`);
