import { formatMoney } from "@/lib/format.ts";
import { sumExactly } from "@/lib/money.ts";
import { addDays, dateOf, dateOfKey, dayKey } from "@/lib/time.ts";
import { crossings, monthKey, monthsAt, monthWords } from "./crossing.ts";
import { dayChart } from "./daily-cost.ts";
import { type Condition, defineRule } from "./rule.ts";
import { listDaySpend } from "./spend-load.ts";

export const monthlyCost = defineRule({
  kind: "monthly-cost",
  title: "Monthly cost",
  help: "The calendar month so far costs more than this. It is reported once for each month.",
  ...{ scope: "both", audience: "finance", severity: "warning", holdSeconds: 0, repeatSeconds: 0, once: true },
  threshold: { label: "More than", unit: "money", least: 0, most: 1e15, usual: 10_000_000_000 },
  sample: (money) => ({
    title: `November 2026 costs ${money(10_480_000_000)} so far`,
    summary: `That is more than the monthly limit of ${money(10_000_000_000)}.`,
    facts: [
      { label: "Cost so far", value: money(10_480_000_000) },
      { label: "Limit", value: money(10_000_000_000) },
    ],
    link: "/spend?from=2026-11-01&to=2026-12-01",
  }),
  async read(ctx, { teamKey, threshold, since }) {
    const { zone, currency } = ctx.ledger;
    const today = dayKey(dateOf(ctx.now(), zone));
    const found: Condition[] = [];
    for (const { month, isCurrent, fromDay, untilDay } of monthsAt(today, since, zone)) {
      const days = await listDaySpend(ctx, teamKey, fromDay, untilDay);
      const micros = sumExactly(days.map((day) => day.micros));
      if (micros <= threshold) continue;
      const amount = formatMoney(micros, currency);
      found.push({
        subject: String(month),
        title: isCurrent ? `${monthWords(month)} costs ${amount} so far` : `${monthWords(month)} cost ${amount}`,
        summary: `That is more than the monthly limit of ${formatMoney(threshold, currency)}.`,
        facts: [
          { label: isCurrent ? "Cost so far" : "Cost", value: amount },
          { label: "Limit", value: formatMoney(threshold, currency) },
        ],
        link: `/spend?from=${dateOfKey(fromDay)}&to=${dateOfKey(untilDay)}`,
        chart: dayChart("Cost a day", days, isCurrent ? addDays(today, 1) : untilDay, null),
      });
    }
    return found;
  },
  async history(ctx, { teamKey, threshold }, span) {
    const { zone } = ctx.ledger;
    // From the first day of the month in which the span begins: a sum needs all of its days.
    const from = monthKey(dayKey(dateOf(span.start, zone))) * 100 + 1;
    const days = await listDaySpend(ctx, teamKey, from, dayKey(dateOf(span.end, zone)));
    return crossings(days, threshold, zone)
      .filter(({ at }) => at >= span.start)
      .map(({ month, at }) => ({ subject: String(month), at, title: `Cost of ${monthWords(month)}` }));
  },
});
