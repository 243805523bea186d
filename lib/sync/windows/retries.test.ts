import { afterAll, beforeAll, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { windows } from "@/db/schema/index.ts";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import { OPEN_END } from "@/lib/sync/facts/running-episodes.ts";
import { endOwner, startOwner } from "@/lib/sync/lease.ts";
import { CHUNK_SECONDS } from "@/lib/sync/samples/chunk.ts";
import { DAY, HOUR } from "@/lib/time.ts";
import { claimRetries, releaseWindows, restWindows, retriesDue, type WindowStatus } from "./window-store.ts";

const T0 = 82_870 * CHUNK_SECONDS;
let store: TestDb;
beforeAll(async () => {
  store = await sqliteFile();
});
afterAll(() => store.drop());

const row = (subject: string, status: WindowStatus, start: number, nextAttemptAt: number) => ({
  ...{ clusterId: "c", source: "runai", subject, startAt: start, endAt: start + HOUR, stepSeconds: 60 },
  ...{ backfillId: "b", status, owner: "", leaseUntil: 0, attempts: 1, nextAttemptAt, samples: 0, error: "" },
  updatedAt: T0,
});

it("finds what is to be retried by an index that holds all conditions and the order", async () => {
  const plan = await store.db.all<{ detail: string }>(
    sql`explain query plan ${retriesDue("failed", T0 - DAY, T0, 40)}`,
  );
  expect(plan.map((p) => p.detail)).toEqual([
    "SEARCH windows USING INDEX windows_retry (status=? AND next_attempt_at<?)",
  ]);
});

it("takes those that waited longest first, whatever their status, and lets those past the source's retention rest", async () => {
  const many = Array.from({ length: 3000 }, (_, i) => row(`pod/${i}`, "fetched", T0, 0));
  await store.db.write((tx) =>
    tx.insert(windows, [
      ...many,
      row("a", "failed", T0, T0 + 30),
      row("b", "no-data", T0, T0 + 10),
      row("c", "partial", T0, T0 + 20),
      row("d", "failed", T0 - 15 * DAY, T0 + 40),
      row("later", "failed", T0, T0 + 5000),
      row("empty", "no-data", T0 - 15 * DAY, T0 + 5),
      row("old", "partial", T0 - 40 * DAY, T0 + 5),
      row("older", "failed", T0 - 50 * DAY, T0 + 5),
    ]),
  );
  const now = T0 + 60;
  const since = { unread: now - 30 * DAY, noData: now - 14 * DAY };
  const claim = async (limit: number) => {
    const owner = startOwner();
    const list = await claimRetries(store.db, owner, since, now, limit);
    await store.db.write((tx) => releaseWindows(tx, owner, now));
    endOwner(owner);
    return list.map((w) => w.subject);
  };
  expect(await claim(2)).toEqual(["b", "c"]);
  expect(await store.db.write((tx) => restWindows(tx, since, now))).toBe(3);
  expect(await store.db.write((tx) => restWindows(tx, since, now))).toBe(0);
  const resting = await store.db.all(
    sql`select subject, status from windows where next_attempt_at = ${OPEN_END} order by subject`,
  );
  expect(resting).toEqual([
    { subject: "empty", status: "no-data" },
    { subject: "old", status: "partial" },
    { subject: "older", status: "failed" },
  ]);
  expect((await claim(10)).sort()).toEqual(["a", "b", "c", "d"]);
});
