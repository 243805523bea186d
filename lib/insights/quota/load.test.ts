import { getTableColumns } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { capacity, phases, projects, usageProjects, workloads } from "@/db/schema/index.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { GPU_HOUR, seedInventory } from "@/lib/charges/testing-ledger.ts";
import { HOUR } from "@/lib/time.ts";
import { quotaEconomics } from "./economics.ts";
import { loadPoolBuckets } from "./load.ts";

const START = Date.UTC(2026, 10, 5) / 1000;
type Usage = typeof usageProjects.$inferInsert;
const NOTHING = Object.fromEntries(
  Object.keys(getTableColumns(usageProjects)).map((key) => [key, key === "level" ? "" : 0]),
) as Usage;

describe.each(engines)("quota of a ledger on $name", (engine) => {
  let test: TestDb;
  beforeAll(async () => {
    if (isAbsent(engine)) return;
    test = (await engine.open()) as TestDb;
    await seedInventory(test.db);
  });
  afterAll(() => test?.drop());

  /** An hour of 8 cards. */
  const meter = (hour: number, rows: readonly Partial<Usage>[]) =>
    test.db.write(async (tx) => {
      const bucketAt = START + hour * HOUR;
      await tx.insert(
        usageProjects,
        rows.map((row) => ({ ...NOTHING, bucketAt, hardwareKey: 1, ...row })),
      );
      const whole = { capacityMilli: 8 * GPU_HOUR, overlapMilli: 0, throughAt: bucketAt + HOUR, rulesId: "" };
      await tx.insert(capacity, [{ bucketAt, hardwareKey: 1, ...whole }]);
    });
  const sums = async (from: number, until: number) => {
    const range = { start: START + from * HOUR, end: START + until * HOUR };
    const { projects: list } = quotaEconomics(await loadPoolBuckets(test.db, range));
    return list
      .toSorted((a, b) => a.projectKey - b.projectKey)
      .map((p) => [p.projectKey, p.quotaMilli / GPU_HOUR, p.unusedMilli / GPU_HOUR]);
  };

  it.skipIf(isAbsent(engine))("counts projects that held nothing, where the cluster was seen", async () => {
    const held = { projectKey: 1, activeMilli: 3 * GPU_HOUR };
    await meter(0, [held, { projectKey: 0, unallocatedMilli: 5 * GPU_HOUR }]);
    // Half of the cluster was not seen: what the second project held is unknown.
    await meter(1, [held, { projectKey: 0, unallocatedMilli: GPU_HOUR, unknownMilli: 4 * GPU_HOUR }]);
    await meter(2, [{ projectKey: 0, unknownMilli: 8 * GPU_HOUR }]);
    expect(await sums(0, 1)).toEqual([
      [1, 4, 1],
      [2, 4, 4],
    ]);
    expect(await sums(1, 3)).toEqual([[1, 4, 1]]);
    await test.db.write((tx) => tx.run(sql`update ${projects} set quota = '{}' where key = 2`));
    expect(await sums(0, 1)).toEqual([[1, 4, 1]]);
  });

  it.skipIf(isAbsent(engine))("reads the waits of workloads that lived in the range", async () => {
    const wait = (at: number, phase: string, workloadKey = 3) => ({ workloadKey, at: START + at, phase });
    await test.db.write(async (tx) => {
      await tx.run(sql`update ${workloads} set gpu_request_milli = 2000`);
      await tx.run(sql`update ${workloads} set completed_at = ${START - HOUR} where key = 2`);
      await tx.insert(phases, [wait(600, "Pending"), wait(1800, "Running"), wait(-7200, "Pending", 2)]);
    });
    const [bucket] = await loadPoolBuckets(test.db, { start: START, end: START + HOUR });
    expect(bucket?.waiting).toEqual([{ workloadKey: 3, projectKey: 2, milli: 2000, seconds: 1200 }]);
  });
});
