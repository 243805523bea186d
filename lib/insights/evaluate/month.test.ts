import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Db, sql } from "@/db/client.ts";
import { openSqlite } from "@/db/sqlite.ts";
import { DAY, HOUR } from "@/lib/time.ts";
import { Random } from "@/simulator/random.ts";
import { evaluateAll, stored } from "./testing-evaluate.ts";
import { seedFleet } from "./testing-fleet.ts";

const START = Date.UTC(2026, 9, 1) / 1000;
/** One workload that idles all month, one that idles every night, two that work. */
const FLEET = { workloads: 4, start: START, end: START + 31 * DAY, step: 300 };

describe("the findings of a month", () => {
  let db: Db;
  let whole: unknown[][];
  const forget = () =>
    db.write(async (tx) => {
      for (const table of ["findings", "losses", "cells", "subjects", "buckets"])
        await tx.run(sql`delete from ${sql.raw(`insight_${table}`)}`);
    });
  beforeAll(async () => {
    db = await openSqlite(":memory:");
    await seedFleet(db, FLEET);
    await evaluateAll(db, FLEET);
    whole = await stored(db);
  });
  afterAll(() => db.close());

  it("are one for each problem, with an episode for each night", () => {
    const found = (whole[0] ?? []) as { id: string; episodes: string }[];
    const episodes = found.filter((f) => f.id.startsWith("idle-held-")).map((f) => JSON.parse(f.episodes).length);
    expect(episodes.sort((a, b) => a - b)).toEqual([1, 31]);
  });

  it.each([1, 2, 3, 4])("are the same in any parts (%i)", async (seed) => {
    await forget();
    const rng = new Random(seed);
    for (let at = START; at < FLEET.end; at += rng.int(HOUR / 4, 3 * DAY)) await evaluateAll(db, FLEET, at);
    await evaluateAll(db, FLEET);
    expect(await stored(db)).toEqual(whole);
  });
});
