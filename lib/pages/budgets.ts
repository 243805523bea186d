import { allow } from "@/lib/auth/allow.ts";
import { withEvents } from "@/lib/budgets/outlook.ts";
import { loadOutlooks, type ScopeOutlook } from "@/lib/budgets/outlooks.ts";
import { type ReportCard, reportCardOf, wholeSpans } from "@/lib/budgets/report-card.ts";
import { spansOver } from "@/lib/budgets/spans.ts";
import { listBudgetVersions, listPlannedEvents } from "@/lib/budgets/store.ts";
import {
  type BudgetScope,
  type BudgetSpan,
  type BudgetVersion,
  isSameScope,
  type PlannedEvent,
} from "@/lib/budgets/types.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { forecastAfter, isForecast } from "@/lib/forecast/forecast.ts";
import { addDays, daysBetween } from "@/lib/time.ts";

/** Exceeded first, then by chance; what has no budget last, the dearest first. */
export function byUrgency(a: ScopeOutlook, b: ScopeOutlook): number {
  const rank = ({ budget }: ScopeOutlook) =>
    budget === null ? -1 : budget.status === "exceeded" ? 2 : (budget.breach?.chance ?? 0);
  return rank(b) - rank(a) || b.outlook.spentMicros - a.outlook.spentMicros || a.name.localeCompare(b.name, "en");
}

/** The page of all budgets: every scope that the viewer may see, those that need a look first. @param span absent: that of each budget. */
export async function loadBudgetsPage(ctx: Ctx, span?: BudgetSpan): Promise<ScopeOutlook[]> {
  const list = await loadOutlooks(ctx, { span });
  // Built-in teams without cost or budget are noise.
  const isEmpty = (o: ScopeOutlook) => o.budget === null && o.outlook.spentMicros === 0 && !o.outlook.end?.expected;
  return list.filter((o) => !isEmpty(o)).sort(byUrgency);
}

/** A forecast of the same period as it was made on an earlier day: totals from the start of the period. */
export interface PastPath {
  readonly madeOn: number;
  readonly points: readonly { readonly day: number; readonly micros: number }[];
}

/** How good the forecasts of a scope were. */
export interface Measured {
  readonly card: ReportCard;
  /** Months that the report card looked at. */
  readonly cardMonths: readonly string[];
}

/** The report card of a scope: takes some tenths of a second, for every day of its months is forecast again. */
export function measured(ctx: Ctx, { past, firstDay, factors }: ScopeOutlook): Measured {
  allow(ctx.viewer, "budgets.read");
  const until = addDays(firstDay, past.series.length);
  const months = spansOver({ fromDay: firstDay, untilDay: until }, "month", ctx.ledger.calendar);
  return {
    card: reportCardOf(past, firstDay, months, factors),
    cardMonths: wholeSpans(past, firstDay, months).map((m) => m.id),
  };
}

export interface BudgetPage extends Measured {
  readonly view: ScopeOutlook;
  readonly pastPaths: readonly PastPath[];
  /** Every version of what was said of the scope, the newest first. */
  readonly versions: readonly BudgetVersion[];
  readonly events: readonly PlannedEvent[];
}

/** One scope with its report card. @throws AppError `not_found` for one that the viewer may not see. */
export async function loadBudgetPage(ctx: Ctx, scope: BudgetScope, span?: BudgetSpan): Promise<BudgetPage> {
  const [[view], versions, events] = await Promise.all([
    loadOutlooks(ctx, { scopes: [scope], span }),
    listBudgetVersions(ctx.db),
    listPlannedEvents(ctx.db),
  ]);
  if (!view) throw new Error("no outlook of a scope that was asked for");
  return {
    view,
    ...measured(ctx, view),
    pastPaths: pastPathsOf(view),
    versions: versions
      .filter((v) => isSameScope(v.scope, scope))
      .sort((a, b) => b.recordedAt - a.recordedAt || b.fromDay - a.fromDay || b.version - a.version),
    events: events.filter((e) => isSameScope(e.scope, scope)),
  };
}

const EVERY_DAYS = 7;

/** What was forecast of this period on each seventh day of it, from the days before alone. */
export function pastPathsOf({ past, firstDay, factors, outlook }: ScopeOutlook): PastPath[] {
  const { span } = outlook;
  const totals = new Map(outlook.past.map((p) => [p.day, p.micros]));
  const out: PastPath[] = [];
  const end = addDays(firstDay, past.series.length);
  for (let day = span.fromDay; day < end; day = addDays(day, EVERY_DAYS)) {
    const days = daysBetween(firstDay, day);
    if (days < 1) continue;
    const forecast = forecastAfter(past, days, daysBetween(day, span.untilDay), factors);
    if (!isForecast(forecast)) continue;
    let total = totals.get(addDays(day, -1)) ?? 0;
    out.push({
      madeOn: day,
      points: forecast.days.map(({ expected }, i) => {
        const next = addDays(day, i);
        total += withEvents(expected, next, outlook.events);
        return { day: next, micros: total };
      }),
    });
  }
  return out;
}
