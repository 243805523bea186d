import { COST_CLASSES } from "@/lib/allocation/types.ts";
import { listTeams } from "@/lib/attribution/team-store.ts";
import { countDueDays } from "@/lib/charges/due-store.ts";
import { previewClose } from "@/lib/closing/close.ts";
import { loadOverlaps, loadTies } from "@/lib/closing/tie-load.ts";
import { loadPeriodTotals } from "@/lib/closing/totals-load.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { loadPricesPage } from "@/lib/pages/prices.ts";
import { loadSpend } from "@/lib/pages/spend.ts";
import { countLabelled, loadTeams, loadUnassigned } from "@/lib/pages/teams.ts";
import { loadPeriods } from "@/lib/periods/load.ts";
import { needPeriod } from "@/lib/periods/period.ts";
import type { CloseSettings } from "@/lib/periods/settings.ts";
import { compareVariants } from "@/lib/previews/workbench.ts";
import { loadWorkbench } from "@/lib/previews/workbench-load.ts";
import { loadExplanation } from "@/lib/reports/explain/explain.ts";
import { parseExplain } from "@/lib/reports/explain/query.ts";
import { parsePeriod } from "@/lib/reports/period.ts";
import { loadNames } from "@/lib/statements/draft-load.ts";
import { loadStatement, loadStatements } from "@/lib/statements/load.ts";
import { listReviews } from "@/lib/statements/review-store.ts";
import { addDays, dateOf, dayKey } from "@/lib/time.ts";
import { MONEY } from "./charged-ledger.ts";
import type { PageLoader } from "./page-loaders.ts";

export const SETTINGS: CloseSettings = {
  calendar: { kind: "month", fiscalYearStart: 1, zone: "UTC" },
  graceDays: 5,
  currency: MONEY.currency,
  issuer: "Bench",
  contact: "",
};

/** The loaders of the pages about money, over a ledger of open months: nothing is frozen, so all of it is computed. */
export async function moneyPageLoaders(ctx: Ctx, months: readonly string[]): Promise<PageLoader[]> {
  const teams = await listTeams(ctx.db);
  const pick = <T>(list: readonly T[], i: number): T => list[i % list.length] as T;
  const today = dayKey(dateOf(ctx.now(), "UTC"));
  const daysOf = (i: number) => {
    const { days } = parsePeriod({ month: pick(months, i) }, "UTC", ctx.now());
    return days ?? { from: today, until: addDays(today, 1) };
  };
  const named = teams.filter((t) => t.key > 2);
  const issued: { period: string; team: number }[] = [];
  for (const period of months)
    for (const { header } of (await loadStatements(ctx, SETTINGS, period)).statements)
      issued.push({ period, team: header.team.key });
  return [
    { page: "spend", load: (i) => loadSpend(ctx, { days: daysOf(i), today, grain: "day" }) },
    {
      page: "explain",
      load: (i) => loadExplanation(ctx, parseExplain({ team: String(pick(named, i).key) }), daysOf(i)),
    },
    { page: "prices", load: () => loadPricesPage(ctx, MONEY) },
    {
      page: "teams",
      load: (i) =>
        Promise.all([
          loadTeams(ctx, daysOf(i), today),
          loadUnassigned(ctx, daysOf(i), "UTC"),
          countLabelled(ctx, daysOf(i)),
        ]),
    },
    {
      page: "policies",
      load: async (i) =>
        compareVariants(await loadWorkbench(ctx, daysOf(i), MONEY), { vary: COST_CLASSES, clusterId: "" }),
    },
    {
      page: "statements",
      load: async (i) => {
        const periods = await loadPeriods(ctx.db, SETTINGS, ctx.now());
        await loadStatements(ctx, SETTINGS, pick(months, i));
        await listReviews(ctx, pick(months, i), null);
        await loadPeriodTotals(ctx, SETTINGS, periods);
      },
    },
    {
      page: "statement",
      load: (i) => {
        const { period, team } = pick(issued, i);
        return loadStatement(ctx, SETTINGS, period, team);
      },
    },
    { page: "close", load: (i) => previewClose(ctx, SETTINGS, pick(months, i)) },
    {
      page: "reconciliation",
      load: async (i) => {
        const { period } = needPeriod(await loadPeriods(ctx.db, SETTINGS, ctx.now()), pick(months, i));
        await Promise.all([
          loadTies(ctx, period, "UTC"),
          countDueDays(ctx.db, "open", period),
          loadOverlaps(ctx.db, period, 100),
          loadNames(ctx.db),
        ]);
      },
    },
  ];
}
