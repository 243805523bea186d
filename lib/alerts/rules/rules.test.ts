import { getTableColumns } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { adjustments, insightFindings, insightLosses, unpriced } from "@/db/schema/index.ts";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import { setBudget } from "@/lib/budgets/changes.ts";
import { DAYS, seedSixtyDays, TODAY, VISION } from "@/lib/budgets/testing-ledger.ts";
import { setBurstRate, switchBurst } from "@/lib/burst/changes.ts";
import { ctxOf, NOW } from "@/lib/charges/testing-ledger.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { addDays, DAY, dayOfKey } from "@/lib/time.ts";
import { defineUnit, recordCounts } from "@/lib/unit-costs/changes.ts";
import { crossings } from "./crossing.ts";
import { levelOf } from "./finding-open.ts";
import { type Condition, getRuleKind, RULE_KINDS } from "./index.ts";
import { type DaySpend, listDaySpend } from "./spend-load.ts";
import { spikeOf } from "./spike.ts";

const flat = (values: readonly number[], coveragePercent: number | null = 100): DaySpend[] =>
  values.map((micros, i) => ({ day: addDays(20261001, i), micros: micros * 1e6, coveragePercent }));

describe("a spike", () => {
  const calm = Array.from({ length: 28 }, (_, i) => 100 + (i % 5));
  it.each([
    ["far above", [...calm, 200], 0, true],
    ["far above, by less than the amount", [...calm, 200], 150e6, false],
    ["within what is usual", [...calm, 106], 0, false],
    ["a little above a flat line", [...Array(28).fill(100), 110], 0, false],
    ["far below", [...calm, 10], 0, false],
    ["after too few days", [...calm.slice(0, 13), 900], 0, false],
    ["after another spike, which does not become usual", [...calm.slice(0, 27), 900, 300], 0, true],
  ] as const)("is not what is %s", (_, values, least, expected) => {
    expect(spikeOf(flat(values), addDays(20261001, values.length - 1), least) !== null).toBe(expected);
  });

  it("is not judged on days that were not observed whole", () => {
    const days = flat([...calm, 200]);
    const last = days.length - 1;
    expect(
      spikeOf(
        [...days.slice(0, last), { ...(days[last] as DaySpend), coveragePercent: 90 }],
        addDays(20261001, last),
        0,
      ),
    ).toBe(null);
    expect(spikeOf([...flat(calm, 50), days[last] as DaySpend], addDays(20261001, last), 0)).toBe(null);
  });
});

it("a threshold is crossed once in each month", () => {
  const days = flat(Array(62).fill(10));
  expect(crossings(days, 250e6, "UTC").map((c) => [c.month, new Date(c.at * 1000).toISOString().slice(0, 10)])).toEqual(
    [
      [202610, "2026-10-27"],
      [202611, "2026-11-27"],
    ],
  );
  expect(crossings(days, 320e6, "UTC")).toEqual([]);
});

it("a finding is a level worse each time its cost doubles", () => {
  expect([10, 50, 99, 100, 199, 200, 400].map((usd) => levelOf(usd * 1e6, 50e6))).toEqual([0, 0, 0, 1, 1, 2, 3]);
  expect(levelOf(0, 0)).toBe(0);
});

it("every kind has a name of its own, and a usual threshold that it takes", () => {
  expect(new Set(RULE_KINDS.map((r) => r.kind)).size).toBe(RULE_KINDS.length);
  for (const { threshold } of RULE_KINDS)
    if (threshold) expect(threshold.usual >= threshold.least && threshold.usual <= threshold.most).toBe(true);
});

describe("on sixty days of two teams", () => {
  let store: TestDb;
  let ctx: Ctx;
  beforeAll(async () => {
    store = await sqliteFile();
    ctx = ctxOf(store.db);
    await seedSixtyDays(store.db);
  });
  afterAll(() => store.drop());
  const labelsOf = ({ facts }: Pick<Condition, "facts">) => facts.map(({ label }) => label.replace(" so far", ""));
  /** What a template can name is in the example of its kind. */
  const read = async (kind: string, threshold = 0, teamKey = 0, since = 0) => {
    const found = await getRuleKind(kind).read(ctx, { threshold, teamKey, since });
    const shown = labelsOf(getRuleKind(kind).sample(String, ""));
    for (const condition of found) expect(shown).toEqual(expect.arrayContaining(labelsOf(condition)));
    return found;
  };
  const history = (kind: string, threshold = 0, teamKey = 0) =>
    getRuleKind(kind).history(ctx, { threshold, teamKey, since: 0 }, { start: NOW - 90 * DAY, end: NOW });

  it("each kind reads, and looks back", async () => {
    for (const { kind, threshold } of RULE_KINDS) {
      expect([kind, Array.isArray(await read(kind, threshold?.usual))]).toEqual([kind, true]);
      const past = await history(kind, threshold?.usual);
      expect([kind, past === null || Array.isArray(past)]).toEqual([kind, true]);
    }
  });

  it("costs of days and months are those of the ledger, by team", async () => {
    const [yesterday] = await read("daily-cost", 100e6);
    expect(yesterday).toMatchObject({
      subject: String(addDays(TODAY, -1)),
      title: expect.stringMatching(/^2026-11-09 costs \$1[3-5]\d\.00$/),
    });
    expect(yesterday?.chart?.points.filter((p) => p.value !== null)).toHaveLength(30);
    expect(await read("daily-cost", 100e6, 0, NOW)).toEqual([]);
    expect(await read("daily-cost", 120e6, VISION)).toEqual([]);
    expect(await history("daily-cost", 100e6)).toHaveLength(DAYS);
    expect((await read("monthly-cost", 1000e6)).map((c) => c.subject)).toEqual(["202610", "202611"]);
    expect((await history("monthly-cost", 1000e6))?.map((h) => h.subject)).toEqual(["202609", "202610", "202611"]);
    expect(await read("spend-spike")).toEqual([]);
  });

  it("what is charged after the end of a month still counts for it, and what is booked on a day is its cost", async () => {
    const at = (day: number) => ({ ...ctx, now: () => dayOfKey(day, "UTC").start + 3600 });
    const kind = (name: string) => getRuleKind(name);
    const asked = { threshold: 1000e6, teamKey: VISION, since: 0 };
    const months = await kind("monthly-cost").read(at(20261101), asked);
    expect(months).toMatchObject([{ subject: "202610", title: expect.stringMatching(/^October 2026 cost \$3/) }]);
    expect(await kind("monthly-cost").read(at(20261101), { ...asked, since: dayOfKey(20261101, "UTC").start })).toEqual(
      [],
    );
    const spent = async () =>
      (await listDaySpend(ctx, VISION, 20261101, 20261201)).reduce((sum, { micros }) => sum + micros, 0);
    const before = await spent();
    const credit = { id: "a1", teamKey: VISION, lineKey: "", amountMicros: -7_000_000, reason: "broken node" };
    await store.db.write((tx) =>
      tx.insert(adjustments, [{ ...credit, periodId: "2026-11", decidedBy: "x", decidedAt: ctx.now() }]),
    );
    expect(await spent()).toBe(before - 7_000_000);
    await store.db.write((tx) => tx.run(sql`delete from ${adjustments}`));
  });

  it("burst capacity is reported once a day and month when it passes its limit, and not while its rate is unknown", async () => {
    await switchBurst(ctx, { isOn: true, at: NOW - 2 * DAY }, "page");
    expect([await read("burst-daily-cost"), await read("burst-monthly-cost")]).toEqual([[], []]);
    await setBurstRate(ctx, { rateMicros: 1_000_000, fromAt: NOW - 2 * DAY });
    expect((await read("burst-daily-cost", 20e6)).map((c) => [c.subject, c.title])).toEqual([
      ["20261109", "Burst capacity costs $24.00 on 2026-11-09"],
    ]);
    expect(await read("burst-daily-cost", 20e6, 0, NOW)).toEqual([]);
    expect(await read("burst-monthly-cost", 47e6)).toMatchObject([
      { subject: "202611", title: expect.stringMatching(/\$48\.00 in November/) },
    ]);
    expect(await read("burst-monthly-cost", 48e6)).toEqual([]);
    expect((await history("burst-daily-cost", 10e6))?.map((h) => h.subject)).toEqual(["20261108", "20261109"]);
    expect((await history("burst-monthly-cost", 30e6))?.map((h) => h.subject)).toEqual(["202611"]);
  });

  it("a period that is over with its grace days can be closed", async () => {
    expect((await read("period-ready")).map((c) => c.subject)).toEqual(["2026-09", "2026-10"]);
    expect((await history("period-ready"))?.map((h) => h.subject)).toEqual(["2026-09", "2026-10"]);
    expect([await read("price-missing"), await read("unassigned-spend"), await read("statement-issued")]).toEqual([
      [],
      [],
      [],
    ]);
  });

  it("usage without a price is found in the past by the runs of its days", async () => {
    const days = [20261020, 20261021, 20261025];
    await store.db.write((tx) =>
      tx.insert(
        unpriced,
        days.map((day) => ({ day, hardwareKey: 1, sku: "gpu", priceClass: "", quantity: 3_600_000, reason: "" })),
      ),
    );
    expect((await history("price-missing"))?.map((h) => [h.subject, h.at])).toEqual([
      ["gpu/NVIDIA-H100-80GB-HBM3", dayOfKey(20261020, "UTC").start],
      ["gpu/NVIDIA-H100-80GB-HBM3", dayOfKey(20261025, "UTC").start],
    ]);
    await store.db.write((tx) => tx.run(sql`delete from ${unpriced}`));
  });

  it("a budget that will be passed is reported weeks before, to its team, and not before there is one", async () => {
    expect([await read("budget-status"), await read("forecast-breach", 50)]).toEqual([[], []]);
    const budget = {
      scope: { kind: "team" as const, value: String(VISION) },
      fromDay: 20261101,
      span: "month" as const,
    };
    // Nine days have cost about 900; the month will come to about 3,000.
    await setBudget(ctx, { ...budget, amountMicros: 2_500_000_000 });
    const [breach] = await read("forecast-breach", 50);
    expect(breach).toMatchObject({
      subject: "20261101-20261201/team:11",
      teamKey: VISION,
      title: expect.stringMatching(/^Vision will pass its budget about 2\d/),
    });
    expect(breach?.chart?.limit).toBe(2500);
    expect(await read("budget-status")).toMatchObject([{ severity: "critical", level: 2 }]);
    expect(await read("budget-status", 0, VISION)).toHaveLength(1);
    // In the past: from the first days of the month whose spend forecasts the breach, each worse status once.
    const past = (await history("budget-status")) ?? [];
    expect(past.map((h) => h.subject)).toEqual(past.map(() => "20261101-20261201/team:11"));
    expect(past.length).toBeGreaterThanOrEqual(1);
    expect(past[0]?.at).toBeLessThan(NOW - 5 * DAY);
    const breaches = await history("forecast-breach", 50);
    expect(breaches).toMatchObject([
      { subject: "20261101-20261201/team:11", title: expect.stringMatching(/^Vision will pass its budget about/) },
    ]);
    expect(await history("budget-status", 0, 12)).toEqual([]);
    expect(await read("budget-status", 0, 12)).toEqual([]);
    // Passed in the hours of November that are charged in December: reported then, and closed as over a week later, not as well.
    await setBudget(ctx, { ...budget, amountMicros: 800_000_000 });
    // Eight days have cost 769 and nine 873: it was passed on the ninth, which the start of the tenth shows.
    const passed = (await history("budget-status"))?.filter((h) => h.title.startsWith("Vision passed"));
    expect(passed?.map((h) => h.at)).toEqual([dayOfKey(20261110, "UTC").start]);
    const december = { ...ctx, now: () => dayOfKey(20261202, "UTC").start };
    const late = await getRuleKind("budget-status").read(december, { threshold: 0, teamKey: VISION, since: 0 });
    const subject = "20261101-20261201/team:11";
    expect(late.find((c) => c.subject === subject)).toMatchObject({
      level: 3,
      title: expect.stringMatching(/^Vision passed/),
    });
    const { ended } = getRuleKind("budget-status");
    expect([
      ended?.(subject, december),
      ended?.(subject, { ...ctx, now: () => dayOfKey(20261208, "UTC").start }),
    ]).toEqual([null, "The period of a budget is over"]);
    // A rule that is younger than the period that is over does not look at it.
    const young = { threshold: 0, teamKey: VISION, since: dayOfKey(20261201, "UTC").start };
    expect((await getRuleKind("budget-status").read(december, young)).map((c) => c.subject)).not.toContain(subject);
    // A budget that ends within its period is the same event.
    await setBudget(ctx, { ...budget, fromDay: 20261121, amountMicros: null });
    expect((await read("budget-status")).map((c) => c.subject)).toEqual([subject]);
    await setBudget(ctx, { ...budget, fromDay: 20261121, amountMicros: 9_000_000_000 });
    await setBudget(ctx, { ...budget, amountMicros: 9_000_000_000 });
    expect([await read("budget-status"), await read("forecast-breach", 50)]).toEqual([[], []]);
  });

  it("a unit that costs more than its target is reported, worse above its threshold, and stays while nobody counts", async () => {
    const scope = { kind: "team" as const, value: String(VISION) };
    const leads = {
      name: "Leads",
      noun: "lead",
      per: 1 as const,
      scope,
      countsFromDay: 20261001,
      targetMicros: 2_000_000,
    };
    const key = await defineUnit(ctx, { ...leads, thresholdMicros: 50_000_000 }, "");
    expect(await read("unit-cost")).toMatchObject([{ subject: `unit/${key}`, unknown: true }]);
    const count = (countMilli: number) =>
      recordCounts(ctx, key, [{ id: "batch", day: addDays(TODAY, -1), countMilli }]);
    // About a hundred dollars for so many leads.
    await count(10_000);
    expect(await read("unit-cost")).toMatchObject([
      {
        level: 0,
        severity: "warning",
        teamKey: VISION,
        title: expect.stringMatching(/^Leads: \$\d+\.\d\d per lead, above \$2/),
      },
    ]);
    await count(1000);
    expect(await read("unit-cost", 0, VISION)).toMatchObject([{ level: 1, severity: "critical" }]);
    expect(await read("unit-cost", 0, 12)).toEqual([]);
    // One day of seven was counted: the mean is of it, and passes both limits at its end.
    expect(await history("unit-cost")).toMatchObject([
      { subject: `unit/${key}`, at: dayOfKey(TODAY, "UTC").start, title: expect.stringMatching(/above \$50/) },
    ]);
    await count(1_000_000);
    expect([await read("unit-cost"), await history("unit-cost")]).toEqual([[], []]);
  });

  it("a finding of a workload is reported to its owner's team once it cost enough", async () => {
    const empty = Object.fromEntries(
      Object.entries(getTableColumns(insightFindings)).map(([key, c]) => [
        key,
        c.notNull ? (c.dataType === "string" ? "" : 0) : null,
      ]),
    );
    const finding = {
      ...empty,
      key: 1,
      id: "f1",
      rule: "dead-idle",
      settings: "{}",
      audience: "owner",
      subjectKind: "workload",
      subject: "w1",
    };
    const more = {
      clusterId: "c1",
      workloadKey: 1,
      projectKey: 1,
      openedAt: NOW - DAY,
      sinceAt: NOW - DAY,
      lastSeenAt: NOW,
      countedAt: NOW,
    };
    const row = {
      ...finding,
      ...more,
      episodes: `[[${NOW - DAY},null]]`,
      severity: "warning",
      evidence: "[]",
      hardwareKey: 1,
    };
    await store.db.write(async (tx) => {
      await tx.insert(insightFindings, [row as typeof insightFindings.$inferInsert]);
      await tx.insert(insightLosses, [
        { findingKey: 1, day: addDays(TODAY, -1), hardwareKey: 1, milli: 24 * 3_600_000 },
      ]);
    });
    const found = await read("finding-open", 10e6);
    expect(found).toMatchObject([
      { subject: "f1", teamKey: VISION, link: "/findings/f1", title: expect.stringMatching(/\$24\.00 so far/) },
    ]);
    expect(found[0]?.level).toBe(1);
    expect(found[0]?.facts).toContainEqual({ label: "Advice", value: expect.stringMatching(/^\S.+\.$/) });
    expect([await read("finding-open", 30e6), await read("finding-open", 10e6, 12)]).toEqual([[], []]);
    expect(await history("finding-open", 10e6)).toMatchObject([{ subject: "f1", at: NOW - DAY }]);
  });
});
