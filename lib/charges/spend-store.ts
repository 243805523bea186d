import { getTableColumns } from "drizzle-orm";
import { sql, type Tx } from "@/db/client.ts";
import { hardware, shares, spendDays, spendMonths, teamDays } from "@/db/schema/index.ts";

const { day: _, teamKey: _team, projectKey: _project, clusterId: _cluster, ...sums } = getTableColumns(spendDays);
const NAMES = Object.values(sums).map((column) => column.name);
/** Those that team days have under the same name. */
const SAME = NAMES.filter((n) => !/^(usage|share|cost)_micros$|^gpu_milli$/.test(n));
const list = (of: (name: string) => string) => sql.raw(NAMES.map(of).join(", "));

/**
 * Sums a day's charges and shares by team, project and cluster, and the days of its month again. Both follow from what the
 * same transaction wrote, so that a trend over a year is the sum of its charges.
 */
export async function saveSpend(tx: Tx, day: number): Promise<void> {
  const month = Math.floor(day / 100);
  await tx.run(sql`delete from ${spendDays} where day = ${day}`);
  await tx.run(sql`insert into ${spendDays} (day, team_key, project_key, cluster_id, ${list((n) => n)})
    select x.day, x.team_key, x.project_key, x.cluster_id, ${list((n) => `cast(sum(x.${n}) as bigint)`)} from (
      select t.day, t.team_key, t.project_key, h.cluster_id, t.amount_micros as usage_micros, 0 as share_micros,
        0 as cost_micros, case when t.sku = 'gpu' then t.quantity else 0 end as gpu_milli, ${sql.raw(SAME.map((n) => `t.${n}`).join(", "))}
      from ${teamDays} t join ${hardware} h on h.key = t.hardware_key where t.day = ${day}
      union all
      select s.day, s.team_key, 0, s.cluster_id, 0, case when s.cost_class = 'shared' then 0 else s.amount_micros end,
        case when s.cost_class = 'shared' then s.amount_micros else 0 end, 0, ${sql.raw(SAME.map(() => "0").join(", "))}
      from ${shares} s where s.day = ${day}
    ) x group by x.day, x.team_key, x.project_key, x.cluster_id`);
  await tx.run(sql`delete from ${spendMonths} where month = ${month}`);
  await tx.run(sql`insert into ${spendMonths} (month, team_key, project_key, cluster_id, ${list((n) => n)})
    select cast(${month} as bigint), d.team_key, d.project_key, d.cluster_id, ${list((n) => `cast(sum(d.${n}) as bigint)`)}
    from ${spendDays} d where d.day >= ${month * 100} and d.day < ${(month + 1) * 100}
    group by d.team_key, d.project_key, d.cluster_id`);
}
