import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Db, sql } from "@/db/client.ts";
import { engines, isAbsent, sqliteFile, type TestDb } from "@/db/testing.ts";
import { endOwner, startOwner } from "@/lib/sync/lease.ts";
import { CHUNK_SECONDS } from "@/lib/sync/samples/chunk.ts";
import { HOUR, type Interval } from "@/lib/time.ts";
import { type Backfill, insertBackfill, replaceOlder, windowsOf } from "./backfill-store.ts";
import { claimWindows, finishWindow, planWindows, type WindowStatus } from "./window-store.ts";

const T0 = 82_870 * CHUNK_SECONDS;
const hours = (from: number, to: number): Interval => ({ start: T0 + from * HOUR, end: T0 + to * HOUR });

/** Reads a window of each hour of a span for a backfill; they end as `statuses` say, hour by hour, with ten samples each. */
async function read(db: Db, backfill: Backfill, span: Interval, statuses: readonly WindowStatus[]): Promise<void> {
  const list = statuses.map((_, i) => {
    const start = span.start + i * HOUR;
    const of = { clusterId: "c", source: "runai", subject: "cluster/c", stepSeconds: 60, backfillId: backfill.id };
    return { ...of, start, end: start + HOUR };
  });
  await db.write(async (tx) => {
    await replaceOlder(tx, backfill.id, span);
    await planWindows(tx, list, T0);
  });
  const owner = startOwner();
  const claimed = await claimWindows(db, owner, backfill.id, span, T0, 100);
  for (const w of claimed) {
    const status = statuses[(w.start - span.start) / HOUR] as WindowStatus;
    if (status !== "due")
      await db.write((tx) =>
        finishWindow(tx, owner, w, { status, samples: 10, error: "", nextAttemptAt: T0 + HOUR }, T0),
      );
  }
  endOwner(owner);
}

const rowOf = (db: Db, { id }: Backfill) =>
  db.find(sql`select taken_windows as windows, taken_short as short, taken_samples as samples,
    (select count(*) from windows where backfill_id = ${id}) as left from backfills where id = ${id}`);

describe.each(engines)("backfills on $name", (engine) => {
  let store: TestDb;
  let db: Db;
  beforeAll(async () => {
    if (!isAbsent(engine)) store = (await engine.open()) as TestDb;
    db = store?.db;
  });
  afterAll(() => store?.drop());
  const test = it.skipIf(isAbsent(engine));

  test("report what they did after later ones replaced their windows, in parts and twice", async () => {
    const begin = (span: Interval) => db.write((tx) => insertBackfill(tx, span, 60, "test", T0));
    const first = await begin(hours(0, 6));
    await read(db, first, hours(0, 6), ["fetched", "fetched", "no-data", "failed", "partial", "fetched"]);
    expect(await rowOf(db, first)).toEqual({ windows: 0, short: 0, samples: 0, left: 6 });
    const second = await begin(hours(3, 8));
    await read(db, second, hours(3, 8), ["fetched", "fetched", "fetched", "fetched", "due"]);
    expect(await rowOf(db, first)).toEqual({ windows: 3, short: 2, samples: 30, left: 3 });
    const third = await begin(hours(0, 9));
    await read(
      db,
      third,
      hours(0, 9),
      Array.from({ length: 9 }, () => "fetched"),
    );
    expect(await rowOf(db, first)).toEqual({ windows: 6, short: 2, samples: 60, left: 0 });
    // The window that it never read does not count.
    expect(await rowOf(db, second)).toEqual({ windows: 4, short: 0, samples: 40, left: 0 });
    expect(await rowOf(db, third)).toEqual({ windows: 0, short: 0, samples: 0, left: 9 });
  });

  test("leave the windows of a live sync, and those outside of the span, alone", async () => {
    const span = hours(100, 104);
    const live = { clusterId: "c", source: "runai", subject: "pod/p", stepSeconds: 60, backfillId: "live", ...span };
    await db.write((tx) => planWindows(tx, [live], T0));
    const [first, second] = [hours(98, 106), span].map((range) =>
      db.write((tx) => insertBackfill(tx, range, 60, "test", T0)),
    );
    await read(
      db,
      (await first) as Backfill,
      hours(98, 106),
      Array.from({ length: 8 }, () => "fetched" as const),
    );
    await read(db, (await second) as Backfill, span, ["fetched"]);
    expect(await rowOf(db, (await first) as Backfill)).toEqual({ windows: 4, short: 0, samples: 40, left: 4 });
    expect(await db.all(sql`select subject from windows where backfill_id = 'live'`)).toEqual([{ subject: "pod/p" }]);
  });
});

it("finds a backfill's windows of a span by the index", async () => {
  const store = await sqliteFile();
  const plan = await store.db.all<{ detail: string }>(
    sql`explain query plan select status, count(*) from windows where ${windowsOf("b", hours(0, 1))} group by status`,
  );
  expect(plan[0]?.detail).toBe(
    "SEARCH windows USING COVERING INDEX windows_due (backfill_id=? AND status=? AND start_at>? AND start_at<?)",
  );
  await store.drop();
});
