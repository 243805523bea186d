import { formatMoney, formatPercent } from "@/lib/format.ts";
import { addDays, dateOf, dateOfKey, dayKey, dayOfKey, daysBetween } from "@/lib/time.ts";
import { dayChart } from "./daily-cost.ts";
import { defineRule } from "./rule.ts";
import { listDaySpend } from "./spend-load.ts";
import { BASELINE_DAYS, spikeOf } from "./spike.ts";

export const spendSpike = defineRule({
  kind: "spend-spike",
  title: "Spend spike",
  help: "A complete day costs far more than the four weeks before it, by at least this amount.",
  ...{ scope: "both", audience: "finance", severity: "warning", holdSeconds: 0, repeatSeconds: 0, once: true },
  threshold: { label: "By more than", unit: "money", least: 0, most: 1e15, usual: 100_000_000 },
  sample: (money) => ({
    title: `2026-11-20 cost ${money(1_850_000_000)}, usually ${money(980_000_000)}`,
    summary: `${money(870_000_000)} more (88.8%) than the median of the four weeks before.`,
    facts: [
      { label: "Cost", value: money(1_850_000_000) },
      { label: "Usual", value: money(980_000_000) },
    ],
    link: "/spend?from=2026-11-20&to=2026-11-21",
  }),
  async read(ctx, { teamKey, threshold, since }) {
    const { zone, currency } = ctx.ledger;
    const yesterday = addDays(dayKey(dateOf(ctx.now(), zone)), -1);
    if (dayOfKey(yesterday, zone).end <= since) return [];
    const days = await listDaySpend(ctx, teamKey, addDays(yesterday, -BASELINE_DAYS), addDays(yesterday, 1));
    const spike = spikeOf(days, yesterday, threshold);
    if (!spike) return [];
    const usual = formatMoney(spike.usualMicros, currency);
    const more = spike.usualMicros > 0 ? ` (${formatPercent((100 * spike.aboveMicros) / spike.usualMicros)})` : "";
    return [
      {
        subject: String(yesterday),
        title: `${dateOfKey(yesterday)} cost ${formatMoney(spike.micros, currency)}, usually ${usual}`,
        summary: `${formatMoney(spike.aboveMicros, currency)} more${more} than the median of the four weeks before.`,
        facts: [
          { label: "Cost", value: formatMoney(spike.micros, currency) },
          { label: "Usual", value: usual },
        ],
        link: `/spend?from=${dateOfKey(yesterday)}&to=${dateOfKey(addDays(yesterday, 1))}`,
        chart: dayChart("Cost a day", days, addDays(yesterday, 1), null),
      },
    ];
  },
  async history(ctx, { teamKey, threshold }, span) {
    const { zone, currency } = ctx.ledger;
    const [from, until] = [span.start, span.end].map((at) => dayKey(dateOf(at, zone))) as [number, number];
    const days = await listDaySpend(ctx, teamKey, addDays(from, -BASELINE_DAYS), until);
    return Array.from({ length: daysBetween(from, until) }, (_, i) => addDays(from, i)).flatMap((day) => {
      const spike = spikeOf(days, day, threshold);
      if (!spike) return [];
      const title = `${dateOfKey(day)} cost ${formatMoney(spike.micros, currency)}`;
      return [{ subject: String(day), at: dayOfKey(day, zone).end, title }];
    });
  },
});
