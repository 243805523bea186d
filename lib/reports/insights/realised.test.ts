import { afterEach, beforeEach, expect, it } from "vitest";
import { clusters } from "@/db/schema/index.ts";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import { ctxOf, seedInventory } from "@/lib/charges/testing-ledger.ts";
import { recordSaving } from "@/lib/insights/savings/record.ts";
import { listRealised } from "./realised.ts";

let store: TestDb;
beforeEach(async () => {
  store = await sqliteFile();
  await seedInventory(store.db);
  const seen = { state: "Connected", firstSeenAt: 0, lastSeenAt: 0 };
  await store.db.write((tx) => tx.insert(clusters, [{ id: "c2", name: "west", ...seen }]));
});
afterEach(() => store.drop());

it("a saving is listed under the cluster of its subject alone", async () => {
  const ctx = ctxOf(store.db);
  const acted = { kind: "terminate", subjectKind: "workload", subject: "w-1", actedDay: 20261002, note: "" } as const;
  await recordSaving(ctx, { ...acted, days: 5 });
  const period = { start: Date.UTC(2026, 9, 1) / 1000, end: Date.UTC(2026, 10, 1) / 1000, label: "2026-10" };
  const listed = (cluster?: string) => listRealised(ctx, period, { cluster });
  expect((await listed()).map((r) => r.subject)).toEqual(["train-1"]);
  expect((await listed("east")).map((r) => r.subject)).toEqual(["train-1"]);
  expect(await listed("west")).toEqual([]);
});
