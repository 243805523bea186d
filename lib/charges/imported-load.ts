import type { SQL } from "drizzle-orm";
import { type Reader, sql } from "@/db/client.ts";
import { costImports, costLines } from "@/db/schema/index.ts";
import { addDays, daysBetween } from "@/lib/time.ts";
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
