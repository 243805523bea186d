import { UNASSIGNED_TEAM } from "@/lib/attribution/types.ts";
import { formatMoney } from "@/lib/format.ts";
import { sumExactly } from "@/lib/money.ts";
import { dateOf, dayKey } from "@/lib/time.ts";
import { crossings, monthsAt, monthWords } from "./crossing.ts";
import { type Condition, defineRule } from "./rule.ts";
import { listDaySpend } from "./spend-load.ts";

export const unassignedSpend = defineRule({
  kind: "unassigned-spend",
  title: "Unassigned spend",
  help: "Workloads that no team's rule matches cost more than this in the month so far.",
  ...{ scope: "ledger", audience: "finance", severity: "warning", holdSeconds: 0, repeatSeconds: 0, recommended: true },
  threshold: { label: "More than", unit: "money", least: 0, most: 1e15, usual: 100_000_000 },
  sample: (money) => ({
    title: `${money(312_000_000)} is not assigned to a team`,
    summary: "In November 2026 so far. Add or change a rule so that the workloads get a team; past days follow.",
    facts: [{ label: "Unassigned", value: money(312_000_000) }],
    link: "/teams",
  }),
  ended: (subject, { now, ledger }) => {
    const over = monthsAt(dayKey(dateOf(now(), ledger.zone)), 0, ledger.zone).every((m) => String(m.month) !== subject);
    return over ? `Unassigned spend of ${monthWords(Number(subject))} is no longer watched` : null;
  },
  async read(ctx, { threshold, since }) {
    const today = dayKey(dateOf(ctx.now(), ctx.ledger.zone));
    const found: Condition[] = [];
    for (const { month, isCurrent, fromDay, untilDay } of monthsAt(today, since, ctx.ledger.zone)) {
      const days = await listDaySpend(ctx, UNASSIGNED_TEAM, fromDay, untilDay);
      const micros = sumExactly(days.map((day) => day.micros));
      if (micros <= threshold) continue;
      const amount = formatMoney(micros, ctx.ledger.currency);
      found.push({
        subject: String(month),
        title: `${amount} is not assigned to a team`,
        summary: `In ${monthWords(month)}${isCurrent ? " so far" : ""}. Add or change a rule so that the workloads get a team; past days follow.`,
        facts: [{ label: "Unassigned", value: amount }],
        link: "/teams",
      });
    }
    return found;
  },
  async history(ctx, { threshold }, span) {
    const days = await listDaySpend(
      ctx,
      UNASSIGNED_TEAM,
      dayKey(dateOf(span.start, ctx.ledger.zone)),
      dayKey(dateOf(span.end, ctx.ledger.zone)),
    );
    return crossings(days, threshold, ctx.ledger.zone).map(({ month, at }) => ({
      ...{ subject: String(month), at, title: `Unassigned spend of ${monthWords(month)}` },
    }));
  },
});
