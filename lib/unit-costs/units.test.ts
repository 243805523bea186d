import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { corrections, workloads } from "@/db/schema/index.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { listActs } from "@/lib/auth/audit-store.ts";
import { asViewer, manager, SPEECH, seedSixtyDays, TODAY, VISION } from "@/lib/budgets/testing-ledger.ts";
import { EVERYTHING } from "@/lib/budgets/types.ts";
import { chargeDue } from "@/lib/charges/run.ts";
import { ctxOf, GPU_HOUR, meterDay } from "@/lib/charges/testing-ledger.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { addDays } from "@/lib/time.ts";
import { archiveUnit, changeUnit, defineUnit, recordCounts, unitNamed } from "./changes.ts";
import { readCountCsv } from "./csv.ts";
import { type UnitInput, unitSchema } from "./input.ts";
import { loadUnitViews } from "./unit-views.ts";

const team = (key: number) => ({ kind: "team" as const, value: String(key) });
const leads: UnitInput = { name: "Leads", noun: "lead", per: 1, scope: team(SPEECH), countsFromDay: 20261001 };
const YESTERDAY = addDays(TODAY, -1);
const week = { from: addDays(TODAY, -7), until: TODAY };

describe.each(engines)("unit costs on $name", (engine) => {
  let ledger: TestDb;
  let ctx: Ctx;
  let key: number;
  beforeAll(async () => {
    if (isAbsent(engine)) return;
    ledger = (await engine.open()) as TestDb;
    // Nothing was observed on the day before yesterday, index 58.
    await seedSixtyDays(ledger.db, 58);
    ctx = ctxOf(ledger.db);
    key = await defineUnit(ctx, leads, "agreed");
  });
  afterAll(() => (isAbsent(engine) ? undefined : ledger.drop()));
  const view = async (days = week) => {
    const [found] = await loadUnitViews(ctx, days, key);
    if (!found) throw new Error("no view");
    return found;
  };

  it.skipIf(isAbsent(engine))("are unknown without a count, and never zero", async () => {
    const found = await view();
    expect(found.days).toHaveLength(7);
    expect(found.days.map((d) => d.countMilli)).toEqual(Array(7).fill(null));
    expect(found.days.map((d) => d.allocationMicros)).toEqual(Array(7).fill(40e6));
    // A day that nobody observed has a cost, and an unknown use.
    expect(found.days.map((d) => d.usageMicros)).toEqual([40e6, 40e6, 40e6, 40e6, 40e6, null, 40e6]);
    expect([found.allocation.unitMicros, found.status, found.changePercent]).toEqual([null, null, null]);
    const [today] = await loadUnitViews(ctx, { from: TODAY, until: addDays(TODAY, 1) }, key);
    expect(today?.days).toEqual([{ day: TODAY, countMilli: null, allocationMicros: null, usageMicros: null }]);
  });

  it.skipIf(isAbsent(engine))("follow from counts, which count once however often they are sent", async () => {
    const counts = [
      { id: "batch-1", day: YESTERDAY, countMilli: 15_000 },
      { id: "batch-2", day: YESTERDAY, countMilli: 5000 },
      { id: "batch-0", day: addDays(TODAY, -2), countMilli: 10_000 },
    ];
    expect(await recordCounts(ctx, key, counts)).toEqual({ added: 3, changed: 0, withdrawn: 0, unchanged: 0 });
    expect(await recordCounts(ctx, key, counts)).toEqual({ added: 0, changed: 0, withdrawn: 0, unchanged: 3 });
    const found = await view();
    expect(found.allocation).toMatchObject({ unitMicros: 2_666_667, known: 2, days: 7, countMilli: 30_000 });
    expect(found.usage).toMatchObject({ unitMicros: 2e6, known: 1 });
    expect(found.newest).toEqual({ day: YESTERDAY, micros: 2e6 });
    const corrected = [{ id: "batch-2", day: YESTERDAY, countMilli: 1000 }];
    expect(await recordCounts(ctx, key, corrected, "counted twice")).toMatchObject({ changed: 1 });
    expect((await view()).newest?.micros).toBe(2.5e6);
    expect(await recordCounts(ctx, key, [{ id: "batch-2", day: YESTERDAY, countMilli: null }])).toMatchObject({
      withdrawn: 1,
    });
    expect((await view()).newest?.micros).toBe(2_666_667);
    const acts = await listActs(ctx.db, 9, `unit/${key}`);
    expect(acts.map((a) => [a.action, a.reason])).toContainEqual(["units.count", "counted twice"]);
    expect(acts).toHaveLength(4);
  });

  it.skipIf(isAbsent(engine))("compare with the days before, with target and threshold", async () => {
    await changeUnit(ctx, key, { ...leads, targetMicros: 2e6, thresholdMicros: 4e6 });
    await recordCounts(ctx, key, [{ id: "old", day: addDays(TODAY, -9), countMilli: 20_000 }]);
    const found = await view();
    // 80 for 25 now, 40 for 20 before.
    expect([found.changePercent, found.status]).toEqual([60, "above_target"]);
  });

  it.skipIf(isAbsent(engine))("of a class, a label and a model narrow the cost", async () => {
    await ledger.db.write((tx) =>
      tx.run(sql`update ${workloads} set category = 'Deploy',
        labels = '{"ai-finops.io/model":"llama"}' where key = 1`),
    );
    const costs = async (more: Partial<UnitInput>) => {
      const id = await defineUnit(ctx, {
        ...leads,
        name: `n${JSON.stringify(more).length}`,
        scope: EVERYTHING,
        ...more,
      });
      const [found] = await loadUnitViews(ctx, { from: YESTERDAY, until: TODAY }, id);
      await archiveUnit(ctx, id);
      return found?.days[0]?.allocationMicros ?? null;
    };
    const everything = await costs({});
    const vision = await costs({ scope: team(VISION) });
    expect(everything).toBe((vision ?? 0) + 40e6);
    expect(await costs({ category: "Deploy" })).toBe(vision);
    expect(await costs({ label: "ai-finops.io/model=llama" })).toBe(vision);
    expect(await costs({ label: "ai-finops.io/model=LLAMA" })).toBe(0);
    expect(await costs({ label: "ai-finops.io/model=llama", category: "Train" })).toBe(0);
    expect(await costs({ gpuModel: "NVIDIA-H100-80GB-HBM3", scope: team(VISION) })).toBe(vision);
    expect(await costs({ gpuModel: "A100" })).toBe(0);
    expect(await costs({ loaded: true })).toBe(everything);
    expect(await costs({ scope: { kind: "department", value: "research" } })).toBe(everything);
  });

  it.skipIf(isAbsent(engine))("follow corrections of cost, and usage without a price is no cost of zero", async () => {
    const day = addDays(TODAY, -20);
    await recordCounts(ctx, key, [{ id: "d20", day, countMilli: 10_000 }]);
    const cost = async () => (await view({ from: day, until: addDays(day, 1) })).newest?.micros ?? null;
    expect(await cost()).toBe(4e6);
    await meterDay(ctx.db, day, [
      { hardwareKey: 1, workloadKey: 3, activeMilli: 50 * GPU_HOUR, observedMilli: 50 * GPU_HOUR },
    ]);
    await chargeDue(ctx, { currency: "USD", billingTimeZone: "UTC" });
    expect(await cost()).toBe(5e6);
    const correction = {
      ...{ originDay: day, teamKey: SPEECH, projectKey: 2, hardwareKey: 1, sku: "gpu", priceClass: "standard" },
      ...{ bookedIn: "", quantity: 0, amountMicros: -10e6, reason: "price", foundAt: 0 },
    };
    await ctx.db.write((tx) => tx.insert(corrections, [correction]));
    expect(await cost()).toBe(4e6);
    await ctx.db.write((tx) =>
      tx.run(sql`insert into unpriced (day, hardware_key, sku, price_class, quantity, reason)
      values (${day}, 1, 'gpu', 'spot', 1, 'no price')`),
    );
    expect(await cost()).toBeNull();
    await ctx.db.write((tx) => tx.run(sql`delete from unpriced where day = ${day}`));
  });

  it.skipIf(isAbsent(engine))("are read from a file, all lines or none", async () => {
    const text = `day,count,id\n2026-11-04,12,\n2026-11-05,0.5,b-7\n2026-11-06,,\n`;
    const counts = readCountCsv("leads.csv", text, TODAY);
    expect(counts).toEqual([
      { id: "day/20261104", day: 20261104, countMilli: 12_000 },
      { id: "b-7", day: 20261105, countMilli: 500 },
      { id: "day/20261106", day: 20261106, countMilli: null },
    ]);
    expect(await recordCounts(ctx, key, counts)).toMatchObject({ added: 2 });
    const wrong = "day,count,id\n2026-13-01,5,\n2026-11-01,many,\n2026-11-02,1,a\n2026-11-03,1,a\n2027-05-01,1,\n";
    expect(() => readCountCsv("x.csv", wrong, TODAY)).toThrow(
      /Line 2.*\nLine 3: count: "many".*\nLine 5: The id "a" is on line 4 already.*\nLine 6: .* 2027-05-01 has not\.$/,
    );
    expect(() => readCountCsv("x.csv", "date,count\n", TODAY)).toThrow(/the column day is missing/);
  });

  it.skipIf(isAbsent(engine))("belong to the person who may see and manage their scope", async () => {
    const own = asViewer(ctx, manager);
    expect(await loadUnitViews(own, week)).toEqual([]);
    await expect(loadUnitViews(own, week, key)).rejects.toThrow(/no unit \d+ that you may see/);
    await expect(recordCounts(own, key, [{ id: "x", day: YESTERDAY, countMilli: 1 }])).rejects.toThrow(/no unit/);
    await expect(archiveUnit(own, key)).rejects.toThrow(/no unit/);
    await expect(unitNamed(own, "Leads")).rejects.toThrow(/There is no unit "Leads"\.$/);
    await expect(defineUnit(own, { ...leads, name: "Mine" })).rejects.toThrow(/There is no team "12"/);
    const mine = await defineUnit(own, { ...leads, name: "Mine", scope: team(VISION) });
    expect((await loadUnitViews(own, week)).map((v) => [v.unit.name, v.mayEdit, v.mayCount])).toEqual([
      ["Mine", true, true],
    ]);
    const query = {
      ...leads,
      name: "Q",
      scope: team(VISION),
      source: "query" as const,
      query: "sum(increase(x[$window]))",
    };
    await expect(defineUnit(own, query)).rejects.toThrow(/You may not read counts of units from a source/);
    const token = asViewer(ctx, { ...manager, kind: "token", scopes: ["ingest"] });
    expect(await recordCounts(token, mine, [{ id: "x", day: YESTERDAY, countMilli: 1000 }])).toMatchObject({
      added: 1,
    });
    await expect(archiveUnit(token, mine)).rejects.toThrow(/lacks the scope "write"/);
    const viewer = asViewer(ctx, { ...manager, roles: ["viewer"] });
    expect((await loadUnitViews(viewer, week)).map((v) => [v.mayEdit, v.mayCount])).toEqual([[false, false]]);
    await expect(recordCounts(viewer, mine, [{ id: "y", day: YESTERDAY, countMilli: 1 }])).rejects.toThrow(
      /You may not report/,
    );
    await expect(loadUnitViews(asViewer(ctx, { ...manager, roles: ["engineer"] }), week)).rejects.toThrow(
      /You may not read unit costs/,
    );
  });

  it.skipIf(isAbsent(engine)).each([
    [{ name: "leads" }, /Another unit has this name/],
    [{ name: "" }, /Give it a name/],
    [{ label: "model" }, /key=value/],
    [{ source: "query" as const, query: "sum(x)" }, /\$window/],
    [{ query: "sum(x)" }, /A query needs counts from a query/],
    [{ loaded: true, category: "Deploy" as const }, /belong to no workload/],
    [{ targetMicros: 5, thresholdMicros: 4 }, /below the target/],
    [{ per: 7 as never }, /is shown for one of/],
    [{ countsFromDay: 30000101 }, /Counts are read on 2036-12-31 or before/],
  ])("refuse %j", async (more, problem) => {
    await expect(defineUnit(ctx, { ...leads, name: "Other", ...more })).rejects.toThrow(problem);
  });

  it.skipIf(isAbsent(engine)).each([
    [[{ id: "", day: YESTERDAY, countMilli: 1 }], /needs an id/],
    [[{ id: "read/5", day: YESTERDAY, countMilli: 1 }], /does not begin with read/],
    [[{ id: "a", day: YESTERDAY, countMilli: -1 }], /not negative/],
    [[{ id: "a", day: addDays(TODAY, 2), countMilli: 1 }], /has begun: "a" is of 2026-/],
    [
      [
        { id: "a", day: YESTERDAY, countMilli: 1 },
        { id: "a", day: YESTERDAY, countMilli: 1 },
      ],
      /there twice/,
    ],
    [[], /There is no count/],
  ])("refuse the counts %j", async (counts, problem) => {
    await expect(recordCounts(ctx, key, counts)).rejects.toThrow(problem);
  });
});

it("a definition that was stored reads as it was given", () => {
  expect(unitSchema(20361231).parse(leads)).toMatchObject({
    basis: "allocation",
    source: "reported",
    targetMicros: null,
  });
});
