import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { changesOf } from "@/components/audit/words.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { listActs } from "@/lib/auth/audit-store.ts";
import { ctxOf } from "@/lib/charges/testing-ledger.ts";
import type { Ctx } from "@/lib/ctx.ts";
import type { AppError } from "@/lib/errors.ts";
import { csvHeader, csvLines } from "@/lib/exports/csv.ts";
import { isForecast } from "@/lib/forecast/forecast.ts";
import { addDays } from "@/lib/time.ts";
import { planEvent, removeEvent, scopeNamed, setBudget, setBudgets, withdrawBudget } from "./changes.ts";
import { copiedFromLastYear, copyBudgets, planCopy } from "./copy.ts";
import { BUDGET_COLUMNS, budgetLine, readBudgetCsv } from "./csv.ts";
import { entriesOf } from "./in-force.ts";
import { loadOutlooks, type ScopeOutlook } from "./outlooks.ts";
import { findPlaces } from "./places.ts";
import { spanOfDay } from "./spans.ts";
import { listBudgetVersions } from "./store.ts";
import { asViewer, DAYS, manager, SPEECH, seedSixtyDays, TODAY, VISION } from "./testing-ledger.ts";
import { type Budget, EVERYTHING, scopeId, scopeOfId } from "./types.ts";
import { setText } from "./words.ts";

const team = (key: number) => ({ kind: "team" as const, value: String(key) });
const budget = (key: number, amountMicros: number | null, fromDay = 20261101) => ({
  ...{ scope: team(key), fromDay, span: "month" as const, amountMicros },
});
const named = (list: readonly ScopeOutlook[], name: string) => {
  const found = list.find((o) => o.name === name);
  if (!found) throw new Error(`no ${name} among ${list.map((o) => o.name)}`);
  return found;
};

describe.each(engines)("budgets on $name", (engine) => {
  let ledger: TestDb;
  let ctx: Ctx;
  beforeAll(async () => {
    if (isAbsent(engine)) return;
    ledger = (await engine.open()) as TestDb;
    await seedSixtyDays(ledger.db, 50);
    ctx = ctxOf(ledger.db);
  });
  afterAll(() => (isAbsent(engine) ? undefined : ledger.drop()));

  describe.skipIf(isAbsent(engine))("without a budget", () => {
    it("everything and every team has a forecast, and no budget", async () => {
      const list = await loadOutlooks(ctx);
      expect(list.map((o) => o.name)).toEqual(["Everything", "Platform", "Speech", "Unassigned", "Vision"]);
      const vision = named(list, "Vision");
      expect([vision.budget, vision.budgeted.micros]).toEqual([null, null]);
      // Nine days are over, 21 are left, at about a hundred a day.
      expect(vision.outlook.end?.expected).toBeGreaterThan(2800e6);
      expect(vision.outlook.end?.expected).toBeLessThan(3200e6);
      expect(named(list, "Speech").outlook.end?.expected).toBeCloseTo(1200e6, -3);
      expect(named(list, "Everything").outlook.spentMicros).toBe(
        vision.outlook.spentMicros + named(list, "Speech").outlook.spentMicros,
      );
    });

    it("a day that was not observed is unknown to the forecast, and spent all the same", async () => {
      const { past, outlook } = named(await loadOutlooks(ctx), "Speech");
      expect(past.series).toHaveLength(DAYS);
      expect(past.series.flatMap((v, i) => (v === null ? [i] : []))).toEqual([50]);
      expect(outlook.forecast && isForecast(outlook.forecast) && outlook.forecast.days[0]?.expected).toBeCloseTo(
        40e6,
        0,
      );
      const [september] = await loadOutlooks(ctx, { scopes: [team(SPEECH)], span: "quarter" });
      expect(september?.outlook.spentMicros).toBe(40 * 40e6);
    });
  });

  describe.skipIf(isAbsent(engine))("with budgets", () => {
    it("shows status, what is left, and the chance and days of a breach", async () => {
      await setBudget(ctx, budget(VISION, 2500e6), "agreed with finance");
      await setBudget(ctx, { ...budget(SPEECH, 15_000e6), span: "quarter", fromDay: 20261001 });
      const list = await loadOutlooks(ctx);
      const vision = named(list, "Vision").budget;
      expect([vision?.status, vision?.totalMicros]).toEqual(["critical", 2500e6]);
      expect(vision?.breach?.chance).toBeGreaterThan(0.9);
      expect(vision?.breach?.middleDay).toBeGreaterThan(20261121);
      expect(vision?.breach?.middleDay).toBeLessThan(20261130);
      const speech = named(list, "Speech");
      expect([speech.outlook.span.id, speech.budget?.status]).toEqual(["FY2026-Q4", "on_track"]);
      expect(named(list, "Everything").budget).toBeNull();
      const [month] = await loadOutlooks(ctx, { scopes: [team(SPEECH)], span: "month" });
      expect(month?.budgeted.micros).toBeCloseTo((15_000e6 * 30) / 92, -1);
    });

    it("compares no spending with days of a pause", async () => {
      const own = { ...budget(SPEECH, 1500e6, 20261001), carryOver: false };
      await setBudget(ctx, own);
      await setBudget(ctx, { ...own, fromDay: 20261103, amountMicros: null });
      await setBudget(ctx, { ...own, fromDay: 20261109 });
      const [speech] = await loadOutlooks(ctx, { scopes: [team(SPEECH)], span: "month" });
      // Forty dollars a day, of fifty: from the ninth on, and not with the six days before it, which had none.
      expect([speech?.budget?.status, speech?.budget?.totalMicros]).toEqual(["on_track", 1100e6]);
      expect([speech?.outlook.spentMicros, speech?.outlook.span.fromDay]).toEqual([40e6, 20261109]);
      const [october] = await loadOutlooks(ctx, { scopes: [team(SPEECH)], on: 20261015 });
      expect([october?.outlook.span.id, october?.outlook.spentMicros]).toEqual(["2026-10", 31 * 40e6]);
      for (const day of [20261001, 20261103, 20261109]) await withdrawBudget(ctx, team(SPEECH), day);
      if (!(await loadOutlooks(ctx, { scopes: [team(SPEECH)] }))[0]?.budget)
        await setBudget(ctx, { ...budget(SPEECH, 15_000e6), span: "quarter", fromDay: 20261001 });
    });

    it("counts a planned event once, whether it is to come or in the history already", async () => {
      const end = async () => (await loadOutlooks(ctx, { scopes: [team(SPEECH)], span: "month" }))[0]?.outlook.end;
      const without = (await end())?.expected ?? 0;
      const pool = { scope: team(SPEECH), fromDay: addDays(TODAY, -20), untilDay: null, changePercent: 60 };
      const id = await planEvent(ctx, { ...pool, perDayMicros: 5e6, note: "new node pool" });
      // Forty dollars a day, on all of the days that it changed: what they cost is with it.
      expect(((await end())?.expected ?? 0) / without).toBeCloseTo(1, 1.7);
      await removeEvent(ctx, id);
      expect((await end())?.expected).toBeCloseTo(without, 0);
    });

    it("keeps every version, and the audit log who set it", async () => {
      await setBudget(ctx, budget(VISION, 2600e6));
      const versions = (await listBudgetVersions(ctx.db)).filter((v) => v.scope.value === String(VISION));
      expect(versions.map((v) => [v.version, v.amountMicros])).toEqual([
        [1, 2500e6],
        [2, 2600e6],
      ]);
      const acts = await listActs(ctx.db, 9, `budget/team:${VISION}`);
      expect(
        acts.map((a) => (JSON.parse(a.before ?? "null") as { amountMicros?: number } | null)?.amountMicros),
      ).toContain(2500e6);
      expect(acts.map((a) => a.reason)).toContain("agreed with finance");
      const changed = acts.map((a) => changesOf(a.before, a.after, new Map(), "UTC").map((c) => c.label));
      expect(changed.filter((labels) => labels.length < 3)).toEqual([["amount"]]);
      await setBudget(ctx, budget(VISION, 9000e6, 20261201));
      await withdrawBudget(ctx, team(VISION), 20261201);
      const entries = entriesOf(await listBudgetVersions(ctx.db), team(VISION));
      expect(entries.map((e) => [e.fromDay, e.amountMicros])).toEqual([[20261101, 2600e6]]);
      await expect(withdrawBudget(ctx, team(VISION), 20261201)).rejects.toThrow("No budget begins on 2026-12-01");
    });

    it("an event changes the forecast until it is removed", async () => {
      const before = named(await loadOutlooks(ctx), "Vision").outlook.end?.expected ?? 0;
      const id = await planEvent(ctx, {
        scope: team(VISION),
        fromDay: 20261121,
        perDayMicros: 50e6,
        note: "new node pool",
      });
      const after = named(await loadOutlooks(ctx), "Vision").outlook;
      expect((after.end?.expected ?? 0) - before).toBeCloseTo(10 * 50e6, -2);
      expect(after.events.map((e) => e.note)).toEqual(["new node pool"]);
      await removeEvent(ctx, id);
      expect(named(await loadOutlooks(ctx), "Vision").outlook.end?.expected).toBeCloseTo(before, 0);
      await expect(
        planEvent(ctx, { scope: team(VISION), fromDay: TODAY, untilDay: 99990101, perDayMicros: 1, note: "x" }),
      ).rejects.toThrow(/A planned event ends on 2036-12-31 or before/);
      await expect(planEvent(ctx, { scope: team(VISION), fromDay: 20261121, note: "nothing" })).rejects.toThrow(
        /changes the forecast/,
      );
    });

    it.each([
      [{ ...budget(VISION, -1) }, /not negative/],
      [{ ...budget(VISION, 5), warningPercent: 99, criticalPercent: 90 }, /warning threshold is above/],
      [{ ...budget(99, 5) }, /There is no team "99"/],
      [{ ...budget(VISION, 5, 30000101) }, /^A budget begins on 2036-12-31 or before, 10 years ahead at most/],
    ])("refuses %j", async (given, problem) => {
      await expect(setBudget(ctx, given)).rejects.toThrow(problem);
    });
  });

  describe.skipIf(isAbsent(engine))("a manager", () => {
    it("sees and changes the budget of their own team, and learns of no other", async () => {
      const own = asViewer(ctx, manager);
      expect((await loadOutlooks(own)).map((o) => [o.name, o.mayEdit])).toEqual([["Vision", true]]);
      await setBudget(own, budget(VISION, 2700e6, 20261201));
      await expect(setBudget(own, budget(SPEECH, 1))).rejects.toThrow(/There is no team "12" that you may see/);
      await expect(setBudget(own, { ...budget(SPEECH, 1), scope: EVERYTHING })).rejects.toThrow(/that you may see/);
      await expect(loadOutlooks(own, { scopes: [team(SPEECH)] })).rejects.toThrow(/There is no team "12"/);
      await withdrawBudget(own, team(VISION), 20261201);
    });

    it("alone of several is not asked: an engineer sees no budgets, a viewer changes none", async () => {
      await expect(loadOutlooks(asViewer(ctx, { ...manager, roles: ["engineer"] }))).rejects.toThrow(
        /You may not read budgets/,
      );
      const viewer = asViewer(ctx, { ...manager, roles: ["viewer"] });
      expect((await loadOutlooks(viewer)).map((o) => o.mayEdit)).toEqual([false]);
      await expect(setBudget(viewer, budget(VISION, 5))).rejects.toThrow(/You may not set budgets/);
    });

    it("of one team who is an engineer of another sees no budget of that one", async () => {
      const both = asViewer(ctx, { ...manager, roles: ["engineer", "manager"], teams: [VISION, SPEECH] });
      expect((await loadOutlooks(both)).map((o) => o.name)).toEqual(["Vision"]);
      await expect(loadOutlooks(both, { scopes: [team(SPEECH)] })).rejects.toThrow(/There is no team "12"/);
      await expect(setBudget(both, budget(SPEECH, 1))).rejects.toThrow(/There is no team "12"/);
    });
  });

  describe.skipIf(isAbsent(engine))("scopes", () => {
    it("are found by name, and written as ids", async () => {
      const places = await findPlaces(ctx);
      expect(scopeNamed(places, "team", "vision")).toEqual(team(VISION));
      expect(scopeNamed(places, "department", "research").value).toBe("research");
      expect(() => scopeNamed(places, "cost-centre", "CC-99")).toThrow(/no cost centre "CC-99"/);
      for (const id of ["all", "team:11", "cost-centre:CC-11", "department:a:b"])
        expect(scopeId(scopeOfId(id) ?? EVERYTHING)).toBe(id);
      for (const id of ["", "team", "team:x", "all:1", "galaxy:1"]) expect(scopeOfId(id)).toBeNull();
    });

    it("of a department and a cost centre are the sums of what is in them", async () => {
      const scopes = [
        { kind: "department" as const, value: "research" },
        { kind: "cost-centre" as const, value: "CC-11" },
        EVERYTHING,
        team(VISION),
      ];
      const [department, centre, all, vision] = await loadOutlooks(ctx, { scopes });
      expect(department?.outlook.spentMicros).toBe(all?.outlook.spentMicros);
      expect(centre?.outlook.spentMicros).toBe(vision?.outlook.spentMicros);
    });
  });

  describe.skipIf(isAbsent(engine))("many at once", () => {
    it("are read from a file, all or none, and written as one", async () => {
      const places = await findPlaces(ctx);
      const read = (text: string) => readBudgetCsv("b.csv", text, (kind, name) => scopeNamed(places, kind, name));
      const text =
        "scope,name,from,span,amount,carry_over\nteam,Speech,2027-01-01,month,1500,yes\nall,,2027-01-01,year,60000.5,no\n";
      const { budgets: set, ...counts } = await setBudgets(ctx, read(text));
      expect(counts).toEqual({ added: 2, replaced: 0, unchanged: 0 });
      const again = await setBudgets(ctx, read(text.replace("60000.5", "60001")));
      expect([setText(again), again.budgets.length]).toEqual(["1 replaced, 1 unchanged", 2]);
      expect(set.map((b) => budgetLine(b, places.name(b.scope)).slice(0, 6))).toEqual([
        ["team", "Speech", "2027-01-01", "month", "1500.00", "yes"],
        ["all", "", "2027-01-01", "year", "60000.50", "no"],
      ]);
    });

    it("are refused with everything that is wrong in them, each at its line", async () => {
      const places = await findPlaces(ctx);
      const lines = [
        "scope,name,from,span,amount,warning_percent",
        "team,Nobody,2027-01-01,month,5,",
        "team,Speech,soon,week,x,101",
        "all,,2027-02-01,month,-1,99",
        "all,,9999-01-01,year,x,",
        "team,Vision,2027-01-01,month,1,",
        "team,vision,2027-01-01,month,2,",
        "team,Speech,2027-01-01,month",
      ];
      const read = readBudgetCsv("b.csv", lines.join("\n"), (kind, name) => scopeNamed(places, kind, name));
      const before = (await listBudgetVersions(ctx.db)).length;
      const refused = await setBudgets(ctx, read).catch((error: AppError) => error);
      expect((refused as AppError).message.split("\n")).toEqual([
        "Nothing was saved:",
        'Line 2: There is no team "Nobody" that you may see.',
        'Line 3: "soon" is not a day: write it as YYYY-MM-DD, for example 2026-10-01. span: "week" is not one of month, quarter, year. amount: "x" is not an amount: write it plainly, such as 12500.50. warning_percent: "101" is not a whole percentage from 1 to 100.',
        "Line 4: A budget is not negative. The warning threshold is above the critical one: it has to come first.",
        expect.stringMatching(/^Line 5: A budget begins on 2036-12-31 or before.* amount: "x" is not an amount/),
        "Line 7: Vision has a budget from 2027-01-01 on at line 6 already: keep one of the two.",
        expect.stringMatching(/^Line 8: It has 4 fields where the header has 6/),
      ]);
      expect((await listBudgetVersions(ctx.db)).length).toBe(before);
    });

    it.each(["'tis agreed", "=1+1", "'=1+1", "-30 %", "''@x", 'a "b", c'])(
      "write the note %j and read it as it was",
      async (note) => {
        const more = { carryOver: false, warningPercent: 80, criticalPercent: 95, note };
        const line = budgetLine({ ...budget(VISION, 5e6, 20270101), ...more }, "Vision");
        const row = Object.fromEntries(BUDGET_COLUMNS.map((key, i) => [key, line[i] ?? ""]));
        const columns = BUDGET_COLUMNS.map((key) => ({ key, header: key, unit: "text" as const }));
        const text = csvHeader(columns) + csvLines(columns, [row]);
        const places = await findPlaces(ctx);
        const [read] = readBudgetCsv("b.csv", text, (kind, name) => scopeNamed(places, kind, name));
        expect(read?.read(20361231).note).toBe(note);
        expect(text).not.toMatch(/,[=@+-][^,]*\r/);
      },
    );

    it("keep what a year ended a month with, where it is copied to one day", () => {
      const year = { ...spanOfDay(20270101, "year", ctx.ledger.calendar) };
      const of = (fromDay: number, amountMicros: number) => ({ ...budget(VISION, amountMicros, fromDay) }) as Budget;
      const copied = copiedFromLastYear([of(20260305, 1e6), of(20260320, 2e6)], year, 0, "USD", ctx.ledger.calendar);
      expect(copied.map((b) => [b.fromDay, b.amountMicros])).toEqual([[20270301, 2e6]]);
    });

    it("are copied from what was spent, and from the year before", async () => {
      const request = { from: "actuals" as const, changePercent: 10, span: "month" as const, day: 20261201 };
      // Of the year there are two months: a budget from them would be too small.
      await expect(planCopy(ctx, { ...request, span: "year", day: 20270101 })).rejects.toThrow(
        /has cost of \d+ of its 36\d days/,
      );
      const planned = await planCopy(ctx, request);
      const speech = planned.find((b) => b.scope.value === String(SPEECH));
      expect([speech?.amountMicros, speech?.fromDay, speech?.note]).toEqual([
        31 * 40e6 * 1.1,
        20261201,
        "2026-10 +10 %",
      ]);
      await copyBudgets(ctx, {
        from: "last-year",
        changePercent: -50,
        span: "month",
        day: 20270505,
        scopes: [team(VISION)],
      });
      const entries = entriesOf(await listBudgetVersions(ctx.db), team(VISION));
      expect(entries.map((e) => [e.fromDay, e.amountMicros])).toEqual([
        [20261101, 2600e6],
        [20271101, 1300e6],
      ]);
      await expect(planCopy(ctx, { ...request, from: "last-year", day: 20200101 })).rejects.toThrow(/nothing to copy/);
      await expect(planCopy(ctx, { ...request, day: 30000101 })).rejects.toThrow(/begin on 2036-12-31 or before/);
    });
  });

  it.skipIf(isAbsent(engine))("charges of days to come are no history", async () => {
    const list = await loadOutlooks(ctx);
    for (const { past, firstDay } of list) expect(addDays(firstDay, past.series.length - 1)).toBeLessThan(TODAY);
  });
});
