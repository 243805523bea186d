import type { Detail } from "@/lib/alerts/types.ts";
import { formatMoney } from "@/lib/format.ts";
import { addDays, dateOf, dateOfKey, dayKey, dayOfKey } from "@/lib/time.ts";
import { type Condition, defineRule } from "./rule.ts";
import { type DaySpend, listDaySpend } from "./spend-load.ts";

/** Days of the chart of a message. */
const SHOWN = 30;

/** Daily cost as a chart; days without charges have no bar. `micros` become whole units. */
export function dayChart(
  title: string,
  days: readonly DaySpend[],
  untilDay: number,
  limitMicros: number | null,
): Detail["chart"] {
  const byDay = new Map(days.map((d) => [d.day, d.micros]));
  const points = Array.from({ length: SHOWN }, (_, i) => addDays(untilDay, i - SHOWN)).map((day) => {
    const micros = byDay.get(day);
    return { label: dateOfKey(day), value: micros === undefined ? null : micros / 1e6 };
  });
  return { title, points, limit: limitMicros === null ? null : limitMicros / 1e6 };
}

export const dailyCost = defineRule({
  kind: "daily-cost",
  title: "Daily cost",
  help: "A day costs more than this. It is reported once for each day, as soon as the day so far exceeds it.",
  ...{ scope: "both", audience: "finance", severity: "warning", holdSeconds: 0, repeatSeconds: 0, once: true },
  threshold: { label: "More than", unit: "money", least: 0, most: 1e15, usual: 1_000_000_000 },
  sample: (money) => ({
    title: `2026-11-20 costs ${money(1_204_000_000)} so far`,
    summary: `That is more than the daily limit of ${money(1_000_000_000)}.`,
    facts: [
      { label: "Cost so far", value: money(1_204_000_000) },
      { label: "Limit", value: money(1_000_000_000) },
    ],
    link: "/spend?from=2026-11-20&to=2026-11-21",
  }),
  async read(ctx, { teamKey, threshold, since }) {
    const { zone, currency } = ctx.ledger;
    const today = dayKey(dateOf(ctx.now(), zone));
    const days = await listDaySpend(ctx, teamKey, addDays(today, -SHOWN), addDays(today, 1));
    // Yesterday, too: its last hours are charged today.
    const recent = days.filter((d) => d.day >= addDays(today, -1) && dayOfKey(d.day, zone).end > since);
    return recent
      .filter(({ micros }) => micros > threshold)
      .map(({ day, micros }): Condition => {
        const soFar = day === today ? " so far" : "";
        return {
          subject: String(day),
          title: `${dateOfKey(day)} costs ${formatMoney(micros, currency)}${soFar}`,
          summary: `That is more than the daily limit of ${formatMoney(threshold, currency)}.`,
          facts: [
            { label: `Cost${soFar}`, value: formatMoney(micros, currency) },
            { label: "Limit", value: formatMoney(threshold, currency) },
          ],
          link: `/spend?from=${dateOfKey(day)}&to=${dateOfKey(addDays(day, 1))}`,
          chart: dayChart("Cost a day", days, addDays(day, 1), threshold),
        };
      });
  },
  async history(ctx, { teamKey, threshold }, span) {
    const { zone } = ctx.ledger;
    const days = await listDaySpend(ctx, teamKey, dayKey(dateOf(span.start, zone)), dayKey(dateOf(span.end, zone)));
    return days
      .filter(({ micros }) => micros > threshold)
      .map(({ day, micros }) => ({
        ...{ subject: String(day), at: dayOfKey(day, zone).end },
        title: `${dateOfKey(day)} cost ${formatMoney(micros, ctx.ledger.currency)}`,
      }));
  },
});
