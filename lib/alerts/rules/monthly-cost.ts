import { formatMoney } from "@/lib/format.ts";
import { addDays, dateOf, dayKey } from "@/lib/time.ts";
import { crossings, monthKey, monthWords } from "./crossing.ts";
import { dayChart } from "./daily-cost.ts";
import { defineRule } from "./rule.ts";
import { listDaySpend } from "./spend-load.ts";

export const monthlyCost = defineRule({
  kind: "monthly-cost",
  title: "Monthly cost",
  help: "The calendar month so far costs more than this. It is reported once for each month.",
  ...{ scope: "both", audience: "finance", severity: "warning", holdSeconds: 0, repeatSeconds: 0, once: true },
  threshold: { label: "More than", unit: "money", least: 0, most: 1e15, usual: 10_000_000_000 },
  async read(ctx, { teamKey, threshold }) {
    const { zone, currency } = ctx.ledger;
    const today = dayKey(dateOf(ctx.now(), zone));
    const month = monthKey(today);
    const days = await listDaySpend(ctx.db, teamKey, month * 100 + 1, month * 100 + 32);
    const micros = days.reduce((sum, day) => sum + day.micros, 0);
    if (micros <= threshold) return [];
    return [
      {
        subject: String(month),
        title: `${monthWords(month)} costs ${formatMoney(micros, currency)} so far`,
        summary: `That is more than the monthly limit of ${formatMoney(threshold, currency)}.`,
        facts: [
          { label: "Cost so far", value: formatMoney(micros, currency) },
          { label: "Limit", value: formatMoney(threshold, currency) },
        ],
        link: "/spend",
        chart: dayChart("Cost a day", days, addDays(today, 1), null),
      },
    ];
  },
  async history(ctx, { teamKey, threshold }, span) {
    const { zone } = ctx.ledger;
    // From the first day of the month in which the span begins: a sum needs all of its days.
    const from = monthKey(dayKey(dateOf(span.start, zone))) * 100 + 1;
    const days = await listDaySpend(ctx.db, teamKey, from, dayKey(dateOf(span.end, zone)));
    return crossings(days, threshold, zone)
      .filter(({ at }) => at >= span.start)
      .map(({ month, at }) => ({ subject: String(month), at, title: `Cost of ${monthWords(month)}` }));
  },
});
