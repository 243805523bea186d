import type { Ctx } from "@/lib/ctx.ts";
import { loadPeriods } from "@/lib/periods/load.ts";
import type { PeriodView } from "@/lib/periods/period.ts";
import { defineRule } from "./rule.ts";

const periodsOf = (ctx: Ctx): Promise<PeriodView[]> => loadPeriods(ctx.db, ctx.ledger, ctx.now());

export const periodReady = defineRule({
  kind: "period-ready",
  title: "Period ready to close",
  help: "A billing period is over, and so are its grace days. It resolves when the period is closed.",
  ...{ scope: "ledger", audience: "finance", severity: "info", holdSeconds: 0, repeatSeconds: 0, recommended: true },
  threshold: null,
  sample: () => ({
    title: "2026-11 can be closed",
    summary: "The grace days are over. The page shows what is open, and what each team's statement will say.",
    facts: [{ label: "Period", value: "2026-11" }],
    link: "/statements/close",
  }),
  async read(ctx) {
    const periods = (await periodsOf(ctx)).filter((p) => p.state === "draft" && ctx.now() >= p.graceUntil);
    return periods.map(({ period }) => ({
      subject: period.id,
      title: `${period.id} can be closed`,
      summary: "The grace days are over. The page shows what is open, and what each team's statement will say.",
      facts: [{ label: "Period", value: period.id }],
      link: `/statements/close?of=${period.id}`,
    }));
  },
  history: async (ctx, _, { start, end }) =>
    (await periodsOf(ctx))
      .filter((p) => p.graceUntil >= start && p.graceUntil < Math.min(end, ctx.now()))
      .map(({ period, graceUntil }) => ({ subject: period.id, at: graceUntil, title: `${period.id} can be closed` })),
});
