import { afterEach, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { HOUR, MINUTE } from "@/lib/time.ts";
import { fixedClock } from "@/simulator/clock.ts";
import { startSimulator } from "@/simulator/index.ts";
import { smallScenario } from "@/simulator/scenarios/small.ts";
import { assemble, syncLive } from "./index.ts";
import { testLedger } from "./testing.ts";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const scenario = smallScenario({ seed: 6, hours: 4, workloads: 12, faults: false });

/** A ledger whose machine's clock can be set ahead of the clock of its sources. */
async function begin() {
  const clock = fixedClock(scenario.range.start);
  const simulator = await startSimulator({ scenario, clock });
  open.push(() => simulator.close());
  const { runaiUrl, prometheusUrl, credentials } = simulator;
  const step = `${scenario.stepSeconds}s`;
  let ahead = 0;
  const settings = { SAMPLE_STEP: step, BACKFILL_STEP: step, HTTP_RETRY_COUNT: "0" };
  const now = () => clock.now() + ahead;
  const { ledger: base, store } = await testLedger({ runaiUrl, prometheusUrl, credentials }, now, settings);
  open.push(async () => {
    await base.sources?.close();
    await store.drop();
  });
  return {
    ledger: assemble(base.env, base.ctx, base.sources?.list() ?? [], true),
    clock,
    setAhead: (seconds: number) => {
      ahead = seconds;
    },
  };
}

it.each([
  ["from its first sync on", 0],
  ["while it runs", 2],
])("a clock that is a day ahead, %s, books nothing of the future", async (_, syncsBefore) => {
  const { ledger, clock, setAhead } = await begin();
  const { db } = ledger.ctx;
  for (let i = 0; i < syncsBefore; i++) {
    clock.set(clock.now() + 30 * MINUTE);
    expect(await syncLive(ledger)).toMatchObject({ status: "ok", error: "" });
  }
  setAhead(24 * HOUR);
  clock.set(clock.now() + 30 * MINUTE);
  const { error } = await syncLive(ledger);
  expect(error).toMatch(
    /The clock of this machine is 86\d\d\d s ahead of that of (Run:ai|Prometheus): synchronise it \(NTP\)/,
  );
  const latest = async (table: string, column: string) =>
    (await db.find<{ at: number | null }>(sql`select max(${sql.raw(column)}) as "at" from ${sql.raw(table)}`))?.at ?? 0;
  const tables: [string, string][] = [
    ["capacity", "through_at"],
    ["usage", "bucket_at"],
    ["metered_buckets", "bucket_at"],
    ["sync_runs", "started_at"],
    ["windows", "end_at"],
    ["gaps", "end_at"],
    ["leases", "until_at - 120"],
  ];
  for (const [table, column] of tables)
    expect([table, (await latest(table, column)) - clock.now()]).toEqual([
      table,
      expect.toSatisfy((s: number) => s <= 60),
    ]);
  // Put right, it goes on.
  setAhead(0);
  clock.set(clock.now() + 30 * MINUTE);
  expect(await syncLive(ledger)).toMatchObject({ status: "ok", error: "" });
});
