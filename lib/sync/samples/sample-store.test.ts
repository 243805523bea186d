import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Db, sql } from "@/db/client.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import type { Series } from "@/lib/sources/source.ts";
import { endOwner, startOwner } from "@/lib/sync/lease.ts";
import type { SourceWindow } from "@/lib/sync/windows/window.ts";
import { claimWindows, finishWindow, planWindows } from "@/lib/sync/windows/window-store.ts";
import { runs } from "@/lib/testing-runs.ts";
import { HOUR } from "@/lib/time.ts";
import { CHUNK_SECONDS, decodeChunk } from "./chunk.ts";
import { pruneSamples, reopenPruned } from "./retention-store.ts";
import { SeriesKeys, saveSamples } from "./sample-store.ts";

const T0 = 82_870 * CHUNK_SECONDS;
const windowOf = (backfillId: string, subject: string, start: number): Omit<SourceWindow, "attempts"> => {
  return { clusterId: "c", source: "runai", stepSeconds: 60, backfillId, subject, start, end: start + HOUR };
};
const DONE = { samples: 1, error: "", nextAttemptAt: 0 };

const plan = (db: Db, list: readonly Omit<SourceWindow, "attempts">[]) => db.write((tx) => planWindows(tx, list, T0));

describe.each(engines)("samples on $name", (engine) => {
  let store: TestDb;
  let db: Db;
  let count = 0;
  const fresh = () => `b${++count}`;
  beforeAll(async () => {
    if (isAbsent(engine)) return;
    store = (await engine.open()) as TestDb;
    db = store.db;
  });
  afterAll(() => store?.drop());
  const many = engine.name === "sqlite" ? 200 : 25;
  const test = it.skipIf(isAbsent(engine));

  const points = fc
    .uniqueArray(
      fc.record({ at: fc.integer({ min: 0, max: 3 * 720 - 1 }), value: fc.integer({ min: 0, max: 10_000 }) }),
      {
        selector: (p) => p.at,
        minLength: 1,
        maxLength: 60,
      },
    )
    .map((list) => list.map((p) => ({ at: T0 + p.at * 30, value: p.value / 100 })).sort((a, b) => a.at - b.at));

  test("a coarser reading over finer samples changes no silence, and fills what was not read", async () => {
    const at = (from: number, to: number, step: number) =>
      Array.from({ length: (to - from) / step }, (_, i) => T0 + from + i * step);
    const one = (list: number[]): Series => ({
      ...{ clusterId: "c", subjectKind: "pod", subjectId: fresh(), gpu: "", metric: "gpu_utilisation_percent" },
      ...{ at: list, value: list.map(() => 50) },
    });
    // A silence of 45 s, and an hour that was not read.
    const live = one([...at(0, 600, 15), ...at(645, 1200, 15), ...at(4800, 5400, 15)]);
    const keys = new SeriesKeys();
    await db.write((tx) => saveSamples(tx, keys, [live], 15));
    await db.write((tx) =>
      saveSamples(tx, keys, [{ ...live, at: at(0, 5400, 60), value: at(0, 5400, 60).map(() => 50) }], 60),
    );
    const [chunk] = await db.all<{ step: number; bytes: Uint8Array }>(sql`select c.step_seconds as step, c.bytes
      from chunks c join series s on s.key = c.series_key where s.subject_id = ${live.subjectId}`);
    const instants = decodeChunk(chunk?.bytes as Uint8Array).at.map((t) => t - T0);
    expect(chunk?.step).toBe(15);
    expect(instants.filter((t) => t > 585 && t < 645)).toEqual([]);
    expect(instants.filter((t) => t >= 1260 && t < 4800).length).toBe((4800 - 1260) / 15);
  });

  test("finer and coarser readings over two spans are the same in both orders, and their instants ascend", async () => {
    const border = T0 + CHUNK_SECONDS;
    const grid = (from: number, to: number, step: number) =>
      Array.from({ length: Math.floor((to - from) / step) }, (_, i) => border + from + i * step);
    const read = (subjectId: string, at: number[], value: number): Series => ({
      ...{ clusterId: "c", subjectKind: "pod", subjectId, gpu: "", metric: "gpu_utilisation_percent" },
      ...{ at, value: at.map(() => value) },
    });
    const stored = async (subjectId: string) => {
      const rows = await db.all<{
        startAt: number;
        step: number;
        bytes: Uint8Array;
      }>(sql`select c.start_at as "startAt",
        c.step_seconds as "step", c.bytes from chunks c join series s on s.key = c.series_key
        where s.subject_id = ${subjectId} order by c.start_at`);
      return rows.map((r) => ({ startAt: r.startAt, step: r.step, ...decodeChunk(r.bytes) }));
    };
    const minute = fc.integer({ min: -60, max: 60 });
    const silence = fc.record({ at: minute, length: fc.integer({ min: 1, max: 8 }) });
    await fc.assert(
      fc.asyncProperty(minute, minute, fc.array(silence, { maxLength: 4 }), async (a, b, silences) => {
        const isSilent = (t: number) =>
          silences.some((s) => t >= border + s.at * 60 && t < border + s.at * 60 + s.length * 15);
        const live = grid(Math.min(a, b) * 60, Math.max(a, b) * 60 + 120, 15).filter((t) => !isSilent(t));
        const backfill = grid(-5400, 5400, 60);
        const [first, second] = [fresh(), fresh()];
        const save = (id: string, at: number[], value: number, step: number) =>
          db.write((tx) => saveSamples(tx, new SeriesKeys(), [read(id, at, value)], step));
        await save(first, live, 1, 15);
        await save(first, backfill, 2, 60);
        await save(second, backfill, 2, 60);
        await save(second, live, 1, 15);
        const chunks = await stored(first);
        const proven = chunks.every((c) => {
          const own = live.filter((t) => t >= c.startAt && t < c.startAt + CHUNK_SECONDS);
          return own.length === 0 || own.length >= 8;
        });
        if (proven) expect(await stored(second)).toEqual(chunks);
        for (const list of [chunks, await stored(second)]) {
          const all = list.flatMap((c) => c.at);
          expect(all.every((t, i) => i === 0 || t > (all[i - 1] as number))).toBe(true);
        }
      }),
      runs(many, 33),
    );
  });

  test("samples saved in any split and order are the same chunks", async () => {
    const series = (subjectId: string, list: readonly { at: number; value: number }[]): Series => {
      const key = {
        clusterId: "c",
        subjectKind: "pod" as const,
        subjectId,
        gpu: "",
        metric: "gpu_utilisation_percent",
      };
      return { ...key, at: list.map((p) => p.at), value: list.map((p) => p.value) };
    };
    const stored = async (subjectId: string) => {
      const rows = await db.all<{
        startAt: number;
        count: number;
        bytes: Uint8Array;
      }>(sql`select c.start_at as "startAt", c.count, c.bytes
        from chunks c join series s on s.key = c.series_key where s.subject_id = ${subjectId} order by c.start_at`);
      return rows.map((r) => ({ startAt: r.startAt, count: r.count, ...decodeChunk(r.bytes) }));
    };
    await fc.assert(
      fc.asyncProperty(
        points,
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 60, maxLength: 60 }),
        fc.boolean(),
        async (list, part, backwards) => {
          const [whole, split] = [fresh(), fresh()];
          const keys = new SeriesKeys();
          await db.write((tx) => saveSamples(tx, keys, [series(whole, list)], 30));
          const parts = [0, 1, 2, 3].map((n) => list.filter((_, i) => part[i] === n));
          // A part twice: a reading that is repeated changes nothing.
          for (const p of [...(backwards ? parts.reverse() : parts), parts[0] ?? []])
            await db.write((tx) => saveSamples(tx, new SeriesKeys(), [series(split, p)], 30));
          const chunks = await stored(whole);
          expect(await stored(split)).toEqual(chunks);
          expect(chunks.flatMap((c) => c.at)).toEqual(list.map((p) => p.at));
          expect(chunks.flatMap((c) => c.value)).toEqual(list.map((p) => p.value));
          for (const c of chunks) expect(c.at.every((t) => t >= c.startAt && t < c.startAt + CHUNK_SECONDS)).toBe(true);
        },
      ),
      runs(many, 32),
    );
  });

  test("a transaction that is lost leaves no key behind that another series will have", async () => {
    const keys = new SeriesKeys();
    const one = (subjectId: string): Series => {
      const key = { clusterId: "c", subjectKind: "pod" as const, subjectId, gpu: "", metric: "cpu_cores" };
      return { ...key, at: [T0], value: [1] };
    };
    const [lost, next] = [fresh(), fresh()];
    const failing = db.write(async (tx) => {
      await saveSamples(tx, keys, [one(lost)], 30);
      throw new Error("disk full");
    });
    await expect(failing).rejects.toThrow("disk full");
    keys.forget();
    await db.write((tx) => saveSamples(tx, keys, [one(next)], 30));
    await db.write((tx) => saveSamples(tx, keys, [one(lost)], 30));
    const rows =
      await db.all(sql`select s.subject_id as id, count(*) as n from chunks c join series s on s.key = c.series_key
      where s.subject_id in (${lost}, ${next}) group by s.subject_id order by s.subject_id`);
    expect(rows).toEqual([lost, next].sort().map((id) => ({ id, n: 1 })));
  });

  test("pruned spans open again only when all of them was read again and the source had something", async () => {
    const id = fresh();
    const start = T0 + 1000 * CHUNK_SECONDS;
    const read = { start, end: start + 2 * CHUNK_SECONDS };
    await db.write((tx) =>
      tx.run(sql`insert into pruned_spans (start_at, pruned_at) values (${start}, 1), (${start + CHUNK_SECONDS}, 1)`),
    );
    const parts = [0, 1, 2, 3].map((n) => ({
      ...windowOf(id, "pod/x", start + (n * CHUNK_SECONDS) / 2),
      end: start + ((n + 1) * CHUNK_SECONDS) / 2,
    }));
    await plan(db, parts);
    const owner = startOwner();
    const claimed = await claimWindows(db, owner, id, read, T0, 10);
    const finish = (n: number, status: "fetched" | "failed" | "no-data", samples: number) =>
      db.write((tx) =>
        finishWindow(
          tx,
          owner,
          claimed.find((c) => c.start === parts[n]?.start) as SourceWindow,
          { ...DONE, status, samples },
          T0,
        ),
      );
    const reopen = () => reopenPruned(db, id, { read, meter: read, marginSeconds: 600, bucketSeconds: HOUR });
    await finish(0, "fetched", 10);
    expect(await reopen()).toEqual([start + CHUNK_SECONDS, start]);
    await finish(1, "no-data", 0);
    await finish(2, "no-data", 0);
    await finish(3, "no-data", 0);
    expect(await reopen()).toEqual([start + CHUNK_SECONDS]);
    const due = await db.all<{ at: number }>(
      sql`select bucket_at as at from due_buckets where bucket_at >= ${start} order by bucket_at`,
    );
    expect(due.map((d) => (d.at - start) / HOUR)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    endOwner(owner);
  });

  test("pruning removes whole spans that have ended, and leaves the kept ones", async () => {
    const keys = new SeriesKeys();
    const subjectId = fresh();
    const start = T0 - 5000 * CHUNK_SECONDS;
    const at = [0, 1, 2, 3].map((n) => start + n * CHUNK_SECONDS + 60);
    const key = { clusterId: "c", subjectKind: "pod" as const, subjectId, gpu: "", metric: "cpu_cores" };
    await db.write((tx) => saveSamples(tx, keys, [{ ...key, at, value: at.map(() => 1) }], 60));
    const left = async () =>
      (
        await db.all<{ at: number }>(
          sql`select start_at as at from chunks where start_at <= ${at[3]} order by start_at`,
        )
      ).map((r) => (r.at - start) / CHUNK_SECONDS);
    const keep = [{ start: start + CHUNK_SECONDS + 5, end: start + CHUNK_SECONDS + 6 }];
    expect(await pruneSamples(db, start + 3 * CHUNK_SECONDS + 1, T0, keep)).toBe(2);
    expect(await left()).toEqual([1, 3]);
    expect(await pruneSamples(db, start + 3 * CHUNK_SECONDS + 1, T0, [])).toBe(1);
    expect(await left()).toEqual([3]);
  });
});
