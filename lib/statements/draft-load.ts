import { type Reader, sql } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import {
  adjustments,
  chargedDays,
  clusters,
  hardware,
  meteredDays,
  priceProposals,
  prices,
  projects,
  shares,
  teamDays,
} from "@/db/schema/index.ts";
import { listTeams } from "@/lib/attribution/team-store.ts";
import { PLATFORM_TEAM, type Team } from "@/lib/attribution/types.ts";
import { SUMMED_AMOUNTS } from "@/lib/charges/store.ts";
import { type ClassRow, pickClasses } from "@/lib/classes.ts";
import type { BillingPeriod } from "@/lib/periods/types.ts";
import { loadAgreedPrices } from "@/lib/pricing/price-store.ts";
import type { AdjustmentRow, Names, ShareRow, UsageRow } from "./rows.ts";

type Days = Pick<BillingPeriod, "fromDay" | "untilDay">;
const within = ({ fromDay, untilDay }: Days) => sql`day >= ${fromDay} and day < ${untilDay}`;
/** One team, or all of them. */
export type OfTeam = number | null;
const ofTeam = (team: OfTeam) => (team === null ? sql`` : sql`and team_key = ${team}`);

type OfOne<T> = T & { readonly teamKey: number };

const PROJECT = columnsOf(projects, {
  key: "key",
  name: "name",
  department: "departmentName",
  clusterId: "clusterId",
});

export async function loadNames(db: Reader): Promise<Names> {
  const [clusterRows, projectRows, hardwareRows, priceRows, agreed] = await Promise.all([
    db.all(sql`select ${columnsOf(clusters, ["id", "name"])} from ${clusters} order by id`),
    db.all(sql`select ${PROJECT} from ${projects} where key <> 0`),
    db.all(sql`select ${columnsOf(hardware)} from ${hardware}`),
    db.all<{ key: number; version: number }>(
      sql`select p.key, o.version from ${prices} p join ${priceProposals} o on o.id = p.proposal_id where o.version is not null`,
    ),
    loadAgreedPrices(db),
  ]);
  return {
    clusters: new Map(clusterRows.map((c) => [c.id, c.name])),
    projects: new Map(projectRows.map((p) => [p.key, p])),
    hardware: new Map(hardwareRows.map((h) => [h.key, h])),
    versions: new Map(priceRows.map((p) => [p.key, p.version])),
    ...agreed,
  };
}

/** Teams by key, archived ones too: their history stays theirs. */
export async function loadTeams(db: Reader): Promise<Map<number, Team>> {
  return new Map((await listTeams(db)).map((t) => [t.key, t]));
}

export async function loadUsageRows(db: Reader, period: Days, team: OfTeam): Promise<OfOne<UsageRow>[]> {
  const keys = sql.raw("team_key, project_key, hardware_key, sku, price_class, price_key, unit_price_nanos");
  const rows = await db.all<Omit<OfOne<UsageRow>, "classes"> & ClassRow>(sql`select team_key as "teamKey",
      project_key as "projectKey", hardware_key as "hardwareKey", sku, price_class as "priceClass", price_key as "priceKey",
      unit_price_nanos as "unitPriceNanos", min(day) as "firstDay", max(day) as "lastDay", ${SUMMED_AMOUNTS}
    from ${teamDays} where ${within(period)} ${ofTeam(team)} group by ${keys} order by ${keys}`);
  return rows.map((row) => ({ ...row, classes: pickClasses(row) }));
}

export function loadShareRows(db: Reader, period: Days, team: OfTeam): Promise<OfOne<ShareRow>[]> {
  const keys = sql.raw("team_key, cluster_id, cost_class, method");
  return db.all(sql`select team_key as "teamKey", cluster_id as "clusterId", cost_class as "costClass", method,
      cast(sum(amount_micros) as bigint) as "amountMicros", cast(sum(weight) as bigint) as weight,
      cast(sum(weight_total) as bigint) as "weightTotal"
    from ${shares} where ${within(period)} ${ofTeam(team)} group by ${keys} order by ${keys}`);
}

/** Answers to disputes; the platform has the other side of each. */
export async function loadAdjustments(db: Reader, periodId: string): Promise<OfOne<AdjustmentRow>[]> {
  const rows = await db.all(sql`select ${columnsOf(adjustments, ["id", "teamKey", "lineKey", "amountMicros", "reason"])}
    from ${adjustments} where period_id = ${periodId} order by id`);
  const others = rows.map((r) => ({
    ...r,
    teamKey: PLATFORM_TEAM,
    lineKey: undefined,
    amountMicros: 0 - r.amountMicros,
  }));
  return [...rows, ...others];
}

export interface DaySums {
  /** Team key → day → micro-units. */
  readonly teams: ReadonlyMap<number, ReadonlyMap<number, number>>;
  /** Days of which it is known what they come to, also where that is nothing. */
  readonly known: ReadonlySet<number>;
}

/** What each day came to, charges and shares together. */
export async function loadDaySums(db: Reader, period: Days, team: OfTeam): Promise<DaySums> {
  const [rows, known] = await Promise.all([
    db.all<{ teamKey: number; day: number; micros: number }>(sql`select team_key as "teamKey", day,
        cast(sum(amount_micros) as bigint) as micros from (
          select team_key, day, amount_micros from ${teamDays} where ${within(period)} ${ofTeam(team)}
          union all select team_key, day, amount_micros from ${shares} where ${within(period)} ${ofTeam(team)}) x
      group by team_key, day order by team_key, day`),
    db.all(sql`select ${columnsOf(chargedDays, ["day"])} from ${chargedDays} where ${within(period)}`),
  ]);
  const teams = new Map<number, Map<number, number>>();
  for (const { teamKey, day, micros } of rows) {
    const of = teams.get(teamKey) ?? new Map<number, number>();
    teams.set(teamKey, of.set(day, micros));
  }
  return { teams, known: new Set(known.map((d) => d.day)) };
}

/** The first day that was metered; null: none was. Imported cost may fall on days before. */
export async function loadFirstDay(db: Reader): Promise<number | null> {
  const row = await db.find<{ day: number | null }>(sql`select min(day) as day from ${meteredDays}`);
  return row?.day ?? null;
}
