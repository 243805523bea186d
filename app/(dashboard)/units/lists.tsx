import type { PageInput } from "@/app/page-input.ts";
import { readView, tableNames } from "@/app/table-input.ts";
import { href } from "@/components/href.ts";
import { count, day, moneyIn, percent, text, textField } from "@/components/tables/columns.ts";
import type { Listed } from "@/components/tables/list.tsx";
import { sortRows, type TableColumn } from "@/components/tables/view.ts";
import { AppError } from "@/lib/errors.ts";
import { daysOfPeriod } from "@/lib/pages/teams.ts";
import { perText, pluralOf } from "@/lib/unit-costs/types.ts";
import { UNIT_STATUSES, type UnitDay, unitMicros } from "@/lib/unit-costs/unit-cost.ts";
import { daysOver, loadUnitViews, type UnitView } from "@/lib/unit-costs/unit-views.ts";
import { changeText, countText, STATUS_TONES, STATUS_WORDS, UNKNOWN_COST, unitMoney } from "./words.ts";

export const UNIT_NAMES = tableNames();
export const DAY_NAMES = tableNames("days-");
const drawCount = (n: number) => countText(Math.round(n * 1000));
const inThousandths = (milli: number | null): number | null => (milli === null ? null : milli / 1000);

/** The days of the period that are over. */
const overDays = ({ ctx, period, billingZone }: PageInput) => daysOver(ctx, daysOfPeriod(period, billingZone));

/** Every unit with what it costs in the period, as its page lists it. */
export async function readUnits(input: PageInput): Promise<Listed<UnitView>> {
  const rows = await loadUnitViews(input.ctx, overDays(input));
  const { currency } = input.ctx.ledger;
  const money = moneyIn(currency);
  const price = (micros: number) => unitMoney(micros, currency);
  const columns: readonly TableColumn<UnitView>[] = [
    text("unit", "Unit", (v) => v.unit.name, {
      link: (v) => `/units/${v.unit.key}`,
      look: ["strong"],
      note: (v) => `per ${perText(v.unit)}, ${v.scopeName}`,
      fields: [
        textField("unit", (v) => v.unit.name),
        textField("scope", (v) => v.scopeName),
        textField("per", (v) => perText(v.unit)),
      ],
    }),
    money("allocation", "Unit cost", (v) => v.allocation.unitMicros, {
      header: "allocation_unit_cost",
      title: "Everything charged, by what was counted",
      draw: price,
      unknown: UNKNOWN_COST,
      lead: true,
      labelled: true,
    }),
    money("usage", "While working", (v) => v.usage.unitMicros, {
      header: "usage_unit_cost",
      title: "GPU time in which the cards worked, by what was counted",
      draw: price,
      unknown: UNKNOWN_COST,
    }),
    percent("change", "Change", (v) => v.changePercent, {
      header: "change_percent",
      title: "Against as many days before",
      draw: changeText,
      unknown: "One of the two periods is unknown",
    }),
    text("status", "Status", (v) => v.status, {
      order: (v) => (v.status ? UNIT_STATUSES.indexOf(v.status) : null),
      cell: (v) => (v.status ? STATUS_WORDS[v.status] : null),
      toneOf: (v) => (v.status ? STATUS_TONES[v.status] : undefined),
      unknown: "No target is set, or the cost is unknown",
      look: ["whole"],
    }),
    count("count", "Counted", (v) => (v.allocation.known > 0 ? inThousandths(v.allocation.countMilli) : null), {
      draw: drawCount,
      unknown: "No day is known",
    }),
    money("cost", "Cost", (v) => (v.allocation.known > 0 ? v.allocation.costMicros : null), {
      title: "Of the days that are known",
      unknown: "No day is known",
    }),
    count("known", "Days known", (v) => v.allocation.known, {
      header: "days_known",
      cell: (v) => `${v.allocation.known} of ${v.allocation.days}`,
      title: "Days whose count and cost are known; the others are left out",
    }),
    money("target", "Target", (v) => v.unit.targetMicros, {
      draw: price,
      unknown: "No target is set",
      extra: true,
    }),
  ];
  const view = readView(input, columns, { label: "Unit costs", path: "/units", list: "units" });
  return { view, rows: sortRows(rows, view) };
}

/** The unit that an address names. @throws AppError `not_found`. */
export function unitKeyOf(given: string | undefined): number {
  if (given && /^\d{1,15}$/.test(given)) return Number(given);
  throw new AppError("not_found", "There is no such unit that you may see.");
}

/** The days of a unit, the newest first. */
export async function readUnitDays(
  input: PageInput,
  key: number,
): Promise<Listed<UnitDay> & { readonly of: UnitView }> {
  const [of] = await loadUnitViews(input.ctx, overDays(input), key);
  if (!of) throw new AppError("not_found", "There is no such unit that you may see.");
  const { currency } = input.ctx.ledger;
  const { unit } = of;
  const money = moneyIn(currency);
  const price = (micros: number) => unitMoney(micros, currency);
  const perUnit = (micros: number | null, day: UnitDay) => unitMicros(micros, day.countMilli, unit.per);
  const columns: readonly TableColumn<UnitDay>[] = [
    day("day", "Day", (d) => d.day),
    count("count", capitalised(pluralOf(unit.noun)), (d) => inThousandths(d.countMilli), {
      draw: drawCount,
      unknown: "Nothing was reported, or the source has a gap",
    }),
    money("allocation", "Unit cost", (d) => perUnit(d.allocationMicros, d), {
      header: "allocation_unit_cost",
      draw: price,
      unknown: "Count or cost is unknown, or nothing was counted",
      lead: true,
    }),
    money("usage", "While working", (d) => perUnit(d.usageMicros, d), {
      header: "usage_unit_cost",
      draw: price,
      unknown: "Count or use is unknown, or nothing was counted",
    }),
    money("cost", "Cost", (d) => d.allocationMicros, {
      unknown: "The day is not charged, or something that was used has no price",
    }),
    money("worked", "Of it working", (d) => d.usageMicros, {
      unknown: "Too little of the day was observed",
    }),
  ];
  const view = readView(input, columns, { label: `Days of ${unit.name}`, path: `/units/${key}`, prefix: "days-" });
  const csv = href("/download/unit-days", { ...input.params, unit: String(key) });
  return { of, view: { ...view, csv }, rows: sortRows([...of.days].reverse(), view) };
}

const capitalised = (word: string): string => word.replace(/^./, (c) => c.toUpperCase());
