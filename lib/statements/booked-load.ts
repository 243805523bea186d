import type { SQL } from "drizzle-orm";
import { sql } from "@/db/client.ts";
import { adjustments, closes, corrections, hardware } from "@/db/schema/index.ts";
import { PLATFORM_TEAM } from "@/lib/attribution/types.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { loadPeriods } from "@/lib/periods/load.ts";

/**
 * What a billing period bills beside its own days: corrections of closed periods, and answers to disputes. It stands on the
 * first day of the period that books it – of what waits, that is the first day that is not closed – so that the cost of any
 * days is the sum of its days, and that of a billing period is the sum of its statements.
 */
export interface Booked {
  readonly day: number;
  readonly teamKey: number;
  /** 0: of none, as all answers to disputes are. */
  readonly projectKey: number;
  readonly clusterId: string;
  readonly gpuModel: string;
  /** The day that is corrected; 0: an answer to a dispute. */
  readonly originDay: number;
  readonly reason: string;
  /** The period that booked it; empty while none has. */
  readonly bookedIn: string;
  readonly amountMicros: number;
}

/** Day keys, half-open. */
interface Days {
  readonly from: number;
  readonly until: number;
}

/**
 * Everything booked within the days, by day, team and origin.
 * @param rows `and …` over columns `team_key` and `project_key` of the alias and a cluster's id: what the viewer may see.
 */
export async function loadBooked(
  ctx: Pick<Ctx, "db" | "ledger" | "now">,
  rows: (alias: string, cluster: string) => SQL,
  days: Days,
): Promise<Booked[]> {
  const periods = await firstDays(ctx);
  if (!periods) return [];
  return ctx.db.all<Booked>(sql`
    select x.day as "day", x.team_key as "teamKey", x.project_key as "projectKey", coalesce(h.cluster_id, '') as "clusterId",
      coalesce(h.gpu_model, '') as "gpuModel", x.origin_day as "originDay", x.reason, x.booked_in as "bookedIn", x.amount_micros as "amountMicros"
    from (select p.day, c.team_key, c.project_key, c.hardware_key, c.origin_day, c.reason, c.booked_in, c.amount_micros
        from ${corrections} c join ${periods} p on p.id = c.booked_in
      union all select p.day, a.team_key, 0, 0, 0, a.reason, a.period_id, a.amount_micros
        from ${adjustments} a join ${periods} p on p.id = a.period_id
      union all select p.day, cast(${PLATFORM_TEAM} as bigint), 0, 0, 0, a.reason, a.period_id, -a.amount_micros
        from ${adjustments} a join ${periods} p on p.id = a.period_id) x
    left join ${hardware} h on h.key = x.hardware_key and x.hardware_key <> 0
    where x.day >= ${days.from} and x.day < ${days.until}${rows("x", "coalesce(h.cluster_id, '')")}
    order by x.day, x.team_key, x.origin_day, x.amount_micros`);
}

/** `(id, day)`: the first day of every billing period that has something booked; id '': of what waits. Null: nothing is. */
async function firstDays(ctx: Pick<Ctx, "db" | "ledger" | "now">): Promise<SQL | null> {
  const any = await ctx.db.find(
    sql`select 1 as one where exists (select 1 from ${corrections}) or exists (select 1 from ${adjustments})`,
  );
  if (!any) return null;
  const closed = sql`select period_id as id, from_day as day from ${closes}
    union all select '', (select max(until_day) from ${closes})`;
  // The first days of periods that are not closed follow from the calendar.
  const open = (await loadPeriods(ctx.db, ctx.ledger, ctx.now())).filter((p) => !p.close);
  const rows = open.map(({ period }) => sql` union all select ${period.id}, cast(${period.fromDay} as bigint)`);
  return sql`(${closed}${sql.join(rows, sql``)})`;
}
