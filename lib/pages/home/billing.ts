import { sql } from "@/db/client.ts";
import { corrections, lineReviews, priceProposals, teams } from "@/db/schema/index.ts";
import { needAllTeams } from "@/lib/auth/visible-teams.ts";
import { countDueDays } from "@/lib/charges/due-store.ts";
import { sumTies, type TieSum } from "@/lib/closing/audit-table.ts";
import { previewClose } from "@/lib/closing/close.ts";
import { loadTies } from "@/lib/closing/tie-load.ts";
import { loadPeriodTotals } from "@/lib/closing/totals-load.ts";
import type { Ctx } from "@/lib/ctx.ts";
import type { ExactMicros } from "@/lib/money.ts";
import { booksCorrections, type PeriodView } from "@/lib/periods/period.ts";
import type { CloseSettings } from "@/lib/periods/settings.ts";
import { type Changes, loadChanges, MONEY_ACTS } from "./changes.ts";

/** What a change of closed days comes to for a team, for one reason. Micro-units. */
export interface CorrectionSum {
  readonly teamKey: number;
  readonly team: string;
  readonly reason: string;
  readonly days: number;
  /** Day keys of the first and last closed day that changed. */
  readonly firstDay: number;
  readonly lastDay: number;
  readonly amountMicros: number;
  /** The period that books it; empty: it waits for the next close. */
  readonly bookedIn: string;
}

export interface Billing extends Awaited<ReturnType<typeof previewClose>> {
  /** What the statements come to, each rounded as it is booked; null: nothing is charged. */
  readonly totalMicros: ExactMicros | null;
  /** The period before, and what it came to; null: it is the first. */
  readonly previous: { readonly view: PeriodView; readonly totalMicros: ExactMicros | null } | null;
  readonly corrections: readonly CorrectionSum[];
  /** Capacity × rate against charges over the whole period; null: no GPU was metered. */
  readonly tie: TieSum | null;
  /** Days that changed since they were charged. */
  readonly dueDays: number;
  /** Price proposals that wait for a decision. */
  readonly proposals: number;
  /** Disputes without an answer, in every period. */
  readonly disputes: readonly {
    readonly periodId: string;
    readonly teamKey: number;
    readonly team: string;
    readonly count: number;
  }[];
  readonly changes: Changes;
}

const MOST_CHANGES = 8;

/** Everything that bears on one billing period, on one page. @throws AppError `forbidden` for people who may not close it; `not_found`. */
export async function loadBilling(ctx: Ctx, settings: CloseSettings, periodId: string): Promise<Billing> {
  needAllTeams(ctx.viewer);
  const preview = await previewClose(ctx, settings, periodId);
  const { view, periods } = preview;
  const { fromDay } = view.period;
  const before = periods.filter((p) => p.period.fromDay < fromDay).at(-1) ?? null;
  const [totals, found, ties, dueDays, proposals, disputes, changes] = await Promise.all([
    loadPeriodTotals(ctx, settings, periods),
    loadCorrections(ctx, view, periods),
    loadTies(ctx, view.period, settings.calendar.zone),
    countDueDays(ctx.db, "open", view.period),
    ctx.db.find<{ n: number }>(
      sql`select cast(count(*) as bigint) as n from ${priceProposals} where status = 'proposed'`,
    ),
    ctx.db.all<Billing["disputes"][number]>(sql`select r.period_id as "periodId", r.team_key as "teamKey",
      coalesce(t.name, 'a team') as "team", cast(count(*) as bigint) as "count"
      from ${lineReviews} r left join ${teams} t on t.key = r.team_key where r.verdict = 'disputed'
      group by r.period_id, r.team_key, coalesce(t.name, 'a team') order by 1, 3`),
    loadChanges(ctx, MONEY_ACTS, MOST_CHANGES),
  ]);
  return {
    ...preview,
    totalMicros: totals.get(view) ?? null,
    previous: before && { view: before, totalMicros: totals.get(before) ?? null },
    corrections: found,
    tie: sumTies(ties, () => "").get("") ?? null,
    dueDays,
    proposals: proposals?.n ?? 0,
    disputes,
    changes,
  };
}

/**
 * Corrections that the period booked; and where it is the one that books next, those that wait. The largest first.
 * The sums by team are those of the lines of its statements.
 */
function loadCorrections({ db }: Ctx, view: PeriodView, periods: readonly PeriodView[]): Promise<CorrectionSum[]> {
  const which = booksCorrections(periods, view)
    ? sql`(c.booked_in = ${view.period.id} or c.booked_in = '')`
    : sql`c.booked_in = ${view.period.id}`;
  return db.all<CorrectionSum>(sql`select c.team_key as "teamKey", coalesce(t.name, 'a team') as "team", c.reason as "reason",
      c.booked_in as "bookedIn", cast(count(distinct c.origin_day) as bigint) as "days", min(c.origin_day) as "firstDay",
      max(c.origin_day) as "lastDay", cast(sum(c.amount_micros) as bigint) as "amountMicros"
    from ${corrections} c left join ${teams} t on t.key = c.team_key where ${which}
    group by c.team_key, coalesce(t.name, 'a team'), c.reason, c.booked_in
    order by abs(sum(c.amount_micros)) desc, c.team_key, c.reason`);
}
