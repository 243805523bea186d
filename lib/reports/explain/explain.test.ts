import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import {
  ctxOf as chargeCtx,
  GPU_HOUR,
  meterDay,
  seedInventory,
  seedPrice,
  seedTeam,
} from "@/lib/charges/testing-ledger.ts";
import { jobViewer } from "@/lib/ctx.ts";
import { ctxOf } from "@/lib/reports/testing.ts";
import { chargeEverything, seedPolicy } from "@/lib/reports/testing-cost.ts";
import { loadExplanation } from "./explain.ts";
import { parseExplain } from "./query.ts";

const day = { from: 20261101, until: 20261102 };
const month = { from: 20261101, until: 20261201 };

describe.each(engines)("an explained amount on $name", (engine) => {
  let test: TestDb;
  beforeAll(async () => {
    if (isAbsent(engine)) return;
    test = (await engine.open()) as TestDb;
    const { db } = test;
    await seedInventory(db);
    await seedTeam(db, 11, "Vision", "vision");
    await seedPrice(db, "H100", 2_500_000_001, 20200101);
    await seedPolicy(db, "charges");
    await meterDay(db, 20261101, [
      { hardwareKey: 1, workloadKey: 1, activeMilli: 3 * GPU_HOUR + 1, deadIdleMilli: 7, observedMilli: GPU_HOUR },
      { hardwareKey: 1, workloadKey: 3, activeMilli: 2 * GPU_HOUR + 1 },
      { hardwareKey: 1, workloadKey: 0, unallocatedMilli: 5 * GPU_HOUR + 3 },
    ]);
    await chargeEverything(chargeCtx(db));
  });
  afterAll(() => test?.drop());

  it.skipIf(isAbsent(engine))("comes to its formula, its shares and its rounding", async () => {
    const ctx = ctxOf(test.db, 1e9);
    const team = await loadExplanation(ctx, parseExplain({ team: "11" }), month);
    expect(team.lines).toMatchObject([
      { gpuModel: "NVIDIA-H100-80GB-HBM3", price: { match: "H100", version: expect.any(Number) } },
    ]);
    expect(team.totalMicros).toBe(
      team.lines.reduce((s, l) => s + l.productMicros + l.roundingMicros, 0) +
        team.shares.reduce((s, x) => s + x.amountMicros, 0),
    );
    expect(team.shares).toMatchObject([{ costClass: "unallocated", method: "charges", days: 1 }]);
    const workload = await loadExplanation(ctx, parseExplain({ workload: "1", from: "2026-11-01" }), day);
    const [rounding] = workload.roundings;
    expect(rounding?.cells.reduce((s, c) => s + c.micros, 0)).toBe(workload.totalMicros);
    expect(rounding?.cells.map((c) => [c.class, c.micros])).toEqual(workload.classes.map((c) => [c.class, c.micros]));
    expect(workload.evidence).toMatchObject({ name: "train-1", intervals: [] });
    expect(workload.shares).toEqual([]);
  });

  it.skipIf(isAbsent(engine))("shows nothing to who may not see it", async () => {
    const reader = { ...jobViewer("r"), kind: "person", projects: ["c1/p-2"] } as const;
    const ctx = ctxOf(test.db, 1e9, reader);
    const nothing = (query: Parameters<typeof loadExplanation>[1]) =>
      expect(loadExplanation(ctx, query, day)).rejects.toMatchObject({ code: "not_found" });
    // Of what is not theirs nobody learns whether it is there.
    await nothing({ workload: 1 });
    await nothing({ workload: 999 });
    for (const query of [{ hardware: 99 }, { price: 99 }])
      expect(await loadExplanation(ctx, query, day)).toMatchObject({ totalMicros: 0, lines: [], evidence: null });
    await expect(loadExplanation(ctx, { team: 11 }, day)).rejects.toMatchObject({ code: "not_found" });
  });

  it.skipIf(isAbsent(engine))("refuses what names no amount", () => {
    expect(() => parseExplain({ worklod: "1" })).toThrow('Did you mean "workload"?');
    expect(() => parseExplain({ team: "Vision" })).toThrow("a whole number");
  });
});
