import { setImmediate as nextTurn } from "node:timers/promises";
import { allow } from "@/lib/auth/allow.ts";
import { type ChargedDay, loadChargedDays } from "@/lib/charges/charged-days-load.ts";
import { isCovered, isKnownDay } from "@/lib/charges/known.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { backtest, learnFactors, type NamedSeries } from "@/lib/forecast/backtest.ts";
import { type Factors, NO_FACTORS } from "@/lib/forecast/calibrate.ts";
import { DEFAULT, fitPast, PastFits } from "@/lib/forecast/choose.ts";
import { forecastAfter } from "@/lib/forecast/forecast.ts";
import { addExactly, sumMicros } from "@/lib/money.ts";
import { addDays, dateOf, dayKey, daysBetween } from "@/lib/time.ts";
import { type Budgeted, budgetedPart, budgetOn, budgetOver, carriedInto } from "./amounts.ts";
import { entriesOf, scopesOf } from "./in-force.ts";
import { type BudgetOutlook, budgetOutlook, type CostDay, type Outlook, outlookOf, withoutEvents } from "./outlook.ts";
import { findPlaces, needScope, type Places } from "./places.ts";
import { type DayRow, loadDayRows } from "./series-load.ts";
import { type CalendarSpan, spanOfDay } from "./spans.ts";
import { listBudgetVersions, listPlannedEvents } from "./store.ts";
import { type Budget, type BudgetScope, type BudgetSpan, EVERYTHING, isSameScope, type PlannedEvent } from "./types.ts";

/** Days of history that forecasts learn from. */
export const HISTORY_DAYS = 190;
/** What the common factor of the bands is learned from: one method for all, for a choice at each origin would cost ten times as much. */
const LEARNING = { horizon: 14, every: 7, fromDay: 28, method: DEFAULT };

/** How a scope stands, with or without a budget. */
export interface ScopeOutlook {
  readonly scope: BudgetScope;
  readonly name: string;
  readonly mayEdit: boolean;
  /** What is said of it, in order of days. */
  readonly entries: readonly Budget[];
  /** The whole month, quarter or year; the outlook is of its days with a budget, where it has some. */
  readonly period: CalendarSpan;
  readonly outlook: Outlook;
  /** Of the days of the period; its micros null: no budget. */
  readonly budgeted: Budgeted;
  readonly budget: BudgetOutlook | null;
  /** The history that the forecast was made from; its first day is a day key. */
  readonly past: PastFits;
  readonly firstDay: number;
  readonly factors: Factors;
}

export interface OutlookQuery {
  /** Absent: everything, the teams in use, and what has a budget, as far as the viewer may see it. */
  readonly scopes?: readonly BudgetScope[] | undefined;
  /** The period to look at; absent: that of each budget, a month without budgets. */
  readonly span?: BudgetSpan | undefined;
  /** A day of the period to look at; absent: today. */
  readonly on?: number | undefined;
}

interface World {
  readonly today: number;
  readonly from: number;
  /** Days of metered and charged usage by key. */
  readonly charged: ReadonlyMap<number, ChargedDay>;
  readonly rows: Readonly<Record<"team" | "project", ReadonlyMap<number, readonly DayRow[]>>>;
}

/**
 * How every scope that the viewer may see stands in its period: spent, expected, budget, chance and dates of a breach.
 * @throws AppError `forbidden`; `not_found` for a scope that is asked for and may not be seen.
 */
export async function loadOutlooks(ctx: Ctx, query: OutlookQuery = {}): Promise<ScopeOutlook[]> {
  allow(ctx.viewer, "budgets.read");
  const [places, versions, events] = await Promise.all([
    findPlaces(ctx),
    listBudgetVersions(ctx.db),
    listPlannedEvents(ctx.db),
  ]);
  for (const scope of query.scopes ?? []) needScope(places, scope);
  const scopes = query.scopes ?? visibleScopes(places, scopesOf(versions));
  const { calendar, zone } = ctx.ledger;
  const today = dayKey(dateOf(ctx.now(), zone));
  const on = query.on ?? today;
  const plans = scopes.map((scope) => {
    const entries = entriesOf(versions, scope);
    const span = query.span ?? budgetOn(entries, on)?.span ?? "month";
    return { scope, entries, on, span: spanOfDay(on, span, calendar) };
  });
  const carries = plans.some((p) => p.entries.some((e) => e.carryOver));
  const firsts = [addDays(today, -HISTORY_DAYS), ...plans.map((p) => p.span.fromDay)];
  if (carries) firsts.push(spanOfDay(on, "year", calendar).fromDay);
  const until = Math.max(addDays(today, 1), ...plans.map((p) => p.span.untilDay));
  const world = await loadWorld(ctx, places, scopes, today, { from: Math.min(...firsts), until });
  const read = plans.map(({ scope, ...plan }) => {
    const own = events.filter((e) => isSameScope(e.scope, scope));
    return { ...plan, scope, ...historyOf(world, places, scope, own) };
  });
  const factors = factorsOf(read);
  return read.map((plan) => outlookOfScope({ ...plan, world, places, factors, calendar }));
}

/** How scopes stood at the start of a day of the past. */
export interface PastOutlooks {
  /** Day key. */
  readonly day: number;
  readonly outlooks: readonly ScopeOutlook[];
}

/**
 * How every scope with a budget that the viewer may see stood at the start of each of some days: by what had been spent then, and by what
 * would have been forecast from the days before it. Budgets, prices and planned events are those of today. Days before the ledger begins are
 * not there. It takes seconds for many scopes, and gives way to others meanwhile. @throws as loadOutlooks.
 */
export async function loadPastOutlooks(
  ctx: Ctx,
  given: readonly BudgetScope[] | undefined,
  days: { readonly from: number; readonly until: number },
): Promise<PastOutlooks[]> {
  allow(ctx.viewer, "budgets.read");
  const [places, versions, events] = await Promise.all([
    findPlaces(ctx),
    listBudgetVersions(ctx.db),
    listPlannedEvents(ctx.db),
  ]);
  for (const scope of given ?? []) needScope(places, scope);
  const plans = (given ?? visibleScopes(places, scopesOf(versions)))
    .map((scope) => ({ scope, entries: entriesOf(versions, scope) }))
    .filter(({ entries }) => entries.some((entry) => entry.amountMicros !== null));
  const { calendar, zone } = ctx.ledger;
  const today = dayKey(dateOf(ctx.now(), zone));
  const from = Math.min(addDays(today, -HISTORY_DAYS), spanOfDay(days.from, "year", calendar).fromDay);
  const scopes = plans.map(({ scope }) => scope);
  const until = spanOfDay(today, "year", calendar).untilDay;
  const world = await loadWorld(ctx, places, scopes, today, { from, until });
  const read = plans.map((plan) => {
    const own = events.filter((e) => isSameScope(e.scope, plan.scope));
    return { ...plan, ...historyOf(world, places, plan.scope, own) };
  });
  const breath = new Breath();
  for (const { past } of read) for (const _ of fitPast(past)) if (breath.isDue()) await breath.take();
  const factors = factorsOf(read);
  const out: PastOutlooks[] = [];
  for (let day = days.from; day < Math.min(days.until, addDays(today, 1)); day = addDays(day, 1)) {
    const outlooks: ScopeOutlook[] = [];
    for (const { days: all, throughDay, ...plan } of read) {
      if (day <= plan.firstDay || !budgetOn(plan.entries, day)) continue;
      if (breath.isDue()) await breath.take();
      outlooks.push(
        outlookOfScope({
          ...plan,
          ...{ on: day, span: spanOfDay(day, budgetOn(plan.entries, day)?.span ?? "month", calendar) },
          // Of days to come, only what was booked for them is known.
          days: all.map((d) => (d.day < day ? d : { ...d, flowMicros: 0, isComplete: false })),
          throughDay: Math.min(throughDay, addDays(day, -1)),
          ...{ world: { ...world, today: day }, places, factors, calendar },
        }),
      );
    }
    out.push({ day, outlooks });
  }
  return out;
}

/** For so long, in milliseconds, a calculation may hold the thread before others have their turn. */
const HOLD_MS = 15;

/** Gives way to other requests in a long calculation. */
class Breath {
  #since = performance.now();
  isDue(): boolean {
    return performance.now() - this.#since >= HOLD_MS;
  }
  async take(): Promise<void> {
    await nextTurn();
    this.#since = performance.now();
  }
}

/** Everything, every team in use, and what else has a budget. */
function visibleScopes(places: Places, budgeted: readonly BudgetScope[]): BudgetScope[] {
  const teams = places.teams
    .filter((t) => t.archivedAt === null)
    .map((t): BudgetScope => ({ kind: "team", value: String(t.key) }));
  const all = [EVERYTHING, ...teams];
  const others = budgeted.filter((scope) => !all.some((s) => isSameScope(s, scope)));
  return [...all, ...others].filter((scope) => places.members(scope) && places.maySee(scope));
}

type Days = { readonly from: number; readonly until: number };

async function loadWorld(
  ctx: Ctx,
  places: Places,
  scopes: readonly BudgetScope[],
  today: number,
  days: Days,
): Promise<World> {
  const keysOf = (by: "team" | "project") => [
    ...new Set(scopes.flatMap((s) => (places.members(s)?.by === by ? (places.members(s)?.keys ?? []) : []))),
  ];
  const [charged, teams, projects] = await Promise.all([
    loadChargedDays(ctx.db, { from: days.from, until: addDays(today, 1) }),
    loadDayRows(ctx, "team", keysOf("team"), days),
    loadDayRows(ctx, "project", keysOf("project"), days),
  ]);
  return {
    today,
    from: days.from,
    charged: new Map(charged.map((c) => [c.day, c])),
    rows: { team: byKey(teams), project: byKey(projects) },
  };
}

function byKey(rows: readonly DayRow[]): ReadonlyMap<number, readonly DayRow[]> {
  const out = new Map<number, DayRow[]>();
  for (const row of rows) {
    const list = out.get(row.key);
    if (list) list.push(row);
    else out.set(row.key, [row]);
  }
  return out;
}

/** The days of a scope as the ledger has them, and the series that a forecast may learn from: without what was planned of them. */
function historyOf(
  { today, charged, rows, from }: World,
  places: Places,
  scope: BudgetScope,
  events: readonly PlannedEvent[],
) {
  const members = places.members(scope);
  const sums = new Map<
    number,
    { flowMicros: number; fixedMicros: number; observedMilli: number; expectedMilli: number }
  >();
  for (const key of members?.keys ?? [])
    for (const row of rows[members?.by ?? "team"].get(key) ?? []) {
      const sum = sums.get(row.day) ?? { flowMicros: 0, fixedMicros: 0, observedMilli: 0, expectedMilli: 0 };
      sums.set(row.day, {
        flowMicros: addExactly(sum.flowMicros, row.flowMicros),
        fixedMicros: addExactly(sum.fixedMicros, row.fixedMicros),
        observedMilli: sum.observedMilli + row.observedMilli,
        expectedMilli: sum.expectedMilli + row.expectedMilli,
      });
    }
  const isComplete = (day: number): boolean => {
    const whole = charged.get(day);
    if (!whole || day >= today) return false;
    return isKnownDay(whole) && isCovered(sums.get(day) ?? { observedMilli: 0, expectedMilli: 0 });
  };
  const chargedBefore = [...charged.keys()].filter((day) => day < today);
  const throughDay = chargedBefore.at(-1) ?? addDays(today, -1);
  const firstCharged = chargedBefore[0] ?? today;
  const firstDay = Math.max(firstCharged, addDays(today, -HISTORY_DAYS));
  const series: (number | null)[] = [];
  const days: CostDay[] = [];
  const last = Math.max(throughDay, today, ...sums.keys());
  for (let day = Math.min(from, firstDay); day <= last; day = addDays(day, 1)) {
    const { flowMicros = 0, fixedMicros = 0 } = sums.get(day) ?? {};
    const complete = isComplete(day);
    if (day >= firstDay && day <= throughDay) series.push(complete ? withoutEvents(flowMicros, day, events) : null);
    if (charged.has(day) || sums.has(day)) days.push({ day, flowMicros, fixedMicros, isComplete: complete });
  }
  return { days, past: new PastFits(series), firstDay, throughDay, firstCharged, events };
}

/** The common factors of bands, from the past of all series together. */
function factorsOf(list: readonly { readonly past: PastFits; readonly firstDay: number }[]): Factors {
  const origin = Math.min(...list.map((l) => l.firstDay));
  const series: NamedSeries[] = list.map(({ past, firstDay }, i) => ({
    name: String(i),
    firstDay: daysBetween(origin, firstDay),
    values: past.series,
  }));
  return list.length ? learnFactors(backtest(series, LEARNING), series) : NO_FACTORS;
}

interface ScopePlan extends ReturnType<typeof historyOf> {
  readonly scope: BudgetScope;
  readonly entries: readonly Budget[];
  readonly span: CalendarSpan;
  readonly on: number;
  readonly world: World;
  readonly places: Places;
  readonly factors: Factors;
  readonly calendar: Ctx["ledger"]["calendar"];
}

function outlookOfScope(plan: ScopePlan): ScopeOutlook {
  const { scope, entries, days, past, events, firstDay, throughDay, factors, calendar, places } = plan;
  const { today } = plan.world;
  const day = plan.on;
  // Days without a budget are in no comparison with one: a period in which it begins or ends is that part alone.
  const span = { ...plan.span, ...budgetedPart(entries, plan.span, calendar, day) };
  const horizon = daysBetween(throughDay, span.untilDay) - 1;
  const known = daysBetween(firstDay, throughDay) + 1;
  const forecast = horizon > 0 ? forecastAfter(past, known, horizon, factors) : null;
  const own = days.filter((d) => d.day >= span.fromDay && d.day < span.untilDay);
  const outlook = outlookOf({ span, today, days: own, throughDay, forecast, events });
  const budgeted = budgetOver(entries, plan.span, calendar);
  const spentOf = (range: { fromDay: number; untilDay: number }) =>
    sumMicros(
      days
        .filter((d) => d.day >= range.fromDay && d.day < range.untilDay)
        .flatMap((d) => [d.flowMicros, d.fixedMicros]),
    );
  const entry = budgetOn(entries, Math.min(day, addDays(span.untilDay, -1)));
  const amount = budgetOver(entries, span, calendar).micros;
  const carried =
    entry && entry.span === span.kind ? carriedInto(entries, span, calendar, spentOf, plan.firstCharged) : 0;
  const budget =
    amount === null ? null : budgetOutlook(outlook, entry ?? (entries.at(-1) as Budget), amount, carried, today);
  return {
    ...{ scope, entries, period: plan.span, outlook, budgeted, budget, past, firstDay, factors },
    name: places.name(scope),
    mayEdit: places.mayEdit(scope),
  };
}
