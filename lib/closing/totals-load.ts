import { sql } from "@/db/client.ts";
import { adjustments, corrections, spendDays } from "@/db/schema/index.ts";
import { PLATFORM_TEAM } from "@/lib/attribution/types.ts";
import { seesTeamWhole } from "@/lib/auth/visible-teams.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { type ExactMicros, exactMicros, roundSumToMinor, sumMicros } from "@/lib/money.ts";
import { booksCorrections, type PeriodView } from "@/lib/periods/period.ts";
import type { CloseSettings } from "@/lib/periods/settings.ts";
import { loadFrozenTotals } from "@/lib/statements/store.ts";

/**
 * What the statements of each period come to for the teams that the viewer may see, each rounded as it is booked: as closed,
 * else by what is charged now. Null: nothing is.
 */
export async function loadPeriodTotals(
  ctx: Ctx,
  { currency }: Pick<CloseSettings, "currency">,
  periods: readonly PeriodView[],
): Promise<Map<PeriodView, ExactMicros | null>> {
  const frozen = await loadFrozenTotals(ctx.db, null);
  const out = new Map<PeriodView, ExactMicros | null>();
  for (const view of periods) {
    const rows = view.close
      ? (frozen.get(view.period.id) ?? new Map<number, ExactMicros>())
      : await liveTotals(ctx, periods, view);
    const booked = [...rows].flatMap(([team, micros]) =>
      seesTeamWhole(ctx.viewer, team) ? [roundSumToMinor(micros, view.close?.currency ?? currency)] : [],
    );
    out.set(view, booked.length || view.close ? sumMicros(booked) : null);
  }
  return out;
}

async function liveTotals(
  ctx: Ctx,
  periods: readonly PeriodView[],
  view: PeriodView,
): Promise<Map<number, ExactMicros>> {
  const { id, fromDay, untilDay } = view.period;
  const pending = booksCorrections(periods, view)
    ? sql`union all select team_key, amount_micros from ${corrections} where booked_in = ''`
    : sql``;
  const rows = await ctx.db.all<{ teamKey: number; micros: string }>(sql`select team_key as "teamKey",
      cast(sum(micros) as text) as micros from (
        select team_key, usage_micros + share_micros + cost_micros as micros from ${spendDays}
        where day >= ${fromDay} and day < ${untilDay} ${pending}
        union all select team_key, amount_micros from ${adjustments} where period_id = ${id}
        union all select ${PLATFORM_TEAM}, 0 - amount_micros from ${adjustments} where period_id = ${id}
      ) x group by team_key`);
  return new Map(rows.map((r) => [r.teamKey, exactMicros(BigInt(r.micros))]));
}
