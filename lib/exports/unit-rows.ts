import type { Column, Row } from "@/lib/reports/report.ts";
import { dateOfKey } from "@/lib/time.ts";
import { unitMicros } from "@/lib/unit-costs/unit-cost.ts";
import type { UnitView } from "@/lib/unit-costs/unit-views.ts";

const column = (key: string, unit: Column["unit"], description: string, decimals?: number): Column => ({
  ...{ key, header: key, unit, description },
  ...(decimals === undefined ? {} : { decimals }),
});
/** Counts are kept in thousandths. */
const COUNT_DECIMALS = 3;

/** What units cost over some days, a row each: what the command line and the API give. Amounts in the ledger's currency. */
export const UNIT_COLUMNS: readonly Column[] = [
  column("unit", "count", "Key of the unit"),
  column("name", "text", "What it is called"),
  column("noun", "text", "One of what is counted"),
  column("per", "count", "The unit costs are for so many"),
  column("scope", "text", "all, team, cost-centre, department or project"),
  column("scope_name", "text", "What the scope is called"),
  column("from", "date", "The first day"),
  column("until", "date", "The first day after the last; today is not over and not in it"),
  column("days", "count", "Days in between"),
  column("days_known", "count", "Of them, those whose count and cost are known; the next columns are of these"),
  column("count", "decimal", "How many there were; empty: no day is known", COUNT_DECIMALS),
  column("currency", "text", "Of every amount of the row"),
  column("allocation_cost", "money", "Everything charged"),
  column("allocation_unit_cost", "money", "The same for one `per`; empty: unknown"),
  column("usage_days_known", "count", "Days whose count and use are known"),
  column("usage_cost", "money", "GPU time in which the cards worked"),
  column("usage_unit_cost", "money", "The same for one `per`; empty: unknown"),
  column("basis", "text", "What the next columns are about: allocation or usage"),
  column("change_percent", "percent", "Against as many days before"),
  column("target", "money", "For one `per`; empty: none"),
  column("threshold", "money", "For one `per`; empty: none"),
  column("status", "text", "on_target, above_target or above_threshold; empty: unknown, or no target"),
];

const ifKnown = <V>(known: number, value: V): V | null => (known > 0 ? value : null);

export function unitRow({ unit, scopeName, allocation, usage, ...view }: UnitView, currency: string): Row {
  const first = view.days[0];
  const last = view.days.at(-1);
  return {
    ...{ unit: unit.key, name: unit.name, noun: unit.noun, per: unit.per },
    ...{ scope: unit.scope.kind, scope_name: unit.scope.kind === "all" ? "" : scopeName },
    from: first ? dateOfKey(first.day) : null,
    until: last ? view.until : null,
    ...{ days: allocation.days, days_known: allocation.known },
    count: ifKnown(allocation.known, allocation.countMilli / 1000),
    currency,
    allocation_cost: ifKnown(allocation.known, allocation.costMicros),
    allocation_unit_cost: allocation.unitMicros,
    usage_days_known: usage.known,
    usage_cost: ifKnown(usage.known, usage.costMicros),
    usage_unit_cost: usage.unitMicros,
    ...{ basis: unit.basis, change_percent: view.changePercent },
    ...{ target: unit.targetMicros, threshold: unit.thresholdMicros, status: view.status },
  };
}

/** Days of units. Unknown is empty, never zero. */
export const UNIT_DAY_COLUMNS: readonly Column[] = [
  column("unit", "count", "Key of the unit"),
  column("name", "text", "What it is called"),
  column("day", "date", "A day that is over"),
  column("count", "decimal", "How many there were; empty: unknown", COUNT_DECIMALS),
  column("currency", "text", "Of every amount of the row"),
  column("allocation_cost", "money", "Everything charged; empty: the day is not charged, or something has no price"),
  column("allocation_unit_cost", "money", "For `per` of them; empty: count or cost is unknown, or nothing was counted"),
  column("usage_cost", "money", "GPU time in which the cards worked; empty: too little was observed"),
  column("usage_unit_cost", "money", "For `per` of them"),
];

export function unitDayRows({ unit, days }: UnitView, currency: string): Row[] {
  return days.map(({ day, countMilli, allocationMicros, usageMicros }) => ({
    ...{ unit: unit.key, name: unit.name, day: dateOfKey(day), currency },
    count: countMilli === null ? null : countMilli / 1000,
    allocation_cost: allocationMicros,
    allocation_unit_cost: unitMicros(allocationMicros, countMilli, unit.per),
    usage_cost: usageMicros,
    usage_unit_cost: unitMicros(usageMicros, countMilli, unit.per),
  }));
}
