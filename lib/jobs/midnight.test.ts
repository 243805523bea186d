import { afterEach, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { chargeDue } from "@/lib/charges/run.ts";
import { seedPrice } from "@/lib/charges/testing-ledger.ts";
import { dateOf, dayKey, HOUR, monthInterval } from "@/lib/time.ts";
import { fixedClock } from "@/simulator/clock.ts";
import { startSimulator } from "@/simulator/index.ts";
import { smallScenario } from "@/simulator/scenarios/small.ts";
import { exactUsage } from "@/simulator/truth.ts";
import { requestBackfill, runBackfill } from "./index.ts";
import { testLedger } from "./testing.ts";

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const NOT_HELD = new Set(["unknown", "unallocated"]);

/**
 * From pods to charges: a month that ends at a local midnight, with jobs that run across it. Every charge is compared with
 * the simulator's own seconds before and after that midnight.
 */
describe.each([
  // Months that begin and end at whole UTC hours, at quarters and halves of them, and one that loses an hour.
  ["UTC", "2026-10"],
  ["America/New_York", "2026-03"],
  ["America/New_York", "2026-11"],
  ["Asia/Kolkata", "2026-10"],
  ["Asia/Kathmandu", "2026-10"],
  ["Australia/Lord_Howe", "2026-10"],
])("a job across midnight in %s at the end of %s", (zone, month) => {
  it("is charged to the second in each of the two months", async () => {
    const midnight = monthInterval(month, zone).end;
    const start = midnight - 4 * HOUR;
    const scenario = smallScenario({ seed: 12, start, hours: 8, workloads: 40, faults: false });
    const after = scenario.range.end + 2 * HOUR;
    const simulator = await startSimulator({ scenario, clock: fixedClock(after) });
    open.push(() => simulator.close());
    const peers = { runaiUrl: simulator.runaiUrl, credentials: simulator.credentials };
    const { ledger, store } = await testLedger(peers, () => after, { BILLING_TIME_ZONE: zone });
    open.push(
      () => store.drop(),
      async () => ledger.sources?.close(),
    );
    const truth = {
      before: sumsOf(scenario, { start, end: midnight }),
      after: sumsOf(scenario, { start: midnight, end: scenario.range.end }),
    };
    expect([...truth.before.keys()].filter((id) => truth.after.has(id)).length).toBeGreaterThan(1);

    for (const model of new Set(exactUsage(scenario).map((r) => r.gpuModel)))
      await seedPrice(store.db, model, 1e9, 20200101);
    const backfill = await requestBackfill(ledger.ctx, { from: start, to: scenario.range.end, stepSeconds: 30 });
    expect(await runBackfill(ledger, backfill.id)).toMatchObject({ status: "done", unread: 0 });
    await chargeDue(ledger.ctx, { currency: "USD", billingTimeZone: zone });
    const firstOfNext = dayKey(dateOf(midnight, zone));
    const charged = async (side: "<" | ">=") => {
      const rows = await store.db.all<{ id: string; milli: number }>(sql`
        select w.id, cast(sum(c.quantity) as bigint) as milli from charges c join workloads w on w.key = c.workload_key and w.key <> 0
        where c.sku = 'gpu' and c.day ${sql.raw(side)} ${firstOfNext} group by w.id order by w.id`);
      return new Map(rows.map((r) => [r.id, r.milli]));
    };
    expect(await charged("<")).toEqual(truth.before);
    expect(await charged(">=")).toEqual(truth.after);
  });
});

/** Milli-GPU-seconds that each workload held within a span. */
function sumsOf(
  scenario: ReturnType<typeof smallScenario>,
  range: { start: number; end: number },
): Map<string, number> {
  const out = new Map<string, number>();
  for (const { workloadId, class: usageClass, milliGpuSeconds } of exactUsage(scenario, { range, bucketSeconds: 900 }))
    if (workloadId && !NOT_HELD.has(usageClass) && milliGpuSeconds > 0)
      out.set(workloadId, (out.get(workloadId) ?? 0) + milliGpuSeconds);
  return new Map([...out].sort(([a], [b]) => (a < b ? -1 : 1)));
}
