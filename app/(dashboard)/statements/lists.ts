import type { PageInput } from "@/app/page-input.ts";
import type { Listed } from "@/components/tables/list.tsx";
import { mayDo, readerFor } from "@/lib/auth/allow.ts";
import { loadPeriodTotals } from "@/lib/closing/totals-load.ts";
import { env } from "@/lib/env.ts";
import { loadPeriods } from "@/lib/periods/load.ts";
import type { PeriodView } from "@/lib/periods/period.ts";
import { closeSettingsOf } from "@/lib/periods/settings.ts";
import { loadStatements } from "@/lib/statements/load.ts";
import { listReviews } from "@/lib/statements/review-store.ts";
import type { Statement } from "@/lib/statements/types.ts";
import { listPeriods } from "./periods.tsx";
import { listStatements, saidOf } from "./teams.tsx";

/** The statements of a period, and their list. */
export async function readStatements(
  input: PageInput,
  period: string,
): Promise<{ statements: readonly Statement[]; teams: Listed<Statement> }> {
  const { statements } = await loadStatements(input.ctx, closeSettingsOf(env()), period);
  const reviews = await listReviews(input.ctx, period, null);
  return { statements, teams: listStatements(input, statements, saidOf(reviews)) };
}

/** The billing periods, with what each came to. */
export async function readPeriods(input: PageInput, known?: readonly PeriodView[]): Promise<Listed<PeriodView>> {
  const { ctx, now } = input;
  const settings = closeSettingsOf(env());
  const periods = known ?? (await loadPeriods(readerFor(ctx, "statements.read"), settings, now));
  const totals = await loadPeriodTotals(ctx, settings, periods);
  const mayClose = mayDo(ctx.viewer, "periods.close");
  return listPeriods(input, { periods, mayClose, totals, currency: settings.currency });
}
