import { getApiCtx } from "@/app/ctx.ts";
import { respondError, respondJson } from "@/lib/api/respond.ts";
import { readerFor } from "@/lib/auth/allow.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { loadPeriods } from "@/lib/periods/load.ts";
import { closeSettingsOf } from "@/lib/periods/settings.ts";
import { dateOfKey } from "@/lib/time.ts";

/** The billing periods there are, with their state. */
export async function GET(request: Request): Promise<Response> {
  let ctx: Ctx | undefined;
  try {
    ctx = await getApiCtx(request, "statements.read");
    const periods = await loadPeriods(readerFor(ctx, "statements.read"), closeSettingsOf(env()), ctx.now());
    return respondJson({
      periods: periods.map(({ period, state, close }) => ({
        id: period.id,
        state,
        fiscal_year: period.fiscalYear,
        from: dateOfKey(period.fromDay),
        until: dateOfKey(period.untilDay),
        closed_at: close?.closedAt ?? null,
        hash: close?.hash ?? null,
      })),
    });
  } catch (error) {
    return respondError(error, ctx?.log);
  }
}
