import type { SQL } from "drizzle-orm";
import { sql } from "@/db/client.ts";
import { spendDays } from "@/db/schema/index.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { compareKeys } from "@/lib/order.ts";
import { cluster, team } from "@/lib/reports/filters.ts";
import { oneOf } from "@/lib/reports/parameter.ts";
import { readBooked } from "@/lib/reports/read/booked.ts";
import { type CostScope, type Days, findCostScope, wholeDaysOf } from "@/lib/reports/read/cost-scope.ts";
import { addBooked, type ReadSpend, SPEND_SUMS, type Spend, spendOver, spendRow } from "@/lib/reports/read/spend.ts";
import { defineReport } from "@/lib/reports/report.ts";
import { addDays, dateOfKey, daysBetween } from "@/lib/time.ts";
import { COST_COLUMNS, costCells, textColumns } from "./cost-columns.ts";

export const GRAINS = ["day", "week", "month"] as const;
export type Grain = (typeof GRAINS)[number];

/** A team's spend over one day, week or month of the calendar, clipped to the days asked for; half-open. */
export interface TrendRow extends Spend {
  readonly teamKey: number;
  readonly fromDay: number;
  readonly untilDay: number;
}

/** 2001-01-01 was a Monday. */
const MONDAY = 20010101;
const weekOf = (day: number): number => addDays(day, -(((daysBetween(MONDAY, day) % 7) + 7) % 7));
const monthEnd = (month: number): number => (month % 100 === 12 ? month + 89 : month + 1) * 100 + 1;

/** The span of the grain that a day lies in, within `days`. */
export function spanOf(day: number, grain: Grain, days: Days): Pick<TrendRow, "fromDay" | "untilDay"> {
  const month = Math.floor(day / 100);
  const [from, until] =
    grain === "day"
      ? [day, addDays(day, 1)]
      : grain === "week"
        ? [weekOf(day), addDays(weekOf(day), 7)]
        : [month * 100 + 1, monthEnd(month)];
  return { fromDay: Math.max(from, days.from), untilDay: Math.min(until, days.until) };
}

/** Spend by span and team, the oldest first. Months are read from their sums, weeks added up where the days are. */
export async function readTrend(ctx: Ctx, cost: CostScope, days: Days, grain: Grain): Promise<TrendRow[]> {
  const source = { day: spendByDay, week: spendByWeek, month: spendByMonth }[grain](days);
  const [rows, booked] = await Promise.all([
    ctx.db.all<ReadSpend & { teamKey: number; day: number }>(sql`
      select x.span as "day", x.team_key as "teamKey", ${SPEND_SUMS} from ${source} x
      where true${cost.rows("x", "x.cluster_id")} group by x.span, x.team_key order by x.span, x.team_key`),
    readBooked(ctx, cost, days),
  ]);
  const spanAt = (day: number) => spanOf(Math.max(day, days.from), grain, days);
  const spans = rows.map(({ day, ...row }) => ({ ...spendRow(row), ...spanAt(day) }));
  const keyOf = (of: Pick<TrendRow, "teamKey"> & ({ fromDay: number } | { day: number })) =>
    `${"day" in of ? spanAt(of.day).fromDay : of.fromDay}/${of.teamKey}`;
  const all = addBooked(spans, booked, keyOf, ({ day, teamKey }) => ({ teamKey, ...spanAt(day) }));
  return all.sort((a, b) => a.fromDay - b.fromDay || a.teamKey - b.teamKey);
}

/** Rows of spend, each with a day of its span. */
const spendByDay = ({ from, until }: Days): SQL =>
  sql`(select day as span, d.* from ${spendDays} d where day >= ${from} and day < ${until})`;
const spendByMonth = (days: Days): SQL => sql`(select month * 100 + 1 as span, m.* from ${spendOver(days)} m)`;

function spendByWeek(days: Days): SQL {
  const weeks: SQL[] = [];
  for (let at = days.from; at < days.until; ) {
    const { fromDay, untilDay } = spanOf(at, "week", days);
    weeks.push(sql`(cast(${fromDay} as bigint), cast(${untilDay} as bigint))`);
    at = untilDay;
  }
  return sql`(select w.span, d.* from (with weeks(span, until_day) as (values ${sql.join(weeks, sql`, `)}) select * from weeks) w
    join ${spendDays} d on d.day >= w.span and d.day < w.until_day)`;
}

const grain = oneOf({
  name: "grain",
  label: "Grain",
  help: "by day, week (from Monday) or month",
  any: "By day",
  noun: "grain",
  values: GRAINS,
});

export const costTrend = defineReport({
  slug: "cost-trend",
  group: "money",
  title: "Cost over time",
  description: "What each team paid by day, week (from Monday) or month, one row for each.",
  parameters: { cluster, team, grain },
  columns: [
    ...textColumns("start_date", "end_date", "team"),
    ...COST_COLUMNS.filter((c) => c.key !== "gpu_hours_unpriced"),
  ],
  chart: {
    kind: "time",
    x: "start_date",
    until: "end_date",
    series: "team",
    y: "amount",
    title: "Cost by team over time",
  },
  async *load(ctx, period, parameters) {
    const days = wholeDaysOf(period);
    const cost = await findCostScope(ctx, parameters, "team");
    const rows = await readTrend(ctx, cost, days, parameters.grain);
    yield rows
      .map((r) => ({ r, order: [String(r.fromDay), cost.teamName(r.teamKey).name] }))
      .sort((a, b) => compareKeys(a.order, b.order))
      .map(({ r, order }) => {
        const { gpu_hours_unpriced: _, ...cells } = costCells(ctx, r, null);
        return {
          start_date: dateOfKey(r.fromDay),
          end_date: dateOfKey(r.untilDay),
          team: order[1] as string,
          ...cells,
        };
      });
  },
});
