import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projects } from "@/db/schema/index.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { listActs } from "@/lib/auth/audit-store.ts";
import { chargeDue } from "@/lib/charges/run.ts";
import { ctxOf, GPU_HOUR, meterDay, seedInventory, seedPrice } from "@/lib/charges/testing-ledger.ts";
import type { Ctx, Viewer } from "@/lib/ctx.ts";
import { runs } from "@/lib/testing-runs.ts";
import { addDays } from "@/lib/time.ts";
import { countedPart } from "./counted.ts";
import { type CostDay, measureSaving } from "./measure.ts";
import { recordSaving, withdrawSaving } from "./record.ts";
import { listActions, loadDays, type SavingsAction } from "./store.ts";

/** A day with hours of work and of idling, at a price. */
const day = (work: number, idle: number, price = 1): CostDay => ({
  ...{ day: 0, micros: (work + idle) * price * 1e6, workMicros: work * price * 1e6, workMilli: work * GPU_HOUR },
});
const saved = (before: CostDay[], after: CostDay[]) => measureSaving(before, after)?.savedMicros ?? null;

describe("a realised saving", () => {
  it.each<[string, CostDay[], CostDay[], number | null]>([
    ["what idled is stopped", [day(0, 24)], [day(0, 0), day(0, 0)], 48e6],
    ["five of eight cards given back", [day(72, 120)], [day(72, 0)], 120e6],
    ["less work is no saving", [day(24, 0)], [day(4, 0)], 0],
    ["a cheaper card", [day(24, 0, 2)], [day(24, 0, 1)], 24e6],
    ["it idles more", [day(10, 2)], [day(10, 6)], -4e6],
    ["no day after", [day(10, 2)], [], null],
    ["nothing before", [day(0, 0)], [day(1, 0)], null],
  ])("%s", (_, before, after, expected) => {
    expect(saved(before, after)).toBe(expected);
  });

  it("is never more than the same days cost before", () => {
    const any = fc.record({ work: fc.nat(200), idle: fc.nat(200), price: fc.integer({ min: 0, max: 9 }) });
    const some = fc.array(any, { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(some, some, (a, b) => {
        const [before, after] = [a, b].map((list) => list.map((d) => day(d.work, d.idle, d.price))) as [
          CostDay[],
          CostDay[],
        ];
        const measured = measureSaving(before, after);
        const spent = before.reduce((sum, d) => sum + d.micros, 0);
        if (measured) expect(measured.savedMicros).toBeLessThanOrEqual((spent / before.length) * after.length + 1);
        else expect(spent).toBe(0);
      }),
      runs(200),
    );
  });
});

describe.each(engines)("realised savings of a ledger on $name", (engine) => {
  let test: TestDb;
  let ctx: Ctx;
  const TODAY = 20261110;
  beforeAll(async () => {
    if (isAbsent(engine)) return;
    test = (await engine.open()) as TestDb;
    ctx = ctxOf(test.db);
    await seedInventory(test.db);
    await seedPrice(test.db, "H100", 1_000_000_000, 20260101);
    for (let i = 14; i > 0; i--) {
      const idle = { hardwareKey: 1, workloadKey: 1, deadIdleMilli: 24 * GPU_HOUR, observedMilli: 24 * GPU_HOUR };
      const other = { hardwareKey: 1, workloadKey: 3, activeMilli: GPU_HOUR, observedMilli: GPU_HOUR };
      await meterDay(test.db, addDays(TODAY, -i), i > 6 ? [idle, other] : [other]);
    }
    await chargeDue(ctx, { currency: "USD", billingTimeZone: "UTC" });
  });
  afterAll(() => test?.drop());

  it.skipIf(isAbsent(engine))("is recorded, measured from charges, expires, and can be taken back", async () => {
    const acted = { kind: "terminate", subjectKind: "workload", subject: "w-1", note: "stopped" } as const;
    const id = await recordSaving(ctx, { ...acted, actedDay: 20261104, days: 3 });
    const [action] = await listActions(ctx.db);
    if (!action) throw new Error("not recorded");
    const { before, after } = await loadDays(
      ctx.db,
      action,
      countedPart(action, [action], () => undefined),
      TODAY,
    );
    expect([before.length, after.map((d) => d.day)]).toEqual([7, [20261105, 20261106, 20261107]]);
    expect(measureSaving(before, after)).toEqual({
      ...{ beforeMicros: 24e6, afterMicros: 0, daysAfter: 3, savedMicros: 72e6 },
    });
    expect((await listActs(ctx.db, 1, `saving/${id}`))[0]).toMatchObject({
      action: "savings.record",
      reason: "stopped",
    });
    await expect(recordSaving(ctx, { ...acted, kind: "downsize", actedDay: 20261104 })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining(id),
    });
    const stranger: Viewer = { kind: "person", id: "x", roles: ["manager"], projects: ["c1/p-2"] };
    const as = { ...ctx, viewer: stranger };
    await expect(recordSaving(as, { ...acted, actedDay: 20261104 })).rejects.toMatchObject({ code: "not_found" });
    const grants = [{ role: "viewer" as const, teamKey: 0, projectKey: 1 }];
    const reader: Viewer = { ...stranger, roles: ["manager", "viewer"], projects: ["c1/p-1"], grants };
    await expect(recordSaving({ ...ctx, viewer: reader }, { ...acted, actedDay: 20261104 })).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(withdrawSaving(as, id)).rejects.toMatchObject({ code: "not_found" });
    await withdrawSaving(ctx, id);
    expect(await listActions(ctx.db)).toEqual([]);
  });

  it.skipIf(isAbsent(engine))("is counted once, however often and for whatever it is recorded", async () => {
    const record = (subjectKind: "workload" | "project", subject: string, actedDay: number) =>
      recordSaving(ctx, { kind: "other", subjectKind, subject, actedDay, note: "", days: 5 });
    const ids = [
      await record("workload", "w-1", 20261104),
      await record("workload", "w-1", 20261106),
      await record("project", "p-1", 20261104),
    ];
    const all = await listActions(ctx.db);
    const saved = await Promise.all(
      all.map(async (action) => {
        const { before, after } = await loadDays(
          ctx.db,
          action,
          countedPart(action, all, () => 1),
          TODAY,
        );
        return measureSaving(before, after)?.savedMicros ?? null;
      }),
    );
    // 24 an idle day: on the 5th by the first record, then by the second, whose days before cost less; none by the project.
    expect(ids.map((id) => saved[all.findIndex((a) => a.id === id)])).toEqual([24e6, expect.any(Number), null]);
    expect(saved.reduce<number>((sum, s) => sum + (s ?? 0), 0)).toBeLessThanOrEqual(5 * 24e6);
    for (const id of ids) await withdrawSaving(ctx, id);
  });

  it.skipIf(isAbsent(engine))("neither compares with nor counts days that were not observed", async () => {
    const expectedMilli = 24 * GPU_HOUR;
    const worked = { hardwareKey: 1, workloadKey: 2, expectedMilli, activeMilli: 24 * GPU_HOUR };
    const seen = { ...worked, observedMilli: 24 * GPU_HOUR };
    const blind = { ...worked, activeMilli: 0, noDataMilli: 24 * GPU_HOUR };
    // The metrics of a day before and of a day after are missing, and on another day after nobody's card was read.
    const days = { 20261001: blind, 20261002: seen, 20261004: seen, 20261005: blind };
    for (const [day, row] of Object.entries(days)) await meterDay(ctx.db, Number(day), [row]);
    const nobody = { hardwareKey: 1, workloadKey: 0, unknownMilli: 24 * GPU_HOUR, expectedMilli };
    await meterDay(ctx.db, 20261006, [nobody]);
    await chargeDue(ctx, { currency: "USD", billingTimeZone: "UTC" });
    const action = {
      subjectKind: "workload",
      subjectKey: 2,
      actedDay: 20261003,
      expiresDay: 20261020,
    } as SavingsAction;
    const { before, after } = await loadDays(ctx.db, action, { untilDay: 20261020, withoutWorkloads: [] }, TODAY);
    expect([before, after].map((list) => list.map((d) => d.day))).toEqual([[20261002], [20261004]]);
    expect(measureSaving(before, after)?.savedMicros).toBe(0);
  });

  it.skipIf(isAbsent(engine))(
    "of a project is recorded where the viewer may, and never for one of several at will",
    async () => {
      const twins = [10, 11].map((key) => ({
        ...{ key, clusterId: `c${key}`, id: `p-${key}`, name: "research", departmentId: "d", departmentName: "d" },
        ...{ namespace: "runai-research", quota: "{}", lastSeenAt: 0 },
      }));
      await test.db.write((tx) => tx.insert(projects, twins));
      const acted = { kind: "other", subjectKind: "project", actedDay: 20261104 } as const;
      await expect(recordSaving(ctx, { ...acted, subject: "research" })).rejects.toMatchObject({
        code: "conflict",
        message: 'Several projects are called "research". Give one of: c10/p-10, c11/p-11.',
      });
      for (const { key, clusterId, id } of twins) {
        const viewer: Viewer = { kind: "person", id: "x", roles: ["manager"], projects: [`${clusterId}/${id}`] };
        const saving = await recordSaving({ ...ctx, viewer }, { ...acted, subject: "research" });
        expect(await listActions(ctx.db)).toMatchObject([{ id: saving, subjectKey: key }]);
        await withdrawSaving(ctx, saving);
        const other = recordSaving({ ...ctx, viewer }, { ...acted, subject: `c${21 - key}/p-${21 - key}` });
        await expect(other).rejects.toMatchObject({ code: "not_found" });
        const named = await recordSaving(ctx, { ...acted, subject: `${clusterId}/${id}` });
        expect(await listActions(ctx.db)).toMatchObject([{ id: named, subjectKey: key }]);
        await withdrawSaving(ctx, named);
      }
    },
  );
});
