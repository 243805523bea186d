import { afterEach, describe, expect, it } from "vitest";
import { HOUR } from "@/lib/time.ts";
import { fixedClock } from "@/simulator/clock.ts";
import { startSimulator } from "@/simulator/index.ts";
import { smallScenario } from "@/simulator/scenarios/small.ts";
import { requestBackfill, runBackfill } from "./index.ts";
import { testLedger } from "./testing.ts";
import { apart, meteredOf, truthOf } from "./testing-clusters.ts";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const scenario = smallScenario({ seed: 31, faults: false, hours: 3, workloads: 8 });
const { start, end } = scenario.range;
/** What 3.0 no longer has. */
const REMOVED = /^\/api\/v1\/(apps|user-applications|org-unit\/priorities|clusters\/[^/]+\/nodes)\b/;

describe("a tenant of each supported version", () => {
  it.each([
    ["2.18", true],
    ["2.24", true],
    ["2.24", false],
    ["3.0", true],
    ["3.0", false],
  ])("%s, samples from Prometheus: %s, is metered as the truth has it", async (version, prometheus) => {
    const clock = fixedClock(end + 2 * HOUR);
    const peer = await startSimulator({ scenario, clock, runai: { version } });
    open.push(() => peer.close());
    const step = `${scenario.stepSeconds}s`;
    const { runaiUrl, credentials } = peer;
    const { ledger, store } = await testLedger(
      { runaiUrl, credentials, prometheusUrl: prometheus ? peer.prometheusUrl : undefined },
      () => clock.now(),
      { SAMPLE_STEP: step, BACKFILL_STEP: step, RESOURCE_TYPE: "pod" },
    );
    open.push(async () => {
      await ledger.sources?.close();
      await store.drop();
    });
    const backfill = await requestBackfill(ledger.ctx, { from: start, to: end, stepSeconds: scenario.stepSeconds });
    expect((await runBackfill(ledger, backfill.id)).unread).toBe(0);
    expect(apart(await meteredOf(ledger.ctx), truthOf(scenario))).toEqual([]);
    const removed = [...peer.requests.runai.keys()].filter((path) => REMOVED.test(path));
    // Found out by capability: where there is a newer address, an older one is not asked.
    expect(removed.length > 0).toBe(version === "2.18");
  });
});
