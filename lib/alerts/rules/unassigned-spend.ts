import { UNASSIGNED_TEAM } from "@/lib/attribution/types.ts";
import { formatMoney } from "@/lib/format.ts";
import { dateOf, dayKey } from "@/lib/time.ts";
import { crossings, monthKey, monthWords } from "./crossing.ts";
import { defineRule } from "./rule.ts";
import { listDaySpend } from "./spend-load.ts";

export const unassignedSpend = defineRule({
  kind: "unassigned-spend",
  title: "Unassigned spend",
  help: "Workloads that no team's rule matches cost more than this in the month so far.",
  ...{ scope: "ledger", audience: "finance", severity: "warning", holdSeconds: 0, repeatSeconds: 0, recommended: true },
  threshold: { label: "More than", unit: "money", least: 0, most: 1e15, usual: 100_000_000 },
  async read(ctx, { threshold }) {
    const today = dayKey(dateOf(ctx.now(), ctx.ledger.zone));
    const month = monthKey(today);
    const days = await listDaySpend(ctx.db, UNASSIGNED_TEAM, month * 100 + 1, month * 100 + 32);
    const micros = days.reduce((sum, day) => sum + day.micros, 0);
    if (micros <= threshold) return [];
    const amount = formatMoney(micros, ctx.ledger.currency);
    return [
      {
        subject: String(month),
        title: `${amount} is not assigned to a team`,
        summary: `In ${monthWords(month)} so far. Add or change a rule so that the workloads get a team; past days follow.`,
        facts: [{ label: "Unassigned", value: amount }],
        link: "/teams",
      },
    ];
  },
  async history(ctx, { threshold }, span) {
    const days = await listDaySpend(
      ctx.db,
      UNASSIGNED_TEAM,
      dayKey(dateOf(span.start, ctx.ledger.zone)),
      dayKey(dateOf(span.end, ctx.ledger.zone)),
    );
    return crossings(days, threshold, ctx.ledger.zone).map(({ month, at }) => ({
      ...{ subject: String(month), at, title: `Unassigned spend of ${monthWords(month)}` },
    }));
  },
});
