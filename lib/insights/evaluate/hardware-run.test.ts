import { afterEach, beforeEach, expect, it } from "vitest";
import { type Db, sql } from "@/db/client.ts";
import { capacity, hardware, insightFindings, meteredBuckets, usage } from "@/db/schema/index.ts";
import { openSqlite } from "@/db/sqlite.ts";
import { DEFAULT_RULES } from "@/lib/metering/types.ts";
import { quantities } from "@/lib/pages/testing.ts";
import { HOUR } from "@/lib/time.ts";
import { evaluateHardware } from "./hardware-run.ts";
import { parseRuleSettings } from "./settings.ts";
import { type ExceptionRow, saveTracked } from "./tracked-store.ts";

const START = Date.UTC(2026, 10, 2) / 1000;
const CARDS = 4;
let db: Db;

beforeEach(async () => {
  db = await openSqlite(":memory:");
  await db.write((tx) =>
    tx.insert(hardware, [
      { key: 1, clusterId: "c", nodePool: "old", gpuModel: "H100" },
      { key: 2, clusterId: "c", nodePool: "new", gpuModel: "H100" },
    ]),
  );
});
afterEach(() => db.close());

/** Meters hours of free cards on hardware; `null`: the hour is metered, and no hardware is there. */
async function meter(hours: readonly (number | null)[], from: number, share = 1): Promise<void> {
  await db.write(async (tx) => {
    for (const [i, hardwareKey] of hours.entries()) {
      const bucketAt = START + (from + i) * HOUR;
      await tx.insert(meteredBuckets, [{ clusterId: "c", bucketAt, revision: 1 }]);
      if (hardwareKey === null) continue;
      const capacityMilli = CARDS * HOUR * 1000;
      await tx.insert(capacity, [
        { bucketAt, hardwareKey, capacityMilli, overlapMilli: 0, throughAt: bucketAt + HOUR, rulesId: "r" },
      ]);
      const amounts = quantities({ unallocatedMilli: capacityMilli * share });
      await tx.insert(usage, [{ ...amounts, bucketAt, hardwareKey, workloadKey: 0, level: "" }]);
    }
  });
}

async function evaluate(from: number, until: number, exceptions: readonly ExceptionRow[] = []) {
  const range = { start: START + from * HOUR, end: START + until * HOUR };
  const changes = await evaluateHardware(db, "c", range, range.end, {
    meter: DEFAULT_RULES,
    settings: parseRuleSettings(""),
    exceptions,
  });
  await db.write((tx) => saveTracked(tx, changes, () => 20_261_102));
  const rows = await db.all<{ subject: string; endedAt: number | null }>(
    sql`select subject as "subject", ended_at as "endedAt" from ${insightFindings} order by subject`,
  );
  return rows.map((r) => [r.subject, r.endedAt === null ? null : (r.endedAt - START) / HOUR]);
}

it("ends with the hardware that it is about: a pool that was renamed is another one", async () => {
  await meter(Array(8).fill(1), 0);
  expect(await evaluate(0, 8)).toEqual([["old/H100", null]]);
  await meter(Array(8).fill(2), 8);
  expect(await evaluate(8, 16)).toEqual([
    ["new/H100", null],
    ["old/H100", 8],
  ]);
});

it("ends where all hardware is gone", async () => {
  await meter(Array(8).fill(1), 0);
  expect(await evaluate(0, 8)).toEqual([["old/H100", null]]);
  await meter(Array(40).fill(null), 8);
  expect(await evaluate(8, 48)).toEqual([["old/H100", 8]]);
});

it("stays open over hours that nobody metered, or metered in part", async () => {
  await meter(Array(8).fill(1), 0);
  await evaluate(0, 8);
  await meter([1], 12);
  await db.write((tx) =>
    tx.run(sql`update capacity set through_at = bucket_at + 60 where bucket_at >= ${START + 12 * HOUR}`),
  );
  expect(await evaluate(8, 13)).toEqual([["old/H100", null]]);
});

it("is left alone by an exception about its hardware, until that ends", async () => {
  await meter(Array(8).fill(1), 0);
  await evaluate(0, 8);
  await meter(Array(16).fill(1), 8);
  const exception = {
    ...{ rule: "unallocated", kind: "hardware", pattern: "c/old/H100" },
    ...{ createdAt: START + 10 * HOUR, expiresAt: START + 12 * HOUR },
  };
  expect(await evaluate(8, 12, [{ ...exception, pattern: "c/new/H100" }])).toEqual([["old/H100", null]]);
  expect(await evaluate(8, 12, [{ ...exception, kind: "workload", pattern: "*" }])).toEqual([["old/H100", null]]);
  expect(await evaluate(8, 12, [exception])).toEqual([["old/H100", 10]]);
  expect(await evaluate(12, 20, [exception])).toEqual([["old/H100", null]]);
});

it("reports cards that workloads hold twice, as long as they do", async () => {
  await meter(Array(6).fill(1), 0, 0);
  await db.write((tx) =>
    tx.run(
      sql`update capacity set overlap_milli = 900000 where bucket_at in (${START + 2 * HOUR}, ${START + 3 * HOUR})`,
    ),
  );
  await db.write((tx) => tx.run(sql`update capacity set overlap_milli = 500000 where bucket_at = ${START + 5 * HOUR}`));
  expect(await evaluate(0, 4)).toEqual([["old/H100", null]]);
  expect(await evaluate(4, 6)).toEqual([["old/H100", 4]]);
  const [row] = await db.all(sql`select rule as "rule", audience as "audience", evidence as "evidence",
    (select count(*) from insight_losses) as "losses" from ${insightFindings}`);
  expect(row).toMatchObject({ rule: "overlap", audience: "admin", losses: 0 });
  expect(JSON.stringify(row)).toContain("15 min of cards held twice within 1 h.");
});
