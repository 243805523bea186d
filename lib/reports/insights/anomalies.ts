import type { Contributor } from "@/lib/insights/anomalies/explain.ts";
import { type Anomaly, type AnomalyList, listAnomalies } from "@/lib/insights/anomalies/list.ts";
import { ANOMALY_STATES, MEASURES, type Measure } from "@/lib/insights/anomalies/types.ts";
import { amountColumn, CURRENCY, textColumns } from "@/lib/reports/cost/cost-columns.ts";
import { project, team } from "@/lib/reports/filters.ts";
import { oneOf } from "@/lib/reports/parameter.ts";
import { findCostScope, wholeDaysOf } from "@/lib/reports/read/cost-scope.ts";
import { type Column, defineReport, type Row } from "@/lib/reports/report.ts";
import { dateOfKey } from "@/lib/time.ts";

const measure = oneOf({
  ...{ name: "measure", label: "Measure", help: "spend, gpu-hours, utilisation or efficiency", any: "All measures" },
  noun: "measure",
  values: ["all", ...MEASURES],
});
const state = oneOf({
  ...{ name: "state", label: "State", help: "open, explained, expected, real or noise", any: "All states" },
  noun: "state",
  values: ["any", ...ANOMALY_STATES],
});

const decimal = (key: string, description: string): Column => ({ key, header: key, unit: "decimal", description });
const date = (key: string): Column => ({ key, header: key, unit: "date" });
const PLACES = [1, 2, 3];

export const anomalies = defineReport({
  slug: "anomalies",
  group: "money",
  action: "anomalies.read",
  title: "Anomalies",
  description:
    "Days on which a team or project cost, used or idled unusually much or little, with what is behind it. Days that are not known well enough are not tested.",
  empty: "No day of the period was unusual, or there are fewer than 14 known days before it to compare with.",
  parameters: { team, project, measure, state },
  columns: [
    ...textColumns("anomaly", "measure", "scope_kind", "scope"),
    date("from"),
    date("through"),
    date("peak_day"),
    ...textColumns("direction", "unit"),
    decimal("actual", "Of the peak day, in the unit"),
    decimal("expected", "From the days before alone"),
    decimal("lower", "Least usual value"),
    decimal("upper", "Largest usual value"),
    decimal("score", "Distance from what was expected, in usual differences"),
    CURRENCY,
    amountColumn("impact", "What the difference is worth, over all of its days"),
    amountColumn("change", "Of the peak day against the mean of the days before; its parts sum to it"),
    amountColumn("volume"),
    amountColumn("price"),
    amountColumn("mix"),
    amountColumn("idle"),
    amountColumn("unallocated"),
    amountColumn("policy"),
    ...PLACES.flatMap((n): Column[] => [
      ...textColumns(`contributor_${n}`),
      { key: `share_${n}_percent`, header: `share_${n}_percent`, unit: "percent" },
    ]),
    ...textColumns("state", "reason"),
  ],
  async *load(ctx, period, parameters) {
    const cost = await findCostScope(ctx, { team: parameters.team, project: parameters.project }, "usage");
    const list = await listAnomalies(ctx, {
      days: wholeDaysOf(period),
      measures: parameters.measure === "all" ? undefined : [parameters.measure as Measure],
      states: parameters.state === "any" ? undefined : [parameters.state as Anomaly["state"]],
    });
    const inProject = new Set(parameters.project === undefined ? [] : cost.projectKeys);
    const rows = list.anomalies.filter(
      ({ scope }) =>
        (!cost.team || (scope.kind === "team" && scope.key === cost.team.key)) &&
        (parameters.project === undefined || (scope.kind === "project" && inProject.has(scope.key))),
    );
    if (rows.length) yield rows.map((a) => rowOf(a, list, ctx.ledger.currency));
  },
});

const UNITS: Readonly<Record<Measure, readonly [unit: string, scale: number]>> = {
  spend: ["currency", 1e6],
  "gpu-hours": ["gpu-hours", 3_600_000],
  utilisation: ["percent", 1],
  efficiency: ["percent", 1],
};

function rowOf(a: Anomaly, { projectNames }: AnomalyList, currency: string): Row {
  const [unit, scale] = UNITS[a.measure];
  const parts = a.explanation?.parts;
  const contributors = PLACES.map((n) => a.explanation?.contributors[n - 1]);
  return {
    ...{ anomaly: a.id, measure: a.measure, scope_kind: a.scope.kind, scope: a.scope.name },
    ...{ from: dateOfKey(a.fromDay), through: dateOfKey(a.throughDay), peak_day: dateOfKey(a.peakDay) },
    ...{ direction: a.direction, unit, actual: a.actual / scale, expected: a.expected / scale },
    ...{ lower: a.lower / scale, upper: a.upper / scale },
    score: Number.isFinite(a.score) ? a.score : null,
    ...{ currency, impact: a.impactMicros, change: a.explanation?.changeMicros ?? null },
    ...{ volume: parts?.volume ?? null, price: parts?.price ?? null, mix: parts?.mix ?? null },
    ...{ idle: parts?.idle ?? null, unallocated: parts?.unheld ?? null, policy: parts?.policy ?? null },
    ...Object.fromEntries(
      contributors.flatMap((c, i) => [
        [`contributor_${i + 1}`, c ? contributorText(c, projectNames) : null],
        [`share_${i + 1}_percent`, c ? c.sharePercent : null],
      ]),
    ),
    ...{ state: a.state, reason: a.reason || null },
  };
}

/** Who is behind a change, in words: person, project and GPU model. */
export const contributorText = (c: Contributor, projectNames: ReadonlyMap<number, string>): string =>
  [c.user, projectNames.get(c.projectKey), c.gpuModel].filter(Boolean).join(", ") || "nobody";
