import type { Ctx } from "@/lib/ctx.ts";
import { formatMoney } from "@/lib/format.ts";
import { loadCloses } from "@/lib/periods/load.ts";
import { loadFrozenTotals, loadNumbers } from "@/lib/statements/store.ts";
import type { Instant } from "@/lib/time.ts";
import { defineRule } from "./rule.ts";

interface Issued {
  readonly periodId: string;
  readonly teamKey: number;
  readonly totalMicros: number;
  readonly number: string;
  readonly at: Instant;
}

/** Statements of periods that were closed from an instant on, of one team or (0) of all. */
async function listIssued({ db }: Ctx, teamKey: number, since: Instant): Promise<Issued[]> {
  const [closes, totals, numberOf] = await Promise.all([
    loadCloses(db),
    loadFrozenTotals(db, teamKey || null),
    loadNumbers(db),
  ]);
  return closes
    .filter((close) => close.closedAt >= since)
    .flatMap(({ periodId, closedAt: at }) =>
      [...(totals.get(periodId) ?? [])].map(([team, totalMicros]) => ({
        ...{ periodId, teamKey: team, totalMicros, at, number: numberOf(periodId, team) ?? "" },
      })),
    );
}

export const statementIssued = defineRule({
  kind: "statement-issued",
  title: "Statement issued",
  help: "A period was closed, and a team's statement is final. The people of the team hear of it.",
  ...{
    scope: "both",
    audience: "finance",
    severity: "info",
    holdSeconds: 0,
    repeatSeconds: 0,
    once: true,
    recommended: true,
  },
  threshold: null,
  sample: (money, team) => ({
    title: `Statement 2026-11-${team || "Vision"}: ${money(8_412_000_000)}`,
    summary: "The period 2026-11 is closed. Later changes appear as corrections in the next period.",
    facts: [
      { label: "Period", value: "2026-11" },
      { label: "Total", value: money(8_412_000_000) },
    ],
    link: "/statements",
  }),
  read: async (ctx, { teamKey, since }) =>
    (await listIssued(ctx, teamKey, since)).map(({ periodId, teamKey: of, totalMicros, number }) => ({
      subject: `${periodId}/${of}`,
      teamKey: of,
      title: `Statement ${number}: ${formatMoney(totalMicros, ctx.ledger.currency)}`,
      summary: `The period ${periodId} is closed. Later changes appear as corrections in the next period.`,
      facts: [
        { label: "Period", value: periodId },
        { label: "Total", value: formatMoney(totalMicros, ctx.ledger.currency) },
      ],
      link: `/statements/${periodId}/${of}`,
    })),
  history: async (ctx, { teamKey }, { start, end }) =>
    (await listIssued(ctx, teamKey, start))
      .filter(({ at }) => at < end)
      .map(({ periodId, teamKey: of, number, at }) => ({
        subject: `${periodId}/${of}`,
        at,
        title: `Statement ${number}`,
      })),
});
