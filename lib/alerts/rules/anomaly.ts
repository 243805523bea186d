import type { Ctx } from "@/lib/ctx.ts";
import { formatMoney } from "@/lib/format.ts";
import { type Anomaly, listAnomalies } from "@/lib/insights/anomalies/list.ts";
import { CAUSE_WORDS, MEASURE_WORDS, measureText } from "@/lib/insights/anomalies/words.ts";
import { addDays, dateOf, dateOfKey, dayKey, dayOfKey, HOUR } from "@/lib/time.ts";
import { type Condition, defineRule } from "./rule.ts";

/** Days that are looked at: late data may make a day known after the next one. */
const DAYS = 3;

/** Anomalies of one team, or (0) of every team, that cost or waste at least so much and that nothing explains. */
async function listDear(
  ctx: Ctx,
  { teamKey, threshold }: { readonly teamKey: number; readonly threshold: number },
  days: { readonly from: number; readonly until: number },
): Promise<readonly Anomaly[]> {
  const { anomalies } = await listAnomalies(ctx, { days, scopeKind: "team", scopeKey: teamKey || undefined });
  return anomalies.filter((a) => a.impactMicros > 0 && a.impactMicros >= threshold && a.state !== "explained");
}

const titleOf = (a: Anomaly, currency: string): string =>
  `${MEASURE_WORDS[a.measure]} of ${a.scope.name} on ${dateOfKey(a.peakDay)}: ${measureText(a.measure, a.actual, currency)}, usually ${measureText(a.measure, a.expected, currency)}`;

function conditionOf(a: Anomaly, { currency }: Ctx["ledger"]): Condition {
  const cause = a.explanation?.cause;
  return {
    subject: a.id,
    teamKey: a.scope.key,
    title: titleOf(a, currency),
    summary: `The difference is worth ${formatMoney(a.impactMicros, currency)}${cause ? `, mainly ${CAUSE_WORDS[cause]}` : ""}.`,
    facts: [
      { label: "Value", value: measureText(a.measure, a.actual, currency) },
      {
        label: "Usual",
        value: `${measureText(a.measure, a.lower, currency)} to ${measureText(a.measure, a.upper, currency)}`,
      },
    ],
    link: `/anomalies/${a.id}`,
  };
}

export const anomaly = defineRule({
  kind: "anomaly",
  title: "Anomaly",
  help: "A complete day of a team is unusual in spend, GPU-hours, utilisation or efficiency, nothing planned explains it, and it costs or wastes at least this.",
  ...{ scope: "both", audience: "finance", severity: "warning", holdSeconds: 0, repeatSeconds: 0, once: true },
  everySeconds: HOUR,
  threshold: { label: "Worth at least", unit: "money", least: 0, most: 1e15, usual: 100_000_000 },
  sample: (money, team) => ({
    title: `Spend of ${team || "Vision"} on 2026-11-20: ${money(640_000_000)}, usually ${money(310_000_000)}`,
    summary: `The difference is worth ${money(330_000_000)}.`,
    facts: [
      { label: "Value", value: money(640_000_000) },
      { label: "Usual", value: `${money(270_000_000)} to ${money(350_000_000)}` },
    ],
    link: "/anomalies",
  }),
  async read(ctx, { teamKey, threshold, since }) {
    const { zone } = ctx.ledger;
    const today = dayKey(dateOf(ctx.now(), zone));
    const found = await listDear(ctx, { teamKey, threshold }, { from: addDays(today, -DAYS), until: today });
    return found
      .filter((a) => a.state === "open" && dayOfKey(a.throughDay, zone).end > since)
      .map((a) => conditionOf(a, ctx.ledger));
  },
  async history(ctx, { teamKey, threshold }, span) {
    const { zone, currency } = ctx.ledger;
    const [from, until] = [span.start, span.end].map((at) => dayKey(dateOf(at, zone))) as [number, number];
    const found = await listDear(ctx, { teamKey, threshold }, { from, until });
    return found
      .map((a) => ({ subject: a.id, at: dayOfKey(a.fromDay, zone).end, title: titleOf(a, currency) }))
      .sort((a, b) => a.at - b.at);
  },
});
