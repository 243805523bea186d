import { allow } from "@/lib/auth/allow.ts";
import { loadChargedDays } from "@/lib/charges/charged-days-load.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { divideHalfEven, type ExactMicros, minorDigits, safeInteger, sumMicros } from "@/lib/money.ts";
import type { BillingCalendar } from "@/lib/periods/calendar.ts";
import { dateOf, dayKey, daysBetween } from "@/lib/time.ts";
import { type BudgetsSet, setBudgets } from "./changes.ts";
import { needNear } from "./horizon.ts";
import { entriesOf, scopesOf } from "./in-force.ts";
import { placed } from "./placed.ts";
import { findPlaces, type Places } from "./places.ts";
import { loadDayRows } from "./series-load.ts";
import { type CalendarSpan, spanBefore, spanOfDay, spansOver } from "./spans.ts";
import { listBudgetVersions } from "./store.ts";
import { type Budget, type BudgetScope, type BudgetSpan, isSameScope } from "./types.ts";

export interface CopyRequest {
  /** The budgets of the fiscal year before, or what was spent in the last whole month, quarter or year. */
  readonly from: "last-year" | "actuals";
  /** Per cent more, or less where negative; whole. */
  readonly changePercent: number;
  /** Of actuals: how long the amounts are for. */
  readonly span: BudgetSpan;
  /** A day of the span, or of the fiscal year, in which the new budgets begin: they begin with it. */
  readonly day: number;
  /** Absent: every scope whose budget the viewer may change. */
  readonly scopes?: readonly BudgetScope[] | undefined;
}

/** Adds a percentage, and rounds to the minor unit of the currency, half to even. */
function changed(micros: ExactMicros, percent: number, currency: string): number {
  const step = 10n ** BigInt(6 - Math.min(6, minorDigits(currency)));
  return safeInteger(divideHalfEven(BigInt(micros) * BigInt(100 + percent), 100n * step) * step);
}

/** Pure: budgets of a fiscal year as those of the year before were, each in the month of its own place in the year. */
export function copiedFromLastYear(
  entries: readonly Budget[],
  year: CalendarSpan,
  percent: number,
  currency: string,
  calendar: BillingCalendar,
): Budget[] {
  const before = spanBefore(year, "year", calendar);
  const [old, own] = [spansOver(before, "month", calendar), spansOver(year, "month", calendar)];
  const first = entries.filter((e) => e.fromDay <= before.fromDay).at(-1);
  const within = entries.filter((e) => e.fromDay > before.fromDay && e.fromDay < before.untilDay);
  const copied = [...(first ? [{ ...first, fromDay: before.fromDay }] : []), ...within].map((entry) => {
    const place = old.findIndex((m) => entry.fromDay < m.untilDay);
    const amountMicros = entry.amountMicros === null ? null : changed(entry.amountMicros, percent, currency);
    return { ...entry, fromDay: own[place]?.fromDay ?? year.fromDay, amountMicros };
  });
  // Of several that began within one month, what it ended with.
  return [...new Map(copied.map((entry) => [entry.fromDay, entry])).values()];
}

/** What a copy would set, without setting it. @throws AppError `forbidden`; `invalid` where there is nothing to copy. */
export async function planCopy(ctx: Ctx, request: CopyRequest): Promise<Budget[]> {
  allow(ctx.viewer, "budgets.edit");
  if (!Number.isInteger(request.changePercent) || request.changePercent < -100 || request.changePercent > 1000)
    throw new AppError("invalid", "The change is a whole percentage from -100 to 1000.");
  needNear(ctx, request.day, "Copied budgets begin");
  const [places, versions] = await Promise.all([findPlaces(ctx), listBudgetVersions(ctx.db)]);
  const { calendar, currency } = ctx.ledger;
  const wanted = (scope: BudgetScope) =>
    places.mayEdit(scope) && (!request.scopes || request.scopes.some((s) => isSameScope(s, scope)));
  const planned =
    request.from === "last-year"
      ? scopesOf(versions)
          .filter(wanted)
          .flatMap((scope) =>
            copiedFromLastYear(
              entriesOf(versions, scope),
              spanOfDay(request.day, "year", calendar),
              request.changePercent,
              currency,
              calendar,
            ),
          )
      : await fromActuals(ctx, places, request, wanted);
  if (!planned.length)
    throw new AppError(
      "invalid",
      request.from === "last-year"
        ? "There is nothing to copy: no budget was in force in the fiscal year before."
        : "There is nothing to copy: nothing was spent in the last whole period.",
    );
  return planned;
}

async function fromActuals(
  ctx: Ctx,
  places: Places,
  { day, span, changePercent, scopes }: CopyRequest,
  wanted: (scope: BudgetScope) => boolean,
): Promise<Budget[]> {
  const { calendar, currency, zone } = ctx.ledger;
  const today = dayKey(dateOf(ctx.now(), zone));
  const last = spanBefore(spanOfDay(today, span, calendar), span, calendar);
  const charged = await loadChargedDays(ctx.db, { from: last.fromDay, until: last.untilDay });
  const whole = daysBetween(last.fromDay, last.untilDay);
  if (charged.length < whole)
    throw new AppError(
      "invalid",
      `There is nothing to copy: ${last.id} has cost of ${charged.length} of its ${whole} days. A budget from it would be too small.`,
    );
  const teams: BudgetScope[] = places.teams
    .filter((t) => t.archivedAt === null)
    .map((t) => ({ kind: "team", value: String(t.key) }));
  const chosen = (scopes ?? teams).filter(wanted);
  const out: Budget[] = [];
  for (const by of ["team", "project"] as const) {
    const own = chosen.flatMap((scope) => {
      const members = places.members(scope);
      return members?.by === by ? [{ scope, keys: new Set(members.keys) }] : [];
    });
    const rows = await loadDayRows(ctx, by, [...new Set(own.flatMap((o) => [...o.keys]))], {
      from: last.fromDay,
      until: last.untilDay,
    });
    for (const { scope, keys } of own) {
      const own = rows.filter((r) => keys.has(r.key));
      const spent = sumMicros(own.flatMap((r) => [r.flowMicros, r.fixedMicros]));
      if (spent <= 0) continue;
      out.push({
        scope,
        fromDay: spanOfDay(day, span, calendar).fromDay,
        span,
        amountMicros: changed(spent, changePercent, currency),
        carryOver: false,
        warningPercent: 80,
        criticalPercent: 95,
        note: `${last.id}${changePercent ? ` ${changePercent > 0 ? "+" : ""}${changePercent} %` : ""}`,
      });
    }
  }
  return out;
}

/** Sets what planCopy shows. @throws AppError as planCopy. */
export async function copyBudgets(ctx: Ctx, request: CopyRequest, reason = ""): Promise<BudgetsSet> {
  return setBudgets(ctx, placed(await planCopy(ctx, request)), reason);
}
