import { type BurstDay, readBurstDays, sumBurst } from "@/lib/burst/burst-days.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { formatMoney } from "@/lib/format.ts";
import { addDays, dateOf, dateOfKey, dayKey, dayOfKey, formatSeconds, type Interval } from "@/lib/time.ts";
import { crossings, monthKey, monthsAt, monthWords } from "./crossing.ts";
import { type Condition, defineRule, type RuleKind } from "./rule.ts";

const MOST = { unit: "money", least: 0, most: 1e15 } as const;

const daysOf = (ctx: Ctx, from: number, until: number): Promise<BurstDay[]> =>
  readBurstDays(ctx.db, { now: ctx.now(), zone: ctx.ledger.zone }, { from, until });

/** Days of a span whose cost is known: one without a rate is unknown, and passes no limit. */
async function knownDays(
  ctx: Ctx,
  from: number,
  until: number,
): Promise<{ day: number; micros: number; seconds: number }[]> {
  const days = await daysOf(ctx, from, until);
  return days.flatMap(({ day, micros, seconds }) => (micros === null ? [] : [{ day, micros, seconds }]));
}

function condition(ctx: Ctx, subject: string, when: string, micros: number, limit: number, seconds: number): Condition {
  const money = (amount: number) => formatMoney(amount, ctx.ledger.currency);
  return {
    subject,
    title: `Burst capacity costs ${money(micros)} ${when}`,
    summary: `That is more than the limit of ${money(limit)}. It was on for ${formatSeconds(seconds)}.`,
    facts: [
      { label: "Cost", value: money(micros) },
      { label: "Limit", value: money(limit) },
      { label: "On for", value: formatSeconds(seconds) },
    ],
    link: "/burst",
  };
}

/** A message for previews, with the facts of `condition`. */
const sampleOf =
  (when: string): RuleKind["sample"] =>
  (money) => ({
    title: `Burst capacity costs ${money(31_000_000)} ${when}`,
    summary: `That is more than the limit of ${money(25_000_000)}. It was on for 6 h.`,
    facts: [
      { label: "Cost", value: money(31_000_000) },
      { label: "Limit", value: money(25_000_000) },
      { label: "On for", value: "6 h" },
    ],
    link: "/burst",
  });

export const burstDaily = defineRule({
  kind: "burst-daily-cost",
  title: "Daily cost of burst capacity",
  help: "Burst capacity of a day costs more than this. It is reported once for each day, as soon as it does.",
  ...{ scope: "ledger", audience: "finance", severity: "warning", holdSeconds: 0, repeatSeconds: 0, once: true },
  threshold: { label: "More than", ...MOST, usual: 25_000_000 },
  sample: sampleOf("on 2026-11-20"),
  async read(ctx, { threshold, since }) {
    const { zone } = ctx.ledger;
    const today = dayKey(dateOf(ctx.now(), zone));
    // Yesterday, too: it may have been switched on for an instant that is past.
    const days = await knownDays(ctx, addDays(today, -1), addDays(today, 1));
    return days
      .filter((d) => d.micros > threshold && dayOfKey(d.day, zone).end > since)
      .map((d) => condition(ctx, String(d.day), `on ${dateOfKey(d.day)}`, d.micros, threshold, d.seconds));
  },
  async history(ctx, { threshold }, span) {
    const { zone, currency } = ctx.ledger;
    const days = await knownDays(ctx, ...keysOf(span, zone));
    return days
      .filter((d) => d.micros > threshold)
      .map(({ day, micros }) => ({
        ...{ subject: String(day), at: dayOfKey(day, zone).end },
        title: `Burst capacity cost ${formatMoney(micros, currency)} on ${dateOfKey(day)}`,
      }));
  },
});

export const burstMonthly = defineRule({
  kind: "burst-monthly-cost",
  title: "Monthly cost of burst capacity",
  help: "Burst capacity of the calendar month so far costs more than this. It is reported once for each month.",
  ...{ scope: "ledger", audience: "finance", severity: "warning", holdSeconds: 0, repeatSeconds: 0, once: true },
  threshold: { label: "More than", ...MOST, usual: 100_000_000 },
  sample: sampleOf("in November 2026 so far"),
  async read(ctx, { threshold, since }) {
    const { zone } = ctx.ledger;
    const found: Condition[] = [];
    for (const { month, isCurrent, fromDay, untilDay } of monthsAt(dayKey(dateOf(ctx.now(), zone)), since, zone)) {
      const { micros, seconds } = sumBurst(await daysOf(ctx, fromDay, untilDay));
      if (micros === null || micros <= threshold) continue;
      const when = `in ${monthWords(month)}${isCurrent ? " so far" : ""}`;
      found.push(condition(ctx, String(month), when, micros, threshold, seconds));
    }
    return found;
  },
  async history(ctx, { threshold }, span) {
    const { zone } = ctx.ledger;
    const [first, until] = keysOf(span, zone);
    // From the first day of the month in which the span begins: a sum needs all of its days.
    const days = await knownDays(ctx, monthKey(first) * 100 + 1, until);
    const found = crossings(
      days.map((d) => ({ ...d, coveragePercent: null })),
      threshold,
      zone,
    );
    return found
      .filter(({ at }) => at >= span.start)
      .map(({ month, at }) => ({ subject: String(month), at, title: `Burst capacity of ${monthWords(month)}` }));
  },
});

const keysOf = ({ start, end }: Interval, zone: string): [from: number, until: number] => [
  dayKey(dateOf(start, zone)),
  dayKey(dateOf(end, zone)),
];
