import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BillingCalendar } from "@/lib/periods/calendar.ts";
import { runs } from "@/lib/testing-runs.ts";
import { addDays } from "@/lib/time.ts";
import { budgetedPart, budgetOn, budgetOver, carriedInto } from "./amounts.ts";
import { spanOfDay, spansOver } from "./spans.ts";
import { BUDGET_SPANS, type Budget } from "./types.ts";

const MONTHS: BillingCalendar = { kind: "month", fiscalYearStart: 1, zone: "UTC" };
const entry = (fromDay: number, amountMicros: number | null, more: Partial<Budget> = {}): Budget => ({
  scope: { kind: "team", value: "11" },
  fromDay,
  span: "month",
  amountMicros,
  carryOver: false,
  warningPercent: 80,
  criticalPercent: 95,
  note: "",
  ...more,
});
const micros = (entries: readonly Budget[], fromDay: number, untilDay: number, calendar = MONTHS) =>
  budgetOver(entries, { fromDay, untilDay }, calendar).micros;

const calendars: fc.Arbitrary<BillingCalendar> = fc.record({
  kind: fc.constantFrom("month" as const, "4-4-5" as const),
  fiscalYearStart: fc.integer({ min: 1, max: 12 }),
  // With daylight saving time, and with half-hours.
  zone: fc.constantFrom("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"),
});
const days = fc.integer({ min: 0, max: 900 }).map((n) => addDays(20250101, n));
const entriesOfScope = fc.uniqueArray(
  fc.record({
    fromDay: days,
    amountMicros: fc.option(fc.integer({ min: 0, max: 1e12 }), { nil: null }),
    span: fc.constantFrom(...BUDGET_SPANS),
  }),
  { maxLength: 4, selector: (e) => e.fromDay },
);
const sorted = (list: readonly { fromDay: number; amountMicros: number | null; span: Budget["span"] }[]) =>
  list.map((e) => entry(e.fromDay, e.amountMicros, { span: e.span })).sort((a, b) => a.fromDay - b.fromDay);

describe("the budget of any days", () => {
  it("of any split of them sums to the whole, whatever the calendar", () => {
    fc.assert(
      fc.property(calendars, entriesOfScope, fc.array(days, { minLength: 2, maxLength: 8 }), (calendar, list, cuts) => {
        const entries = sorted(list);
        const edges = [...cuts].sort((a, b) => a - b);
        const [from, until] = [edges[0] ?? 0, edges.at(-1) ?? 0];
        const whole = budgetOver(entries, { fromDay: from, untilDay: until }, calendar);
        const parts = edges
          .slice(1)
          .map((edge, i) => budgetOver(entries, { fromDay: edges[i] ?? 0, untilDay: edge }, calendar));
        expect(parts.reduce((sum, p) => sum + (p.micros ?? 0), 0)).toBe(whole.micros ?? 0);
        expect(parts.reduce((sum, p) => sum + p.days, 0)).toBe(whole.days);
        expect(parts.reduce((sum, p) => sum + p.of, 0)).toBe(whole.of);
      }),
      runs(40),
    );
  });

  it("of a whole span is its amount, to the micro-unit", () => {
    fc.assert(
      fc.property(
        calendars,
        days,
        fc.constantFrom(...BUDGET_SPANS),
        fc.integer({ min: 0, max: 1e13 }),
        (calendar, day, span, amount) => {
          const whole = spanOfDay(day, span, calendar);
          expect(micros([entry(20200101, amount, { span })], whole.fromDay, whole.untilDay, calendar)).toBe(amount);
        },
      ),
      runs(40),
    );
  });

  it("is null where no day has one, and never 0 for that", () => {
    expect(micros([], 20261101, 20261201)).toBeNull();
    expect(micros([entry(20261201, 5e6)], 20261101, 20261201)).toBeNull();
    expect(micros([entry(20260101, 5e6), entry(20261101, null)], 20261101, 20261201)).toBeNull();
    expect(micros([entry(20260101, 0)], 20261101, 20261201)).toBe(0);
  });

  it.each([
    ["ten days of November", entry(20260101, 3000e6), 20261101, 20261111, 1000e6],
    ["ten days of a quarter of 92", entry(20260101, 9200e6, { span: "quarter" }), 20261101, 20261111, 1000e6],
    ["a year, day by day", entry(20260101, 36_500e6, { span: "year" }), 20260301, 20260302, 100e6],
    ["days of two months, each by its own length", entry(20260101, 310e6), 20261130, 20261202, 310e6 / 30 + 10e6],
  ])("%s", (_, one, from, until, expected) => {
    expect(micros([one], from, until)).toBeCloseTo(expected, -1);
  });

  it("holds until it is replaced, also within a month", () => {
    const entries = [entry(20260101, 3000e6), entry(20261116, 6000e6)];
    expect(micros(entries, 20261101, 20261201)).toBe(1500e6 + 3000e6);
    expect(budgetOver(entries, { fromDay: 20251220, untilDay: 20260111 }, MONTHS)).toMatchObject({ days: 10, of: 22 });
    expect(budgetOn(entries, 20261115)?.amountMicros).toBe(3000e6);
    expect(budgetOn(entries, 20251231)).toBeUndefined();
  });
});

describe("the part of a period that has a budget", () => {
  const paused = [entry(20260101, 3000e6), entry(20261106, null), entry(20261121, 6000e6)];
  const november = { fromDay: 20261101, untilDay: 20261201 };
  it.each([
    ["before a pause", 20261103, 20261101, 20261106],
    ["during it", 20261110, 20261101, 20261106],
    ["after it", 20261121, 20261121, 20261201],
  ])("is without the pause: %s", (_, day, fromDay, untilDay) => {
    expect(budgetedPart(paused, november, MONTHS, day)).toEqual({ fromDay, untilDay });
  });

  it("is one across a change of the amount, and none without a budget", () => {
    expect(budgetedPart([entry(20260101, 1), entry(20261110, 2)], november, MONTHS, 20261103)).toEqual(november);
    expect(budgetedPart([entry(20261110, 2)], november, MONTHS, 20261103)).toMatchObject({ fromDay: 20261110 });
    expect(budgetedPart([], november, MONTHS, 20261103)).toBeNull();
  });
});

describe("spans", () => {
  it("cut the calendar without hole or overlap; a quarter is three months, a year twelve", () => {
    fc.assert(
      fc.property(calendars, days, (calendar, day) => {
        const year = spanOfDay(day, "year", calendar);
        const [quarters, months] = [spansOver(year, "quarter", calendar), spansOver(year, "month", calendar)];
        expect([quarters.length, months.length]).toEqual([4, 12]);
        for (const list of [quarters, months]) {
          expect([list[0]?.fromDay, list.at(-1)?.untilDay]).toEqual([year.fromDay, year.untilDay]);
          expect(list.slice(1).map((s) => s.fromDay)).toEqual(list.slice(0, -1).map((s) => s.untilDay));
        }
        expect(quarters.map((q) => q.fromDay)).toEqual([0, 3, 6, 9].map((i) => months[i]?.fromDay));
        expect(spanOfDay(addDays(year.untilDay, -1), "year", calendar).id).toBe(year.id);
      }),
      runs(25),
    );
  });

  it.each([
    [20261115, "quarter", 1, "FY2026-Q4", 20261001, 20270101],
    [20261115, "quarter", 4, "FY2027-Q3", 20261001, 20270101],
    [20261115, "year", 4, "FY2027", 20260401, 20270401],
    [20261115, "month", 4, "2026-11", 20261101, 20261201],
  ] as const)("%i is in the %s, with a fiscal year from month %i: %s", (day, span, start, id, from, until) => {
    const found = spanOfDay(day, span, { ...MONTHS, fiscalYearStart: start });
    expect([found.id, found.fromDay, found.untilDay]).toEqual([id, from, until]);
  });

  it("of weeks are 4, 4 and 5 of them", () => {
    const calendar: BillingCalendar = { kind: "4-4-5", fiscalYearStart: 1, zone: "UTC" };
    const quarter = spanOfDay(20260210, "quarter", calendar);
    expect([quarter.id, quarter.fromDay, quarter.untilDay]).toEqual(["FY2026-Q1", 20251229, 20260330]);
  });
});

describe("carry-over", () => {
  const carry = [entry(20260101, 1000e6, { carryOver: true })];
  const span = (month: number) => spanOfDay(20260001 + month * 100, "month", MONTHS);
  const into = (month: number, spent: readonly number[], entries = carry, first = 20260101) =>
    carriedInto(
      entries,
      span(month),
      MONTHS,
      ({ fromDay }) => (spent[(Math.floor(fromDay / 100) % 100) - 1] ?? 0) * 1e6,
      first,
    );

  it("adds what the months before left; one that was overspent takes nothing away", () => {
    expect(into(2, [700])).toBe(300e6);
    expect(into(3, [700, 1200])).toBe(100e6);
    expect(into(4, [700, 1500, 900])).toBe(100e6);
  });

  it("begins with the fiscal year, and with what the ledger knows", () => {
    expect(into(1, [])).toBe(0);
    expect(into(3, [0, 400], carry, 20260201)).toBe(600e6);
  });

  it("is only of budgets that carry over", () => {
    expect(into(2, [700], [entry(20260101, 1000e6)])).toBe(0);
    expect(into(3, [0, 400], [entry(20260101, 1000e6), entry(20260201, 1000e6, { carryOver: true })])).toBe(600e6);
  });
});
