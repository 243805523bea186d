import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { teamRules } from "@/db/schema/index.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { dropPolicy, setChargeSettings, setPolicy } from "@/lib/allocation/policy-changes.ts";
import { COST_CLASSES, SHARE_METHODS } from "@/lib/allocation/types.ts";
import { PLATFORM_TEAM } from "@/lib/attribution/types.ts";
import { listActs } from "@/lib/auth/audit-store.ts";
import { chargeDay } from "@/lib/charges/charge.ts";
import { chargeDue } from "@/lib/charges/run.ts";
import { dayInput, usageRow } from "@/lib/charges/testing-day.ts";
import { ctxOf, GPU_HOUR, meterDay, seedInventory, seedPrice, seedTeam } from "@/lib/charges/testing-ledger.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { runs } from "@/lib/testing-runs.ts";
import { compareVariants, VARIANTS } from "./workbench.ts";
import { loadWorkbench } from "./workbench-load.ts";

const milli = fc.integer({ min: 0, max: 90_000_000 });
const oneDay = fc
  .record({
    held: fc.array(fc.tuple(fc.constantFrom(1, 2), fc.constantFrom(1, 2, 3, 4), milli), { maxLength: 5 }),
    free: fc.array(fc.tuple(fc.constantFrom(1, 2), milli, milli, milli), { maxLength: 2 }),
    method: fc.constantFrom(...SHARE_METHODS),
    shared: fc.array(
      fc.record({
        clusterId: fc.constantFrom("", "c1"),
        teamKey: fc.constantFrom(0, 11),
        amountMicros: fc.integer({ min: -1e9, max: 1e9 }),
      }),
      { maxLength: 3 },
    ),
  })
  .map(({ held, free, method, shared }) => {
    const usage = [
      ...held.map(([h, w, activeMilli]) => usageRow(h, w, { activeMilli })),
      ...free.map(([h, unallocatedMilli, downMilli, unknownMilli]) =>
        usageRow(h, 0, { unallocatedMilli, downMilli, unknownMilli }),
      ),
    ];
    const once = [...new Map(usage.map((u) => [`${u.hardwareKey}/${u.workloadKey}`, u])).values()];
    const input = dayInput({ usage: once, costs: shared, method });
    return { input, charges: chargeDay(input).charges };
  });

describe("policies side by side", () => {
  it("sum to the same in every column, and the column in force is what is charged", () => {
    const vary = fc.subarray([...COST_CLASSES], { minLength: 1 });
    fc.assert(
      fc.property(
        fc.array(oneDay, { maxLength: 3 }),
        vary,
        fc.constantFrom("", "c1", "c2"),
        (days, classes, clusterId) => {
          const { rows, totalMicros } = compareVariants(days, { vary: classes, clusterId });
          for (const v of VARIANTS)
            expect(rows.reduce((sum, r) => sum + BigInt(r.totals[v]), 0n)).toBe(BigInt(totalMicros));
          const whole = days.map(({ input }) => chargeDay(input));
          for (const row of rows) {
            const of = whole.flatMap((d) => [...d.teamDays, ...d.shares]).filter((x) => x.teamKey === row.teamKey);
            expect(row.totals["in-force"]).toBe(of.reduce((sum, x) => sum + x.amountMicros, 0));
          }
        },
      ),
      runs(200, 3),
    );
  });

  it("keeps with the platform what nobody has a weight for, and says so", () => {
    const usage = [usageRow(1, 0, { unallocatedMilli: GPU_HOUR })];
    const input = { ...dayInput({ usage }), projects: [] };
    const day = { input, charges: chargeDay(input).charges };
    const { rows, kept } = compareVariants([day], { vary: ["unallocated"], clusterId: "" });
    expect(rows.map((r) => [r.teamKey, r.totals.quota, r.totals.equal])).toEqual([[PLATFORM_TEAM, 2.5e6, 2.5e6]]);
    expect(kept).toEqual(["charges", "quota", "equal", "node-pool"]);
  });
});

const options = { currency: "USD", billingTimeZone: "UTC" };

describe.each(engines)("policies on $name", (engine) => {
  let store: TestDb;
  let ctx: Ctx;
  beforeEach(async () => {
    if (isAbsent(engine)) return;
    store = (await engine.open()) as TestDb;
    ctx = ctxOf(store.db);
    await seedInventory(store.db);
  });
  afterEach(() => (isAbsent(engine) ? undefined : store.drop()));

  it.skipIf(isAbsent(engine))(
    "are set from a day on, compared without writing, taken back, and on record",
    async () => {
      const { db } = store;
      await seedPrice(db, "H100", 1_000_000_000, 20261001);
      await seedTeam(db, 11, "Vision", "vision");
      const held = (workloadKey: number, hours: number) => ({
        hardwareKey: 1,
        workloadKey,
        activeMilli: hours * GPU_HOUR,
      });
      const free = { hardwareKey: 1, workloadKey: 0, unallocatedMilli: 12 * GPU_HOUR };
      for (const day of [20261101, 20261102]) await meterDay(db, day, [held(1, 9), held(3, 3), free]);
      await chargeDue(ctx, options);
      const totals = async () => {
        const rows = await db.all<{
          team: number;
          micros: number;
        }>(sql`select team, cast(sum(micros) as bigint) as micros from (
        select team_key as team, amount_micros as micros from team_days union all
        select team_key as team, amount_micros as micros from shares) x group by team order by team`);
        return rows.map((r) => [r.team, r.micros / 1e6]);
      };
      expect(await totals()).toEqual([
        [1, 24],
        [2, 6],
        [11, 18],
      ]);
      const days = { from: 20261101, until: 20261201 };
      const bench = compareVariants(await loadWorkbench(ctxOf(db), days, options), {
        vary: ["unallocated"],
        clusterId: "",
      });
      expect(
        bench.rows.map((r) => [
          r.teamKey,
          Number(r.totals["in-force"]) / 1e6,
          Number(r.totals.charges) / 1e6,
          Number(r.totals.quota) / 1e6,
        ]),
      ).toEqual([
        [1, 24, 0, 0],
        [2, 6, 12, 18],
        [11, 18, 36, 30],
      ]);
      await setPolicy(ctx, { costClass: "unallocated", method: "charges", fromDay: 20261102 }, "as agreed");
      expect(await chargeDue(ctx, options)).toBe(1);
      expect(await totals()).toEqual([
        [1, 12],
        [2, 9],
        [11, 27],
      ]);
      const after = compareVariants(await loadWorkbench(ctxOf(db), days, options), {
        vary: ["unallocated"],
        clusterId: "",
      });
      expect(after.rows.map((r) => Number(r.totals["in-force"]) / 1e6)).toEqual([12, 9, 27]);
      await dropPolicy(ctx, { clusterId: "", costClass: "unallocated", fromDay: 20261102 });
      await chargeDue(ctx, options);
      expect(await totals()).toEqual([
        [1, 24],
        [2, 6],
        [11, 18],
      ]);
      await setChargeSettings(ctx, {
        fromDay: 20261101,
        settings: { cpu: "none", memory: "none", gpuMemory: "none", chargeUnusedQuota: true },
      });
      await chargeDue(ctx, options);
      // Of 4 GPUs each, 96 hours a day: Vision left 87 unused and speech, which is Unassigned, 93. Each day's 12 free hours are split so.
      expect(await totals()).toEqual([
        [1, 0],
        [2, 6 + (24 * 93) / 180],
        [11, 18 + (24 * 87) / 180],
      ]);
      const acts = await listActs(db, 10, "policy");
      expect(acts.map((a) => `${a.action}: ${a.reason}`).sort()).toEqual([
        "policies.edit: ",
        "policies.edit: as agreed",
      ]);
      expect(await listActs(db, 10, "settings")).toHaveLength(1);
      await expect(dropPolicy(ctx, { clusterId: "", costClass: "down", fromDay: 20261101 })).rejects.toThrow(
        "no longer exists",
      );
      await expect(
        setPolicy(ctx, { clusterId: "c9", costClass: "down", method: "equal", fromDay: 20261101 }),
      ).rejects.toThrow("There is no cluster c9.");
      await expect(setPolicy(ctx, { costClass: "down", method: "dice" as "equal", fromDay: 20261101 })).rejects.toThrow(
        "Who pays is one of: platform",
      );
    },
  );

  it.skipIf(isAbsent(engine))(
    "count the platform's own work, also what is of no project, in every column",
    async () => {
      const { db } = store;
      await seedPrice(db, "H100", 1_000_000_000, 20261001);
      await seedTeam(db, 11, "Vision", "vision");
      await db.write(async (tx) => {
        await tx.run(sql`update workloads set project_key = 0, submitted_by = 'ops' where key = 3`);
        const rule = { id: "ops", position: 1, kind: "user", label: "", pattern: "ops", clusterId: "" };
        await tx.insert(teamRules, [
          { ...rule, teamKey: PLATFORM_TEAM, fromDay: 20200101, createdBy: "", createdAt: 0 },
        ]);
      });
      const row = (workloadKey: number, hours: number) => ({
        hardwareKey: 1,
        workloadKey,
        activeMilli: hours * GPU_HOUR,
      });
      const free = { hardwareKey: 1, workloadKey: 0, unallocatedMilli: 12 * GPU_HOUR };
      await meterDay(db, 20261101, [row(1, 9), row(3, 3), free]);
      await chargeDue(ctx, options);
      const days = await loadWorkbench(ctx, { from: 20261101, until: 20261102 }, options);
      const { rows, totalMicros } = compareVariants(days, { vary: ["unallocated"], clusterId: "" });
      expect(totalMicros).toBe(24_000_000);
      expect(rows.map((r) => [r.teamKey, r.totals["in-force"], r.totals.platform])).toEqual([
        [PLATFORM_TEAM, 15_000_000, 15_000_000],
        [2, 0, 0],
        [11, 9_000_000, 9_000_000],
      ]);
    },
  );
});
