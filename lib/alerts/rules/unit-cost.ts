import type { Ctx } from "@/lib/ctx.ts";
import { formatMoney } from "@/lib/format.ts";
import { addDays, dateOf, dateOfKey, dayKey, dayOfKey, HOUR } from "@/lib/time.ts";
import { perText } from "@/lib/unit-costs/types.ts";
import { statusOf, sumDays, UNIT_STATUSES } from "@/lib/unit-costs/unit-cost.ts";
import { loadUnitViews, type UnitView } from "@/lib/unit-costs/unit-views.ts";
import { type Condition, defineRule, type Happening } from "./rule.ts";

/** Days whose cost and count are divided: a single day of few requests says little. */
const DAYS = 7;

function conditionOf({ unit, scopeName, days, ...view }: UnitView, { currency }: Ctx["ledger"]): Condition {
  const money = (micros: number) => formatMoney(micros, currency);
  const { unitMicros } = unit.basis === "allocation" ? view.allocation : view.usage;
  const isWorse = view.status === "above_threshold";
  const limit = (isWorse ? unit.thresholdMicros : unit.targetMicros) ?? 0;
  const [first, last] = [days[0]?.day ?? 0, days.at(-1)?.day ?? 0];
  return {
    subject: `unit/${unit.key}`,
    teamKey: unit.scope.kind === "team" ? Number(unit.scope.value) : 0,
    // Nobody knows: an alert that is open stays open.
    ...(unitMicros === null ? { unknown: true as const } : {}),
    ...{ level: isWorse ? 1 : 0, severity: isWorse ? "critical" : "warning" },
    title: `${unit.name}: ${money(unitMicros ?? 0)} per ${perText(unit)}, above ${money(limit)}`,
    summary: `The mean from ${dateOfKey(first)} to ${dateOfKey(last)} is above its ${isWorse ? "threshold" : "target"}.`,
    facts: [
      { label: "Cost of", value: scopeName },
      { label: "Unit cost", value: money(unitMicros ?? 0) },
      ...(unit.targetMicros === null ? [] : [{ label: "Target", value: money(unit.targetMicros) }]),
      ...(unit.thresholdMicros === null ? [] : [{ label: "Threshold", value: money(unit.thresholdMicros) }]),
    ],
    link: `/units/${unit.key}`,
  };
}

/** Those of a team, or (0) all, that have something to be above of. */
const watched = (views: readonly UnitView[], teamKey: number): UnitView[] =>
  views
    .filter(({ unit: { scope } }) => teamKey === 0 || (scope.kind === "team" && Number(scope.value) === teamKey))
    .filter(({ unit }) => unit.targetMicros !== null || unit.thresholdMicros !== null);

/** Each time the mean of seven days passed the target, or the threshold after it; unknown means say nothing. */
function passed(view: UnitView, ledger: Ctx["ledger"]): Happening[] {
  const { unit, days } = view;
  const out: Happening[] = [];
  let level = 0;
  for (let end = DAYS; end <= days.length; end++) {
    const week = days.slice(end - DAYS, end);
    const sum = sumDays(week, unit.basis, unit.per);
    const status = statusOf(sum.unitMicros, unit);
    if (status === null) continue;
    const now = UNIT_STATUSES.indexOf(status);
    if (now > level) {
      const { subject, title } = conditionOf({ ...view, days: week, status, [unit.basis]: sum }, ledger);
      out.push({ subject, at: dayOfKey(week.at(-1)?.day ?? 0, ledger.zone).end, title });
    }
    level = now;
  }
  return out;
}

export const unitCost = defineRule({
  kind: "unit-cost",
  title: "Unit cost",
  help: "What a request, a token or a lead costs, over the last seven days, is above the target of its unit, or – worse – above its threshold.",
  ...{ scope: "both", audience: "finance", severity: "warning", holdSeconds: 0, repeatSeconds: 0 },
  everySeconds: HOUR,
  after: ["units.edit", "units.count"],
  threshold: null,
  sample: (money, team) => ({
    title: `Chat: ${money(420_000)} per 1,000 requests, above ${money(350_000)}`,
    summary: "The mean from 2026-11-14 to 2026-11-20 is above its target.",
    facts: [
      { label: "Cost of", value: team || "Vision" },
      { label: "Unit cost", value: money(420_000) },
      { label: "Target", value: money(350_000) },
      { label: "Threshold", value: money(500_000) },
    ],
    link: "/units",
  }),
  async read(ctx, { teamKey }) {
    const until = dayKey(dateOf(ctx.now(), ctx.ledger.zone));
    const views = watched(await loadUnitViews(ctx, { from: addDays(until, -DAYS), until }), teamKey);
    return views.filter(({ status }) => status !== "on_target").map((view) => conditionOf(view, ctx.ledger));
  },
  async history(ctx, { teamKey }, { start, end }) {
    const [from, until] = [start, end].map((at) => dayKey(dateOf(at, ctx.ledger.zone))) as [number, number];
    const views = watched(await loadUnitViews(ctx, { from: addDays(from, -DAYS), until }), teamKey);
    return views.flatMap((view) => passed(view, ctx.ledger)).sort((a, b) => a.at - b.at);
  },
});
