import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Db, sql } from "@/db/client.ts";
import { fleet } from "@/db/schema/index.ts";
import { openSqlite } from "@/db/sqlite.ts";
import { ctxOf, NOW } from "@/lib/charges/testing-ledger.ts";
import { seedOctober } from "@/lib/closing/testing-close.ts";
import type { Viewer } from "@/lib/ctx.ts";
import { loadCost } from "./cost.ts";

const OCTOBER = { start: 0, end: 1, label: "", days: { from: 20261001, until: 20261101 } };

describe("what an hour of a workload costs now", () => {
  let db: Db;
  const hour = async (workload: number) => (await loadCost(ctxOf(db), OCTOBER, { workload }))?.hourMicros;
  const slot = {
    clusterId: "c1",
    node: "n1",
    hardwareKey: 1,
    gpu: "",
    class: "active",
    sinceAt: NOW - 60,
    asOfAt: NOW,
  };
  const hold = (workloadKey: number, milli: number, position: number) =>
    db.write((tx) => tx.insert(fleet, [{ ...slot, workloadKey, milli, position }]));
  beforeEach(async () => {
    db = await openSqlite(":memory:");
    await seedOctober(db);
  });
  afterEach(() => db.close());

  it("is the GPUs that it holds × the price in force, a fraction of a card its part", async () => {
    await hold(1, 1000, 0);
    await hold(1, 500, 1);
    expect(await hour(1)).toBe(3_750_000);
  });

  it("is known to the person who submitted it, whatever else they may see, and to nobody beside", async () => {
    await db.write((tx) => tx.run(sql`update workloads set submitted_by = 'ada' where key = 1`));
    const engineer = (submitters: readonly string[]): Viewer => ({
      ...{ kind: "person", id: "x", roles: ["engineer"], projects: [], teams: [11], manages: [], submitters },
    });
    const cost = async (viewer: Viewer) => await loadCost({ ...ctxOf(db), viewer }, OCTOBER, { workload: 1 });
    const whole = await loadCost(ctxOf(db), OCTOBER, { workload: 1 });
    expect(whole?.micros).toBeGreaterThan(0);
    expect(await cost(engineer(["ada"]))).toMatchObject({ micros: whole?.micros });
    expect(await cost(engineer(["bob"]))).toBe(null);
    expect(await cost(engineer([]))).toBe(null);
  });

  it("is unknown for what holds nothing, and for what has no price", async () => {
    await hold(2, 1000, 0);
    expect([await hour(1), await hour(2)]).toEqual([null, undefined]);
  });
});
