import { expect, it } from "vitest";
import { type Db, sql } from "@/db/client.ts";
import { sqliteFile } from "@/db/testing.ts";
import type { ClusterFact } from "@/lib/sources/source.ts";
import { endClusters, listLiveClusters } from "./cluster-store.ts";
import { saveClusters } from "./inventory-store.ts";

const fact = { id: "c1", name: "east", version: null, state: "Connected", lastLivenessAt: null } as const;
const seen = (db: Db, at: number) =>
  db.write((tx) => saveClusters(tx, "runai", [{ ...fact, createdAt: null, deletedAt: null } as ClusterFact], at));
const missed = (db: Db, at: number) => db.write((tx) => endClusters(tx, ["c1"], at));

it("a cluster without nodes ends with the second list in a row that lacks it, when it was last seen", async () => {
  const { db, drop } = await sqliteFile();
  await seen(db, 100);
  expect(await missed(db, 200)).toEqual([]);
  expect(await listLiveClusters(db)).toHaveLength(1);
  // It was one odd list.
  await seen(db, 300);
  expect(await missed(db, 400)).toEqual([]);
  // A run that began earlier, and ends later, is no second look.
  expect(await missed(db, 400)).toEqual([]);
  expect(await missed(db, 500)).toEqual([{ id: "c1", name: "east" }]);
  expect(await listLiveClusters(db)).toEqual([]);
  expect(await db.find(sql`select deleted_at as at from clusters`)).toEqual({ at: 300 });
  await seen(db, 600);
  expect(await listLiveClusters(db)).toHaveLength(1);
  await drop();
});
