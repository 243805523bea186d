import { afterEach, expect, it } from "vitest";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import { ctxOf, NOW } from "@/lib/charges/testing-ledger.ts";
import { endOwner, startOwner, takeLease } from "@/lib/sync/lease.ts";
import { startRun } from "@/lib/sync/windows/run-store.ts";
import { listRuns, loadSyncHealth } from "./sync-state.ts";

const open: TestDb[] = [];
afterEach(async () => {
  for (const store of open.splice(0)) await store.drop();
});

it("a run that nobody runs is not shown as running", async () => {
  const store = await sqliteFile();
  open.push(store);
  const ctx = ctxOf(store.db);
  await startRun(store.db, "live", NOW - 30);
  const owner = startOwner();
  await takeLease(store.db, "live", owner, NOW);
  expect((await listRuns(ctx, 5)).map((r) => [r.status, r.error])).toEqual([["running", ""]]);
  // Its process ended, or its end could not be written.
  endOwner(owner);
  const failed = { status: "failed", error: expect.stringContaining("could not be written") };
  expect(await listRuns(ctx, 5)).toMatchObject([failed]);
  expect((await loadSyncHealth(ctx)).lastRun).toMatchObject(failed);
});
