import { afterEach, describe, expect, it } from "vitest";
import { listOpenItems } from "@/lib/metering/open-store.ts";
import { DAY, HOUR, type Interval, intersect } from "@/lib/time.ts";
import { fixedClock } from "@/simulator/clock.ts";
import { startSimulator } from "@/simulator/index.ts";
import type { Scenario } from "@/simulator/scenario.ts";
import { demoScenario } from "@/simulator/scenarios/demo.ts";
import { oddWeekOf, oddWeekSwitches } from "@/simulator/scenarios/odd-week.ts";
import { buildTimeline } from "@/simulator/timeline.ts";
import { exactUsage } from "@/simulator/truth.ts";
import type { Ledger } from "./index.ts";
import { requestBackfill, runBackfill } from "./index.ts";
import { isTrue, testLedger, usageByClass } from "./testing.ts";

/** The week of the demo in which its peers do what real ones do: what a user of the demo sees is true to the second. */

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const start = Date.UTC(2026, 8, 7) / 1000;
const week = oddWeekOf(start);
const now = week.end + 10 * DAY;
const STEP = 180;
/** With FULL=1 the whole week of the demo itself; else half a day of a smaller one, over the upgrade of its exporters. */
const isWhole = process.env.FULL === "1";
const RANGE: Interval = isWhole
  ? week
  : { start: week.start + 2 * DAY + 5 * HOUR, end: week.start + 2 * DAY + 17 * HOUR };

/** The ledger of somebody who starts the demo later and reads the time. */
async function readLater(scenario: Scenario): Promise<Ledger> {
  const { runai, prometheus } = oddWeekSwitches(scenario);
  const peers = { runai: { ...runai, deletedRetentionDays: null }, prometheus };
  const simulator = await startSimulator({ scenario, clock: fixedClock(now), ...peers });
  open.push(() => simulator.close());
  const step = { SAMPLE_STEP: `${STEP}s`, BACKFILL_STEP: `${STEP}s`, SOURCE_RETENTION: "90d" };
  const { ledger, store } = await testLedger(simulator, () => now, step);
  open.push(async () => {
    await ledger.sources?.close();
    await store.drop();
  });
  const backfill = await requestBackfill(ledger.ctx, { from: RANGE.start, to: RANGE.end, stepSeconds: STEP });
  expect(await runBackfill(ledger, backfill.id)).toMatchObject({ status: "done", unread: 0 });
  return ledger;
}

/** Milli-GPU-seconds for which background work ran in the range on cards that others held. */
function underOthers(scenario: Scenario): number {
  let sum = 0;
  for (const { workload, start, end, slots } of buildTimeline(scenario).runOfPod.values()) {
    if (workload.priorityClass !== "background") continue;
    const seconds = (span: Interval) => {
      const inside = intersect(span, RANGE);
      return inside ? inside.end - inside.start : 0;
    };
    sum += 1000 * (seconds({ start, end }) - slots.reduce((had, slot) => had + seconds(slot), 0));
  }
  return sum;
}

describe("the odd week of the demo", () => {
  const size = isWhole ? {} : { jobsPerDay: 60 };
  const scenario = demoScenario({ now, start, stepSeconds: STEP, futureDays: 0, ...size });

  it("agrees with the truth, and its open items say how much is not known and what to do", async () => {
    const ledger = await readLater(scenario);
    // Idle time that crosses the edges of what was read is seen in part.
    const inner = (bucket: number) => bucket >= RANGE.start + HOUR && bucket < RANGE.end - HOUR;
    const truth = new Map<string, number>();
    for (const row of exactUsage(scenario, { range: RANGE })) {
      const key = `${row.bucket}|${row.workloadId ?? ""}|${row.gpuModel}|${row.class}`;
      truth.set(key, (truth.get(key) ?? 0) + row.milliGpuSeconds);
    }
    const got = await usageByClass(ledger.ctx);
    const keys = [...new Set([...got.keys(), ...truth.keys()])].filter((key) => inner(Number(key.split("|")[0])));
    expect(keys.length).toBeGreaterThan(500);
    const differing = keys.filter((key) => !isTrue(key, got.get(key), truth.get(key)));
    expect(differing.map((key) => `${key}: ${got.get(key) ?? 0}, truth ${truth.get(key) ?? 0}`)).toEqual([]);

    const items = await listOpenItems(ledger.ctx.db, 100);
    expect(new Set(items.map((item) => item.kind))).toEqual(
      new Set(["outlives-workload", "runs-under", "sensors-contradict"]),
    );
    const under = items.filter((item) => item.kind === "runs-under");
    expect(under.map((item) => [item.subject, item.milliGpuSeconds])).toEqual([
      ["background-0", underOthers(scenario)],
    ]);
    for (const { milliGpuSeconds, detail } of items) {
      expect(milliGpuSeconds).toBeGreaterThan(0);
      expect(detail).toMatch(/Restart the exporter|nothing is charged for it twice|delete it, or wait for its own end/);
    }
  });
});
