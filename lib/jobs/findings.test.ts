import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { insightCells, insightFindings, insightLosses, meteredBuckets } from "@/db/schema/index.ts";
import { HOUR, type Instant } from "@/lib/time.ts";
import { Random } from "@/simulator/random.ts";
import { smallScenario } from "@/simulator/scenarios/small.ts";
import { evaluateFindings } from "./findings.ts";
import { type LiveTest, startLive } from "./testing-live.ts";

const FINDINGS = sql`select f.id as "id", f.opened_at as "openedAt", f.since_at as "sinceAt",
  f.last_seen_at as "lastSeenAt", f.ended_at as "endedAt", f.episodes as "episodes", f.evidence as "evidence",
  f.now_milli as "nowMilli", f.points as "points",
  (select cast(coalesce(sum(l.milli), 0) as bigint) from ${insightLosses} l where l.finding_key = f.key) as "lostMilli"
  from ${insightFindings} f where f.workload_key <> 0 order by f.id`;
const ALL = sql`select f.id as "id", f.episodes as "episodes", f.evidence as "evidence", f.since_at as "sinceAt",
  (select cast(coalesce(sum(l.milli), 0) as bigint) from ${insightLosses} l where l.finding_key = f.key) as "lostMilli"
  from ${insightFindings} f order by f.id`;
const TABLES = ["findings", "losses", "cells", "subjects", "buckets"];

describe("findings of a live cluster", () => {
  const scenario = smallScenario({ seed: 11, hours: 12 });
  let test: LiveTest;
  let live: unknown[];
  let whole: unknown[];

  const forget = () =>
    test.ledger.ctx.db.write(async (tx) => {
      for (const table of TABLES) await tx.run(sql`delete from ${sql.raw(`insight_${table}`)}`);
    });
  const evaluate = (horizon: Instant) => evaluateFindings({ ...test.ledger, horizon: () => horizon });
  const read = (query: typeof ALL) => test.ledger.ctx.db.all<{ id: string }>(query);

  beforeAll(async () => {
    test = await startLive(scenario, { prometheus: true, from: scenario.range.start + HOUR });
    await test.live(scenario.range.end + 40 * 60);
    live = await read(FINDINGS);
    await forget();
    await evaluate(test.ledger.horizon());
    whole = await read(ALL);
  });
  afterAll(() => test.close());

  it("are those of one evaluation of the whole time", async () => {
    expect(await read(FINDINGS)).toEqual(live);
    const rules = new Set((await read(ALL)).map((f) => f.id.replace(/-[0-9a-f]{12}$/, "")));
    expect([...rules].sort()).toEqual([
      "allocated-unused",
      "dead-idle",
      "hung",
      "idle-held",
      "one-card-of-many",
      "starting-too-long",
      "unallocated",
    ]);
  });

  it.each([1, 2, 3])("are the same in any parts (%i)", async (seed) => {
    await forget();
    const rng = new Random(seed);
    const end = test.ledger.horizon();
    for (let at = scenario.range.start; at < end; at += rng.int(300, 3 * HOUR)) await evaluate(at);
    await evaluate(end);
    expect(await read(ALL)).toEqual(whole);
  });

  it("are the same when earlier time is metered later", async () => {
    await forget();
    const { db } = test.ledger.ctx;
    const rows = await db.all<typeof meteredBuckets.$inferSelect>(
      sql`select cluster_id as "clusterId", bucket_at as "bucketAt", revision as "revision" from ${meteredBuckets}`,
    );
    await db.write((tx) => tx.run(sql`delete from ${meteredBuckets}`));
    for (const part of [rows.slice(8), rows.slice(4, 8), rows.slice(0, 4)]) {
      await db.write((tx) => tx.insert(meteredBuckets, part));
      await evaluate(test.ledger.horizon());
    }
    expect(await read(ALL)).toEqual(whole);
  });

  it("end with the rule that found them, and are the same once it judges again", async () => {
    const { db } = test.ledger.ctx;
    const open = async () => {
      const rows = await db.all<{ rule: string }>(
        sql`select distinct rule as "rule" from ${insightFindings} where ended_at is null order by rule`,
      );
      return rows.map((r) => r.rule);
    };
    await forget();
    await evaluate(scenario.range.start + 6.5 * HOUR);
    const found = await open();
    expect(found).toEqual(["allocated-unused", "dead-idle", "hung", "idle-held"]);
    const off = { ...test.ledger.env, FINDING_RULES: found.map((rule) => `${rule}=off`).join() };
    await evaluateFindings({ ...test.ledger, env: off, horizon: () => scenario.range.start + 6.5 * HOUR });
    expect(await open()).toEqual([]);
    await forget();
    await evaluate(test.ledger.horizon());
    expect(await read(ALL)).toEqual(whole);
  });

  it("are not changed by evaluating again, and found again where their cells are lost", async () => {
    const { db } = test.ledger.ctx;
    expect(await evaluate(test.ledger.horizon())).toBe(0);
    await db.write(async (tx) => {
      await tx.run(sql`delete from ${insightCells}`);
      await tx.run(sql`update ${meteredBuckets} set revision = revision + 1`);
    });
    expect(await evaluate(test.ledger.horizon())).toBeGreaterThan(10);
    expect(await read(ALL)).toEqual(whole);
  });
});
