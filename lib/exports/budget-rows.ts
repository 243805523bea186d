import type { ScopeOutlook } from "@/lib/budgets/outlooks.ts";
import type { VisibleEvent } from "@/lib/budgets/planned.ts";
import { sentenceOf } from "@/lib/budgets/words.ts";
import { isForecast } from "@/lib/forecast/forecast.ts";
import { type ExactMicros, exactMicros, formatMicros } from "@/lib/money.ts";
import type { Column, Row } from "@/lib/reports/report.ts";
import { dateOfKey } from "@/lib/time.ts";

const column = (key: string, unit: Column["unit"], description: string): Column => ({
  key,
  header: key,
  unit,
  description,
});

/** How scopes stand, a row each: what the command line and the API give. Amounts in the ledger's currency. */
export const OUTLOOK_COLUMNS: readonly Column[] = [
  column("scope", "text", "all, team, cost-centre, department or project"),
  column("name", "text", "What the scope is called"),
  column("period", "text", "The period that today is in"),
  column("from", "date", "Its first day, or the first with a budget"),
  column("until", "date", "The first day after it"),
  column("status", "text", "on_track, warning, critical or exceeded; empty: no budget"),
  column("currency", "text", "Of every amount of the row"),
  column("budget", "money", "With what was carried over; empty: no budget"),
  column("carried_over", "money", "Of it, from earlier spans"),
  column("spent", "money", "Up to now, today so far included"),
  column("burn_per_day", "money", "Mean of the last seven days of the period that are over"),
  column("expected", "money", "At the end of the period; empty: too little data"),
  column("lower80", "money", "The 80 % band of it"),
  column("upper80", "money", "The 80 % band of it"),
  column("committed", "money", "Of it, imported cost of days to come"),
  column("chance_percent", "percent", "Of passing the budget"),
  column("breach_from", "date", "The first of the days between which it is passed in four of five cases"),
  column("breach_middle", "date", "The day in the middle"),
  column("breach_through", "date", "The last of them"),
  column("passed_on", "date", "The day on which it was passed"),
  column(
    "days_until_exhausted",
    "count",
    "Until the middle day of the breach, where it is passed more likely than not; empty: not in this period",
  ),
  column("method", "text", "Of the forecast"),
  column("sentence", "text", "The same in words"),
];

/** What is planned, a row each: what the command line and the API give. */
export const PLANNED_COLUMNS: readonly Column[] = [
  column("event", "text", "Its id"),
  column("scope", "text", "all, team, cost-centre, department or project"),
  column("name", "text", "What the scope is called"),
  column("from", "date", "Its first day"),
  column("until", "date", "The first day after it; empty: it stays"),
  column("change_percent", "text", "By which the forecast changes"),
  column("per_day", "text", "Amount that is added to each day"),
  column("note", "text", "What is planned"),
  column("by", "text", "Who recorded it"),
];

export const plannedRow = (event: VisibleEvent): Row => ({
  ...{ event: event.id, scope: event.scope.kind, name: event.name, from: dateOfKey(event.fromDay) },
  until: event.untilDay === null ? null : dateOfKey(event.untilDay),
  ...{ change_percent: String(event.changePercent), per_day: formatMicros(event.perDayMicros) },
  ...{ note: event.note, by: event.recordedBy },
});

const dateOrNull = (day: number | null | undefined): string | null => (day ? dateOfKey(day) : null);
/** What is expected, of any size, in whole micro-units. */
const rounded = (micros: number | undefined): ExactMicros | null =>
  micros === undefined ? null : exactMicros(BigInt(Math.round(micros)));

export function outlookRow(of: ScopeOutlook, currency: string): Row {
  const { outlook, budget, scope, name } = of;
  const { span, end, forecast } = outlook;
  return {
    scope: scope.kind,
    name: scope.kind === "all" ? "" : name,
    period: span.id,
    from: dateOfKey(span.fromDay),
    until: dateOfKey(span.untilDay),
    status: budget?.status ?? "",
    currency,
    budget: budget?.totalMicros ?? null,
    carried_over: budget?.carriedMicros ?? null,
    spent: outlook.exact.spentMicros,
    burn_per_day: outlook.burnMicros,
    expected: rounded(end?.expected),
    lower80: rounded(end?.lower80),
    upper80: rounded(end?.upper80),
    committed: outlook.exact.committedMicros,
    chance_percent: budget?.breach ? 100 * budget.breach.chance : null,
    breach_from: dateOrNull(budget?.breach?.fromDay),
    breach_middle: dateOrNull(budget?.breach?.middleDay),
    breach_through: dateOrNull(budget?.breach?.throughDay),
    passed_on: dateOrNull(budget?.passedOn),
    days_until_exhausted: budget?.daysLeft ?? null,
    method: forecast && isForecast(forecast) ? forecast.method.id : "",
    sentence: sentenceOf(name, outlook, budget, currency),
  };
}

/** Days of a scope's period: totals up to the end of each, spent or expected with their band. */
export const FORECAST_COLUMNS: readonly Column[] = [
  column("scope", "text", "all, team, cost-centre, department or project"),
  column("name", "text", "What the scope is called"),
  column("day", "date", "Every day of the period that is over or to come"),
  column("currency", "text", "Of every amount of the row"),
  column("spent", "money", "Total up to the end of the day; empty: it is not over"),
  column("expected", "money", "Total expected by the end of the day; empty: it is over"),
  column("lower80", "money", "The 80 % band of it"),
  column("upper80", "money", "The 80 % band of it"),
  column("budget", "money", "Of the whole period; empty: no budget"),
];

export function forecastRows(of: ScopeOutlook, currency: string): Row[] {
  const { outlook, budget, scope, name } = of;
  const head = {
    scope: scope.kind,
    name: scope.kind === "all" ? "" : name,
    currency,
    budget: budget?.totalMicros ?? null,
  };
  const none = { expected: null, lower80: null, upper80: null };
  return [
    ...outlook.past.map((p) => ({ ...head, ...none, day: dateOfKey(p.day), spent: p.exact })),
    ...outlook.ahead.map((a) => ({
      ...{ ...head, day: dateOfKey(a.day), spent: null, expected: rounded(a.expected) },
      ...{ lower80: rounded(a.lower80), upper80: rounded(a.upper80) },
    })),
  ];
}
