import { afterEach, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { floorTo, HOUR } from "@/lib/time.ts";
import { fixedClock } from "@/simulator/clock.ts";
import { readingAt } from "@/simulator/device.ts";
import { type Simulator, startSimulator } from "@/simulator/index.ts";
import type { Scenario } from "@/simulator/scenario.ts";
import { smallScenario } from "@/simulator/scenarios/small.ts";
import { buildTimeline } from "@/simulator/timeline.ts";
import { exactUsage } from "@/simulator/truth.ts";
import { requestBackfill, runBackfill } from "./index.ts";
import { isTrue, testLedger, usageByClass } from "./testing.ts";

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
    isTrue(key, got.get(key), truth.get(key))
      ? []
      : [`${key}: metered ${got.get(key) ?? 0}, truth ${truth.get(key) ?? 0}`],
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

    it(`of divided cards and of cards used by turns gives the same, and no pod another's work, seed ${seed}`, async () => {
      const scenario = smallScenario({ seed, faults: false, shared: true });
      const ctx = await metered(scenario, await simulate(scenario), true);
      expect(compare(await usageByClass(ctx), truthOf(scenario))).toEqual([]);
      const credited = await creditedByTurns(ctx);
      expect([...credited.values()].some((milli) => milli > 0)).toBe(true);
      expect(credited).toEqual(workByTurns(scenario));
    });

    it(`through Run:ai's pods gives every class of every workload and bucket, seed ${seed}`, async () => {
      const scenario = smallScenario({ seed, faults: false });
      const simulator = await simulate(scenario);
      const ctx = await metered(scenario, simulator, false, { RESOURCE_TYPE: "pod" });
      expect(compare(await usageByClass(ctx), truthOf(scenario))).toEqual([]);
    });
  }

  it("a divided card that is lost is down, though the slices of the others outnumber the cards", async () => {
    const whole = smallScenario({ seed: 2, faults: false, shared: true });
    const lost = { index: 1, start: whole.range.start + HOUR, end: whole.range.start + 3 * HOUR };
    const scenario: Scenario = {
      ...whole,
      nodes: whole.nodes.map((n) => (n.name === "mig" ? { ...n, lostCards: [lost] } : n)),
      workloads: whole.workloads.filter((w) =>
        w.pods.every((p) => p.node !== "mig" || p.gpus.every((g) => g.index !== lost.index)),
      ),
    };
    const ctx = await metered(scenario, await simulate(scenario), true);
    let down = 0;
    for (const [key, milli] of await usageByClass(ctx)) if (key.endsWith("-MIG|down")) down += milli;
    // A card is in sight for as long as its last sample holds.
    const hold = Math.floor(2.5 * scenario.stepSeconds);
    expect(down).toBe(1000 * (lost.end - lost.start - hold + scenario.stepSeconds));
  });

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

/** Utilisation × milli-GPU-seconds (in hundredths of a percent) that metering credited on cards used by turns, by bucket. */
async function creditedByTurns(ctx: Ctx): Promise<Map<number, number>> {
  const rows = await ctx.db.all<{ at: number; weighted: number }>(sql`select bucket_at as at,
    cast(sum(utilisation_weighted) as bigint) as weighted from usage u join hardware h on h.key = u.hardware_key
    where h.node_pool = 'by-turns' and workload_key <> 0 group by bucket_at order by bucket_at`);
  return new Map(rows.map((r) => [r.at, r.weighted]));
}

/**
 * The same from the simulated cards: at each sample what the whole card did, once for each part of it that a pod holds. Pods that
 * hold a whole card between them are credited what it did, not a multiple.
 */
function workByTurns(scenario: Scenario): Map<number, number> {
  const { cards, step } = buildTimeline(scenario);
  const out = new Map<number, number>();
  for (const card of cards.filter((c) => c.node.sharing?.kind === "time-slicing"))
    for (const slot of card.slots)
      for (const span of slot.spans)
        for (let i = span.from; i < span.to; i++) {
          const end = Math.min(i + 1 < span.to ? (i + 1) * step : i * step + Math.floor(2.5 * step), slot.end);
          for (let at = i * step; at < end; ) {
            const bucket = floorTo(at, HOUR);
            const until = Math.min(end, bucket + HOUR);
            const work = readingAt(slot, step, i).util * 100 * slot.milli * (until - at);
            out.set(bucket, (out.get(bucket) ?? 0) + work);
            at = until;
          }
        }
  return new Map([...out].sort(([a], [b]) => a - b));
}
