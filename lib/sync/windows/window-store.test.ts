import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Db, sql } from "@/db/client.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { endOwner, isLeased, LEASE_SECONDS, startOwner, takeLease, withLease } from "@/lib/sync/lease.ts";
import { CHUNK_SECONDS } from "@/lib/sync/samples/chunk.ts";
import { runs } from "@/lib/testing-runs.ts";
import { HOUR, type Instant } from "@/lib/time.ts";
import { dropGapsAfterEnd, listGaps, recordGaps, settleGaps } from "./gap-store.ts";
import type { SourceWindow } from "./window.ts";
import {
  claimRetries,
  claimWindows,
  finishWindow,
  planWindows,
  releaseWindows,
  rememberWindows,
  renewWindows,
} from "./window-store.ts";

const T0 = 82_870 * CHUNK_SECONDS;
const base = { clusterId: "c", source: "runai", stepSeconds: 60 };
const windowOf = (backfillId: string, subject: string, start = T0): Omit<SourceWindow, "attempts"> => {
  return { ...base, backfillId, subject, start, end: start + HOUR };
};
const DONE = { samples: 1, error: "", nextAttemptAt: 0 };

const plan = (db: Db, list: readonly Omit<SourceWindow, "attempts">[]) => db.write((tx) => planWindows(tx, list, T0));

describe.each(engines)("windows, leases and gaps on $name", (engine) => {
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

  type Step = {
    readonly act: "claim" | "finish" | "crash" | "release" | "renew" | "wait";
    readonly who: number;
    readonly n: number;
  };
  const steps = fc.array(
    fc.record({
      act: fc.constantFrom<Step["act"]>("claim", "claim", "finish", "crash", "release", "renew", "wait"),
      who: fc.integer({ min: 0, max: 2 }),
      n: fc.integer({ min: 1, max: 6 }),
    }),
    { minLength: 5, maxLength: 30 },
  );

  test("no window is ever claimed while a living owner holds it, in any interleaving; and none is lost", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (list) => {
        const id = fresh();
        const start = T0 + count * 100 * HOUR;
        const all = { start, end: start + 1 };
        await plan(
          db,
          Array.from({ length: 10 }, (_, i) => windowOf(id, `workload/${i}`, start)),
        );
        const owners = [startOwner(), startOwner(), startOwner()];
        const held = new Map<string, { owner: string; until: Instant; window: SourceWindow }>();
        let now = T0;
        const alive = new Set(owners);
        const mine = (owner: string) => [...held.values()].filter((h) => h.owner === owner).map((h) => h.window);
        for (const { act, who, n } of list) {
          const owner = owners[who] as string;
          if (act === "wait") now += n * 25;
          if (act === "claim") {
            for (const window of await claimWindows(db, owner, id, all, now, n)) {
              const before = held.get(window.subject);
              const isHeld = before && before.until > now && alive.has(before.owner);
              expect(isHeld).toBeFalsy();
              held.set(window.subject, { owner, until: now + LEASE_SECONDS, window });
            }
          }
          if (act === "renew") {
            await renewWindows(db, owner, mine(owner), now);
            for (const [key, h] of held) if (h.owner === owner) held.set(key, { ...h, until: now + LEASE_SECONDS });
          }
          if (act === "finish")
            for (const window of mine(owner).slice(0, n)) {
              await db.write((tx) => finishWindow(tx, owner, window, { ...DONE, status: "fetched" }, now));
              held.delete(window.subject);
            }
          if (act === "release") {
            await db.write((tx) => releaseWindows(tx, owner, now));
            for (const window of mine(owner)) held.delete(window.subject);
          }
          if (act === "crash") {
            endOwner(owner);
            alive.delete(owner);
            owners[who] = startOwner();
            alive.add(owners[who] as string);
          }
        }
        for (const owner of owners) endOwner(owner);
        const last = startOwner();
        const rest = await claimWindows(db, last, id, all, now, 100);
        const left = await db.all(sql`select subject from windows where backfill_id = ${id} and status <> 'fetched'`);
        expect(rest.length).toBe(left.length);
        for (const window of rest)
          await db.write((tx) => finishWindow(tx, last, window, { ...DONE, status: "fetched" }, now));
        endOwner(last);
      }),
      runs(many, 31),
    );
  });

  test("a claim that was lost to another writes nothing when it ends", async () => {
    const id = fresh();
    await plan(db, [windowOf(id, "pod/lost")]);
    const within = { start: T0, end: T0 + 1 };
    const [slow, quick] = [startOwner(), startOwner()];
    const [window] = await claimWindows(db, slow, id, within, T0, 1);
    expect(await claimWindows(db, quick, id, within, T0 + LEASE_SECONDS - 1, 1)).toEqual([]);
    expect(await claimWindows(db, quick, id, within, T0 + LEASE_SECONDS, 1)).toHaveLength(1);
    await db.write((tx) =>
      finishWindow(tx, slow, window as SourceWindow, { ...DONE, status: "failed" }, T0 + LEASE_SECONDS),
    );
    const row = await db.find(sql`select status, owner, attempts from windows where backfill_id = ${id}`);
    expect(row).toEqual({ status: "leased", owner: quick, attempts: 0 });
    // Releasing one piece of work leaves the other's claims alone.
    await db.write((tx) => releaseWindows(tx, slow, T0));
    expect(await db.find(sql`select owner from windows where backfill_id = ${id}`)).toEqual({ owner: quick });
  });

  test("what a live reading lacked is asked for when its pause is over, also after the process that asked has died", async () => {
    const id = "live";
    const start = T0 + 5_000_000;
    const w = { ...windowOf(id, "pod/late", start), error: "no data" };
    await db.write((tx) => rememberWindows(tx, [w], start + 60, start));
    await db.write((tx) => rememberWindows(tx, [{ ...w, end: w.end + 60 }], start + 600, start + 60));
    // What another reading lacked of the same hour takes nothing of it away.
    await db.write((tx) => rememberWindows(tx, [{ ...w, end: w.end - 60 }], start + 600, start + 60));
    const owner = startOwner();
    expect(await claimRetries(db, owner, { unread: start, noData: start }, start + 59, 10)).toEqual([]);
    const [claimed] = await claimRetries(db, owner, { unread: start, noData: start }, start + 60, 10);
    expect(claimed).toMatchObject({ subject: "pod/late", end: w.end + 60, attempts: 1 });
    const other = startOwner();
    expect(await claimRetries(db, other, { unread: start, noData: start }, start + 61, 10)).toEqual([]);
    endOwner(owner);
    expect(await claimRetries(db, other, { unread: start, noData: start }, start + 61, 10)).toHaveLength(1);
    await db.write((tx) => releaseWindows(tx, other, start + 61));
    expect(await claimRetries(db, other, { unread: start, noData: start }, start + 61, 10)).toHaveLength(1);
    await db.write((tx) =>
      finishWindow(tx, other, claimed as SourceWindow, { ...DONE, status: "fetched" }, start + 62),
    );
    expect(await claimRetries(db, other, { unread: start, noData: start }, start + 1e6, 10)).toEqual([]);
  });

  test("a lease is one live owner's, in the same process too; freed by its end, its release or its time", async () => {
    const name = fresh();
    const [a, b] = [startOwner(), startOwner()];
    expect(await takeLease(db, name, a, T0)).toBe(true);
    expect(await takeLease(db, name, b, T0)).toBe(false);
    expect(await takeLease(db, name, a, T0 + 60)).toBe(true);
    expect(await isLeased(db, name, T0 + 60 + LEASE_SECONDS - 1)).toBe(true);
    expect(await takeLease(db, name, b, T0 + 60 + LEASE_SECONDS)).toBe(true);
    endOwner(b);
    expect(await isLeased(db, name, T0 + 60 + LEASE_SECONDS)).toBe(false);
    const now = () => T0 + 300;
    const inner = await withLease(db, name, now, () => withLease(db, name, now, async () => "both"));
    expect(inner).toBeNull();
    await expect(withLease(db, name, now, () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
    expect(await withLease(db, name, now, async () => "free again")).toBe("free again");
  });

  test("a window's gaps are recorded, healed in part, confirmed when asking fails again, settled, and dropped after the end", async () => {
    const w = windowOf("g", "workload/gappy", T0 + 100 * HOUR);
    const at = (minutes: number) => w.start + minutes * 60;
    const record = (within: [number, number], found: [number, number][], failedAgain: string | null = null) =>
      db.write((tx) =>
        recordGaps(
          tx,
          w,
          {
            within: { start: at(within[0]), end: at(within[1]) },
            found: found.map(([a, b]) => ({ subject: w.subject, start: at(a), end: at(b), cause: "x".repeat(600) })),
            failedAgain,
            attempts: 1,
            nextRetryAt: at(100),
          },
          at(90),
        ),
      );
    const rows = async () =>
      (await listGaps(db, { limit: 100, within: w }))
        .map((g) => [g.status, (g.start - w.start) / 60, (g.end - w.start) / 60])
        .sort((a, b) => Number(a[1]) - Number(b[1]));
    await record([0, 60], [[10, 50]]);
    await record([20, 30], []);
    expect(await rows()).toEqual([
      ["open", 10, 20],
      ["healed", 20, 30],
      ["open", 30, 50],
    ]);
    await record([0, 60], [[0, 60]], "refused");
    expect(await rows()).toEqual([
      ["open", 10, 20],
      ["healed", 20, 30],
      ["open", 30, 50],
    ]);
    expect((await listGaps(db, { status: "open", limit: 9, within: w })).map((g) => g.cause)).toEqual([
      "refused",
      "refused",
    ]);
    await db.write((tx) => settleGaps(tx, at(21)));
    expect((await rows())[0]).toEqual(["known", 10, 20]);
    await record([0, 15], []);
    expect((await rows()).slice(0, 2)).toEqual([
      ["healed", 10, 15],
      ["known", 15, 20],
    ]);
    await db.write(async (tx) => {
      await tx.run(sql`insert into workloads (key, cluster_id, id, name, type, category, namespace, project_key, submitted_by, phase, priority_class, node_pool, created_at, images, first_seen_at, last_seen_at)
        values (987654, 'c', 'gappy', 'g', '', '', '', 0, '', '', '', '', 1, '[]', 1, 1)`);
      await tx.run(sql`insert into pods (cluster_id, id, workload_key, name, node, node_pool, phase, created_at, started_at, ended_at, last_seen_at)
        values ('c', 'p', 987654, 'p', '', '', '', 1, 2, ${at(40)}, 1)`);
      await dropGapsAfterEnd(tx);
    });
    expect((await rows()).at(-1)).toEqual(["open", 30, 40]);
  });
});
