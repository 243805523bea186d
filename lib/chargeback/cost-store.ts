import type { SQL } from "drizzle-orm";
import { type Reader, sql, type Tx } from "@/db/client.ts";
import { closes, costImports, costLines } from "@/db/schema/index.ts";
import { needAllTeams } from "@/lib/auth/visible-teams.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { addDays, daysBetween, type Instant } from "@/lib/time.ts";
import type { CostLine } from "./cost-file.ts";
import type { DayCost } from "./day.ts";

const STANDING = sql`${costLines} l join ${costImports} i on i.id = l.import_id and i.removed_at is null`;

/** Days that lines are spread over, half-open: lines that have the same are summed by the database. */
interface Spread {
  readonly fromDay: number;
  readonly untilDay: number;
}

/** The days of the lines that stand and touch some days: few, however many lines there are. */
function listSpreads(db: Reader, { fromDay, untilDay }: Spread): Promise<Spread[]> {
  return db.all(sql`select distinct l.from_day as "fromDay", l.until_day as "untilDay" from ${STANDING}
    where l.from_day < ${untilDay} and l.until_day > ${fromDay} order by 1, 2`);
}

/**
 * What of lines of one spread falls on days of it, summed: each line is spread evenly over its days, the first ones a
 * millionth larger where it does not come out even, as `splitExactly` spreads it.
 */
function partOf(spread: Spread, days: Spread): SQL {
  const count = daysBetween(spread.fromDay, spread.untilDay);
  const first = Math.max(0, daysBetween(spread.fromDay, days.fromDay));
  const after = daysBetween(spread.fromDay, Math.min(spread.untilDay, days.untilDay));
  const larger = `(((l.amount_micros % ${count}) + ${count}) % ${count})`;
  const least = (n: number) => `case when ${larger} < ${n} then ${larger} else ${n} end`;
  return sql.raw(
    `cast(sum((l.amount_micros - ${larger}) / ${count} * ${after - first} + ${least(after)} - ${least(first)}) as bigint)`,
  );
}

/** What of imported cost falls on a day, by cluster and team. */
export async function loadDayCosts(db: Reader, day: number): Promise<DayCost[]> {
  const days = { fromDay: day, untilDay: addDays(day, 1) };
  const out: DayCost[] = [];
  for (const spread of await listSpreads(db, days))
    out.push(
      ...(await db.all<DayCost>(sql`select l.cluster_id as "clusterId", l.team_key as "teamKey",
        ${partOf(spread, days)} as "amountMicros" from ${STANDING}
        where l.from_day = ${spread.fromDay} and l.until_day = ${spread.untilDay}
        group by l.cluster_id, l.team_key order by 1, 2`)),
    );
  return out;
}

/** What of imported cost that names a team falls on some days, by what it is. @param team null: of every team. */
export async function loadTeamCosts(db: Reader, days: Spread, team: number | null): Promise<TeamCost[]> {
  const ofTeam = team === null ? sql`` : sql` and l.team_key = ${team}`;
  const out: TeamCost[] = [];
  for (const spread of await listSpreads(db, days))
    out.push(
      ...(await db.all<TeamCost>(sql`select l.team_key as "teamKey", l.cluster_id as "clusterId", l.category, l.description,
        ${partOf(spread, days)} as "amountMicros" from ${STANDING}
        where l.from_day = ${spread.fromDay} and l.until_day = ${spread.untilDay} and l.team_key <> 0${ofTeam}
        group by l.team_key, l.cluster_id, l.category, l.description order by 1, 2, 3, 4`)),
    );
  return out;
}

export interface TeamCost extends DayCost {
  readonly category: string;
  readonly description: string;
}

export interface CostImport {
  readonly id: string;
  readonly name: string;
  readonly format: "csv" | "focus";
  readonly importedBy: string;
  readonly importedAt: Instant;
}

/** An import with what it comes to. */
export interface ImportSum extends CostImport {
  readonly removedAt: Instant | null;
  readonly lines: number;
  readonly fromDay: number;
  readonly untilDay: number;
  readonly amountMicros: number;
  /** Of it, what names no team. */
  readonly sharedMicros: number;
}

/** Every import, the newest first. For who sees all teams. @throws AppError `forbidden`. */
export async function listImports({ db, viewer }: Ctx): Promise<ImportSum[]> {
  needAllTeams(viewer);
  return db.all(sql`select i.id, i.name, i.format, i.imported_by as "importedBy", i.imported_at as "importedAt",
    i.removed_at as "removedAt", cast(count(*) as bigint) as lines, min(l.from_day) as "fromDay",
    max(l.until_day) as "untilDay", cast(sum(l.amount_micros) as bigint) as "amountMicros",
    cast(sum(case when l.team_key = 0 then l.amount_micros else 0 end) as bigint) as "sharedMicros"
    from ${costImports} i join ${costLines} l on l.import_id = i.id
    group by i.id, i.name, i.format, i.imported_by, i.imported_at, i.removed_at order by i.imported_at desc, i.id`);
}

/** The first lines of an import. For who sees all teams. @throws AppError `forbidden`. */
export async function loadCostLines({ db, viewer }: Ctx, importId: string, most: number): Promise<CostLine[]> {
  needAllTeams(viewer);
  return listCostLines(db, importId, most);
}

export function listCostLines(db: Reader, importId: string, most = 1_000_000_000): Promise<CostLine[]> {
  return db.all(sql`select from_day as "fromDay", until_day as "untilDay", team_key as "teamKey", cluster_id as "clusterId",
    category, description, amount_micros as "amountMicros", currency, billed_micros as "billedMicros"
    from ${costLines} where import_id = ${importId} order by position limit ${most}`);
}

/** The import of a file's content that stands. */
export function findImport(db: Reader, hash: string): Promise<{ id: string; name: string } | undefined> {
  return db.find(sql`select id, name from ${costImports} where id like ${`${hash}-%`} and removed_at is null`);
}

/** How often a file's content was imported, removed ones included. */
export async function countImports(db: Reader, hash: string): Promise<number> {
  const row = await db.find<{ n: number }>(
    sql`select cast(count(*) as bigint) as n from ${costImports} where id like ${`${hash}-%`}`,
  );
  return row?.n ?? 0;
}

export async function insertImport(tx: Tx, imported: CostImport, lines: readonly CostLine[]): Promise<void> {
  await tx.insert(costImports, [imported]);
  await tx.insert(
    costLines,
    lines.map((line, i) => ({ ...line, importId: imported.id, position: i + 1 })),
  );
}

/** @returns its name; null where no such import stands. */
export async function markRemoved(tx: Tx, id: string, now: Instant): Promise<string | null> {
  const row = await tx.find<{ name: string }>(
    sql`select name from ${costImports} where id = ${id} and removed_at is null`,
  );
  if (!row) return null;
  await tx.run(sql`update ${costImports} set removed_at = ${now} where id = ${id}`);
  return row.name;
}

/** Days of closed periods, half-open. */
export function listClosedDays(db: Reader): Promise<{ fromDay: number; untilDay: number }[]> {
  return db.all(sql`select from_day as "fromDay", until_day as "untilDay" from ${closes} order by from_day`);
}
