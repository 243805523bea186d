import { type Reader, sql } from "@/db/client";
import { costImports, costLines } from "@/db/schema";
import { splitExactly } from "@/lib/money";
import { daysBetween } from "@/lib/time";
import type { DayCost } from "./day.ts";

interface Line extends DayCost {
  readonly fromDay: number;
  readonly untilDay: number;
}

/** What of each imported line falls on a day: lines are spread evenly over their days by the largest remainder. */
export async function loadDayCosts(db: Reader, day: number): Promise<DayCost[]> {
  const lines =
    await db.all<Line>(sql`select l.from_day as "fromDay", l.until_day as "untilDay", l.team_key as "teamKey",
    l.cluster_id as "clusterId", l.amount_micros as "amountMicros"
    from ${costLines} l join ${costImports} i on i.id = l.import_id
    where i.removed_at is null and l.from_day <= ${day} and l.until_day > ${day} order by l.import_id, l.position`);
  return lines.map(({ fromDay, untilDay, clusterId, teamKey, amountMicros }) => {
    const count = daysBetween(fromDay, untilDay);
    const parts = splitExactly(
      amountMicros,
      Array.from({ length: count }, () => 1),
    );
    return { clusterId, teamKey, amountMicros: parts[daysBetween(fromDay, day)] as number };
  });
}
