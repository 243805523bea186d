import { afterEach, describe, expect, it } from "vitest";
import { engines, isAbsent, type TestDb } from "@/db/testing";
import type { Ctx } from "@/lib/ctx";
import { HOUR } from "@/lib/time";
import { fixedClock } from "@/simulator/clock";
import { type Simulator, startSimulator } from "@/simulator/index";
import type { Scenario } from "@/simulator/scenario";
import { smallScenario } from "@/simulator/scenarios/small";
import { exactUsage } from "@/simulator/truth";
import { requestBackfill, runBackfill } from "./index.ts";
import { testLedger, usageByClass } from "./testing.ts";

const SEEDS = process.env.TRUTH_SEEDS ? Number(process.env.TRUTH_SEEDS) : 4;
const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

function truthOf(scenario: Scenario): Map<string, number> {
  const out = new Map<string, number>();
  for (const row of exactUsage(scenario)) {
    const key = `${row.bucket}|${row.workloadId ?? ""}|${row.gpuModel}|${row.class}`;
    if (row.milliGpuSeconds) out.set(key, (out.get(key) ?? 0) + row.milliGpuSeconds);
  }
  return out;
}

async function metered(
  scenario: Scenario,
  simulator: Simulator,
  prometheus: boolean,
  settings: Record<string, string> = {},
  engine?: TestDb,
): Promise<Ctx> {
  const clock = fixedClock(scenario.range.end + 2 * HOUR);
  const peers = {
    runaiUrl: simulator.runaiUrl,
    prometheusUrl: prometheus ? simulator.prometheusUrl : undefined,
    credentials: simulator.credentials,
  };
  const step = `${scenario.stepSeconds}s`;
  const { ledger, store } = await testLedger(
    peers,
    () => clock.now(),
    { SAMPLE_STEP: step, BACKFILL_STEP: step, ...settings },
    engine,
  );
  open.push(async () => {
    await ledger.sources?.close();
    await store.drop();
  });
  const { start, end } = scenario.range;
  const backfill = await requestBackfill(ledger.ctx, { from: start, to: end, stepSeconds: scenario.stepSeconds });
  const { unread } = await runBackfill(ledger, backfill.id);
  expect(unread).toBe(0);
  return ledger.ctx;
}

async function simulate(
  scenario: Scenario,
  options: Partial<Parameters<typeof startSimulator>[0]> = {},
): Promise<Simulator> {
  const simulator = await startSimulator({ scenario, clock: fixedClock(scenario.range.end + 2 * HOUR), ...options });
  open.push(() => simulator.close());
  return simulator;
}

function compare(got: Map<string, number>, truth: Map<string, number>): string[] {
  const keys = [...new Set([...got.keys(), ...truth.keys()])].sort();
  return keys.flatMap((key) =>
    got.get(key) === truth.get(key) ? [] : [`${key}: metered ${got.get(key) ?? 0}, truth ${truth.get(key) ?? 0}`],
  );
}

describe("metering against the simulator's exact truth", () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    it(`through Prometheus gives every class of every workload and bucket, seed ${seed}`, async () => {
      const scenario = smallScenario({ seed, faults: false });
      const simulator = await simulate(scenario);
      const ctx = await metered(scenario, simulator, true);
      expect(compare(await usageByClass(ctx), truthOf(scenario))).toEqual([]);
    });

    it(`through Run:ai's pods gives every class of every workload and bucket, seed ${seed}`, async () => {
      const scenario = smallScenario({ seed, faults: false });
      const simulator = await simulate(scenario);
      const ctx = await metered(scenario, simulator, false, { RESOURCE_TYPE: "pod" });
      expect(compare(await usageByClass(ctx), truthOf(scenario))).toEqual([]);
    });
  }

  for (const engine of engines.filter((e) => e.name !== "sqlite"))
    it.skipIf(isAbsent(engine))(`gives the same on ${engine.name}`, async () => {
      const store = (await engine.open()) as TestDb;
      const scenario = smallScenario({ seed: 5, faults: false });
      const ctx = await metered(scenario, await simulate(scenario), true, {}, store);
      expect(compare(await usageByClass(ctx), truthOf(scenario))).toEqual([]);
    });

  it("bills the same seconds when nodes fall ill, cards vanish and metrics fail: only how busy they were is lost", async () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const scenario = smallScenario({ seed, faults: true });
      const ctx = await metered(scenario, await simulate(scenario), true);
      expect(compare(byHolder(await usageByClass(ctx)), byHolder(truthOf(scenario)))).toEqual([]);
    }
  });
});

/** The same without classes: what each workload held, and what nobody did, by bucket and model. */
function byHolder(usage: Map<string, number>): Map<string, number> {
  const out = new Map<string, number>();
  for (const [key, milli] of usage) {
    const holder = key.slice(0, key.lastIndexOf("|"));
    out.set(holder, (out.get(holder) ?? 0) + milli);
  }
  return out;
}
