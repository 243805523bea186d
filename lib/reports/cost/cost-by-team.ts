import { compareKeys } from "@/lib/order.ts";
import { cluster, team } from "@/lib/reports/filters.ts";
import { findCostScope, wholeDaysOf } from "@/lib/reports/read/cost-scope.ts";
import { readSpend, readUnpriced } from "@/lib/reports/read/spend.ts";
import { type Column, defineReport, type Row } from "@/lib/reports/report.ts";
import { COST_COLUMNS, costCells, textColumns } from "./cost-columns.ts";

/** The note of the row that is of no team: GPU time without an amount belongs to nobody until it is charged. */
const NOT_CHARGED = "no price or not charged yet";
const NOTE: Column = {
  key: "note",
  header: "note",
  unit: "text",
  description: "Why a row has no team; empty on the rows of teams",
};

export const costByTeam = defineReport({
  slug: "cost-by-team",
  group: "money",
  title: "Cost by team",
  description:
    "What each team pays: its usage at the prices in force, its shares of what nobody held, imported cost, and corrections of closed periods. The platform pays what is left.",
  parameters: { cluster, team },
  columns: [...textColumns("team", "cost_centre"), ...COST_COLUMNS, NOTE],
  onPage: { isWhole: true },
  chart: { kind: "ranking", x: "team", y: "amount", title: "Cost by team" },
  async *load(ctx, period, parameters) {
    const days = wholeDaysOf(period);
    const cost = await findCostScope(ctx, parameters, "team");
    const [spend, unpriced] = await Promise.all([
      readSpend(ctx, cost, days, ["teamKey"]),
      cost.whole ? readUnpriced(ctx, cost, days) : null,
    ]);
    const lacking = unpriced?.reduce((sum, u) => sum + u.milli, 0) ?? 0;
    const rows: Row[] = spend
      .map((s) => ({ ...s, team: cost.teamName(s.teamKey) }))
      .sort((a, b) => compareKeys([a.team.name], [b.team.name]))
      .map((s) => ({
        team: s.team.name,
        cost_centre: s.team.costCentre,
        ...costCells(ctx, s, unpriced === null ? null : 0),
        note: "",
      }));
    if (lacking > 0) rows.push({ team: "", cost_centre: "", ...costCells(ctx, undefined, lacking), note: NOT_CHARGED });
    yield rows;
  },
});
