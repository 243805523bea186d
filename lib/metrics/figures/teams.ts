import { CLASSES, OBSERVABLE, sumClasses, WORKING } from "@/lib/classes.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { defineGroup, type Metric, type Sample, samplesOf, sumOver } from "@/lib/metrics/metric.ts";
import { parsePeriod } from "@/lib/reports/period.ts";
import { type CostScope, type Days, findCostScope, wholeDaysOf } from "@/lib/reports/read/cost-scope.ts";
import { classSums, idleOf, readSpend, readUnpriced, type Spend, totalOf } from "@/lib/reports/read/spend.ts";
import { isDayCharged, loadSpotSavings } from "./teams-load.ts";

/** The spans of time of a figure: both fall to nothing when they begin, so alert rules must not take their rate. */
const SPANS = { today: "today so far, in the billing time zone", month: "the billing month so far" } as const;
type Span = keyof typeof SPANS;

const ofTeam = <N extends string>(name: N, help: string, labels: readonly string[]) =>
  ({ name, type: "gauge", help, labels: ["team", ...labels] }) as const satisfies Metric;

const spanMetrics = <S extends Span>(span: S) => [
  ofTeam(
    `gpu_ledger_team_cost_${span}`,
    `What a team is charged for ${SPANS[span]}: usage, shares, imported cost and corrections.`,
    ["currency"],
  ),
  ofTeam(`gpu_ledger_team_usage_cost_${span}`, `Of the cost of ${SPANS[span]}: usage at the prices in force.`, [
    "currency",
  ]),
  ofTeam(`gpu_ledger_team_idle_cost_${span}`, `Of the usage cost of ${SPANS[span]}: GPUs held without activity.`, [
    "currency",
  ]),
  ofTeam(`gpu_ledger_team_gpu_seconds_${span}`, `GPU-seconds charged to a team for ${SPANS[span]}, by class.`, [
    "class",
  ]),
];

/** What each team is charged, and how it used what it held. */
export const teamGroup = defineGroup({
  name: "teams",
  metrics: [
    ...spanMetrics("today"),
    ...spanMetrics("month"),
    ofTeam(
      "gpu_ledger_team_efficiency_ratio",
      "Part of the GPU time that a team held in the billing month so far in which there was activity.",
      [],
    ),
    ofTeam(
      "gpu_ledger_team_coverage_ratio",
      "Part of the GPU time charged in the billing month so far for which utilisation was observed.",
      [],
    ),
    {
      name: "gpu_ledger_unpriced_gpu_seconds_month",
      type: "gauge",
      help: "GPU-seconds of the billing month so far that have no amount: no price covers them, or their day is not charged yet.",
      labels: ["gpu_model"],
    },
    {
      name: "gpu_ledger_spot_saving_month",
      type: "gauge",
      help: "What spot prices saved in the billing month so far against the standard prices of the same days.",
      labels: ["gpu_model", "currency"],
    },
    {
      name: "gpu_ledger_spot_uncompared_gpu_seconds_month",
      type: "gauge",
      help: "GPU-seconds at spot prices that are in no saving, because no standard price covers them.",
      labels: ["gpu_model"],
    },
  ],
  async read(ctx) {
    const scope = await findCostScope(ctx, {}, "team");
    const [today, month] = [daysOf(ctx, "today"), daysOf(ctx, "month")];
    const [isCharged, ofToday, ofMonth, unpriced, spot] = await Promise.all([
      isDayCharged(ctx.db, today.from),
      readSpend(ctx, scope, today, ["teamKey"]),
      readSpend(ctx, scope, month, ["teamKey"]),
      readUnpriced(ctx, scope, month),
      loadSpotSavings(ctx.db, ctx.ledger.currency, month),
    ]);
    const rows = ofMonth.map((row) => ({ ...row, team: scope.teamName(row.teamKey).name }));
    const { currency } = ctx.ledger;
    return {
      ...spanSamples("today", ctx, scope, isCharged ? ofToday : []),
      ...spanSamples("month", ctx, scope, ofMonth),
      gpu_ledger_team_efficiency_ratio: samplesOf(rows, ({ team }) => ({ team }), efficiency),
      gpu_ledger_team_coverage_ratio: samplesOf(
        rows,
        ({ team }) => ({ team }),
        (r) => (r.expectedMilli > 0 ? r.observedMilli / r.expectedMilli : null),
      ),
      gpu_ledger_unpriced_gpu_seconds_month: sumOver(
        unpriced ?? [],
        (u) => ({ gpu_model: u.gpuModel }),
        (u) => u.milli / 1000,
      ),
      gpu_ledger_spot_saving_month: samplesOf(
        spot,
        (s) => ({ gpu_model: s.gpuModel, currency }),
        (s) => s.savedMicros / 1e6,
      ),
      gpu_ledger_spot_uncompared_gpu_seconds_month: samplesOf(
        spot,
        (s) => ({ gpu_model: s.gpuModel }),
        (s) => s.uncomparedMilli / 1000,
      ),
    };
  },
});

const daysOf = (ctx: Ctx, span: Span): Days =>
  wholeDaysOf(
    parsePeriod({ period: span === "today" ? "today" : "this-month" }, ctx.ledger.zone, ctx.now(), ctx.ledger.calendar),
  );

/** Active part of what was held; null: nothing was. */
function efficiency(row: Spend): number | null {
  const milli = classSums(row, "milli");
  const held = sumClasses(milli, OBSERVABLE);
  return held > 0 ? sumClasses(milli, WORKING) / held : null;
}

function spanSamples<S extends Span>(
  span: S,
  ctx: Ctx,
  scope: CostScope,
  rows: readonly (Spend & { teamKey: number })[],
) {
  const { currency } = ctx.ledger;
  const money = (value: (row: Spend) => number): Sample[] =>
    samplesOf(
      rows,
      (row) => ({ team: scope.teamName(row.teamKey).name, currency }),
      (row) => value(row) / 1e6,
    );
  const classes = rows.flatMap((row) => {
    const milli = classSums(row, "milli");
    return CLASSES.map((c) => ({ team: scope.teamName(row.teamKey).name, class: c, milli: milli[c] }));
  });
  return {
    [`gpu_ledger_team_cost_${span}`]: money(totalOf),
    [`gpu_ledger_team_usage_cost_${span}`]: money((row) => row.usageMicros),
    [`gpu_ledger_team_idle_cost_${span}`]: money(idleOf),
    [`gpu_ledger_team_gpu_seconds_${span}`]: samplesOf(
      classes.filter((c) => c.milli !== 0),
      (c) => ({ team: c.team, class: c.class }),
      (c) => c.milli / 1000,
    ),
  } as Record<SpanName<S>, Sample[]>;
}
type SpanName<S extends Span> = `gpu_ledger_team_${"cost" | "usage_cost" | "idle_cost" | "gpu_seconds"}_${S}`;
