import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Db, sql } from "@/db/client.ts";
import { chunks } from "@/db/schema/index.ts";
import { openSqlite } from "@/db/sqlite.ts";
import { CHUNK_SECONDS, decodeChunk, encodeChunk } from "@/lib/sync/samples/chunk.ts";
import { runs } from "@/lib/testing-runs.ts";
import { HOUR } from "@/lib/time.ts";
import { evaluateAll, stored } from "./testing-evaluate.ts";
import { seedFleet } from "./testing-fleet.ts";

const START = Date.UTC(2026, 10, 2) / 1000;
/** Of twenty-two workloads two idle and two idle at night: until seven. */
const FLEET = { workloads: 22, start: START, end: START + 18 * HOUR, step: 300 };

let db: Db;
let whole: unknown[][];
let samples: readonly { startAt: number; seriesKey: number; bytes: Uint8Array }[];

beforeAll(async () => {
  db = await openSqlite(":memory:");
  await seedFleet(db, FLEET);
  samples = await db.all(
    sql`select start_at as "startAt", series_key as "seriesKey", bytes as "bytes" from ${chunks} order by 1, 2`,
  );
  await evaluateAll(db, FLEET);
  whole = await stored(db);
});
afterAll(() => db.close());

/** Counts that the buckets of a time were metered again. */
const meterAgain = (from: number, to: number) =>
  db.write((tx) =>
    tx.run(
      sql`update metered_buckets set revision = revision + 1 where bucket_at > ${from - HOUR} and bucket_at <= ${to}`,
    ),
  );

/** Writes the samples of a series in one chunk, without those of a time: they come late. */
async function withhold(index: number, from: number, to: number): Promise<void> {
  const chunk = samples[index % samples.length] as (typeof samples)[number];
  const { at, value } = decodeChunk(chunk.bytes);
  const keep = at.flatMap((t, i) => (t >= from && t < to ? [] : [i]));
  const bytes = encodeChunk({ at: keep.map((i) => at[i] as number), value: keep.map((i) => value[i] as number) });
  await db.write((tx) =>
    tx.run(
      sql`update chunks set bytes = ${bytes} where start_at = ${chunk.startAt} and series_key = ${chunk.seriesKey}`,
    ),
  );
}

async function arrive(index: number): Promise<void> {
  const chunk = samples[index % samples.length] as (typeof samples)[number];
  await db.write((tx) =>
    tx.run(
      sql`update chunks set bytes = ${chunk.bytes} where start_at = ${chunk.startAt} and series_key = ${chunk.seriesKey}`,
    ),
  );
  await meterAgain(chunk.startAt - HOUR, chunk.startAt + CHUNK_SECONDS);
}

/** A store that fails when it is written to for the n-th time, before or after the transaction: as a process that is killed there. */
function failing(at: number, isAfter: boolean): Db {
  let writes = 0;
  return {
    dialect: db.dialect,
    all: db.all.bind(db),
    find: db.find.bind(db),
    close: () => db.close(),
    write: async (body) => {
      const fails = ++writes === at;
      if (fails && !isAfter) throw new Error("killed");
      const result = await db.write(body);
      if (fails) throw new Error("killed");
      return result;
    },
  };
}

const late = fc.record({
  index: fc.nat(1_000_000),
  from: fc.integer({ min: 0, max: FLEET.end - START }),
  length: fc.integer({ min: 300, max: CHUNK_SECONDS }),
  /** The tick before which it comes. */
  comes: fc.nat(60),
});
const ticks = fc.array(
  fc.record({
    minutes: fc.oneof(
      { weight: 12, arbitrary: fc.integer({ min: 3, max: 16 }) },
      { weight: 1, arbitrary: fc.integer({ min: 17, max: 150 }) },
    ),
    /** Hours back that are metered again; 0: only the newest. */
    again: fc.oneof(
      { weight: 12, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 18 }) },
    ),
    killed: fc.option(fc.record({ at: fc.integer({ min: 1, max: 3 }), isAfter: fc.boolean() }), {
      freq: 10,
      nil: null,
    }),
  }),
  { minLength: 30, maxLength: 80 },
);

it("of any length, with restarts, late samples and time that is metered again, give the findings of a whole evaluation", async () => {
  expect(whole[0]?.length).toBeGreaterThanOrEqual(4);
  await fc.assert(
    fc.asyncProperty(ticks, fc.array(late, { maxLength: 6 }), async (list, withheld) => {
      for (const table of ["findings", "losses", "cells", "subjects", "buckets"])
        await db.write((tx) => tx.run(sql`delete from ${sql.raw(`insight_${table}`)}`));
      for (const { index, from, length } of withheld) await withhold(index, START + from, START + from + length);
      let now = START + HOUR;
      for (const [i, tick] of list.entries()) {
        now = Math.min(now + 60 * tick.minutes, FLEET.end);
        for (const one of withheld) if (one.comes === i) await arrive(one.index);
        await meterAgain(now - tick.again * HOUR, now);
        const store = tick.killed ? failing(tick.killed.at, tick.killed.isAfter) : db;
        await evaluateAll(store, FLEET, now, true).catch((error) => expect(String(error)).toContain("killed"));
      }
      for (const one of withheld) await arrive(one.index);
      await evaluateAll(db, FLEET);
      expect(await stored(db)).toEqual(whole);
    }),
    runs(6),
  );
}, 120_000);
