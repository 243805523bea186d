import { afterEach, describe, expect, it } from "vitest";
import { HOUR } from "@/lib/time.ts";
import { fixedClock } from "@/simulator/clock.ts";
import { startSimulator } from "@/simulator/index.ts";
import { podEnd, type WorkloadSpec } from "@/simulator/scenario.ts";
import { smallScenario } from "@/simulator/scenarios/small.ts";
import { exactUsage } from "@/simulator/truth.ts";
import { requestBackfill, runBackfill } from "./index.ts";
import { testLedger, usageByClass } from "./testing.ts";
import { type Passing, proxyTo } from "./testing-proxy.ts";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const NOT_HELD = new Set(["unknown", "unallocated"]);
const scenario = smallScenario({ seed: 9, workloads: 60, hours: 16, faults: false });
const AFTER = scenario.range.end + 2 * HOUR;
const byId = new Map(scenario.workloads.map((w) => [w.id, w]));
/** One pod at a time held the same all along: then phases show to the second what pods show. */
const isSimple = (w: WorkloadSpec) => w.request.pods === 1;
const wasResumed = (w: WorkloadSpec) => w.pods.some((p) => p.name.endsWith("-0-1"));
const isPods = (p: Passing) => p.path === "/api/v1/workloads/pods";

async function held(bend: (passing: Passing) => void, settings: Record<string, string> = {}) {
  const simulator = await startSimulator({ scenario, clock: fixedClock(AFTER), runai: { deletedRetentionDays: null } });
  open.push(() => simulator.close());
  const proxy = await proxyTo(simulator.runaiUrl, bend);
  open.push(() => proxy.close());
  const peers = { runaiUrl: proxy.url, credentials: simulator.credentials };
  const { ledger, store } = await testLedger(peers, () => AFTER, { HTTP_RETRY_COUNT: "0", ...settings });
  open.push(async () => {
    await ledger.sources?.close();
    await store.drop();
  });
  const { start: from, end: to } = scenario.range;
  const backfill = await requestBackfill(ledger.ctx, { from, to, stepSeconds: 30 });
  expect(await runBackfill(ledger, backfill.id)).toMatchObject({ status: "done", unread: 0 });
  const out = new Map<string, number>();
  for (const [key, milli] of await usageByClass(ledger.ctx)) {
    const [, workload, model, usageClass] = key.split("|") as [string, string, string, string];
    const holder = `${workload} ${model}`;
    if (workload && !NOT_HELD.has(usageClass)) out.set(holder, (out.get(holder) ?? 0) + milli);
  }
  return out;
}

function truth(): Map<string, number> {
  const out = new Map<string, number>();
  for (const { workloadId, gpuModel, milliGpuSeconds, class: usageClass } of exactUsage(scenario)) {
    const holder = `${workloadId} ${gpuModel}`;
    if (workloadId && !NOT_HELD.has(usageClass)) out.set(holder, (out.get(holder) ?? 0) + milliGpuSeconds);
  }
  return out;
}

const specOf = (holder: string) => byId.get(holder.split(" ")[0] as string) as WorkloadSpec;
const only = (sums: Map<string, number>, which: (w: WorkloadSpec) => boolean) =>
  new Map([...sums].filter(([holder]) => which(specOf(holder))));

describe.each(["workload", "pod"])("allocation with RESOURCE_TYPE=%s", (RESOURCE_TYPE) => {
  const settings = { RESOURCE_TYPE };

  it("without any list of pods follows phases, allocation samples and requests: exact for one pod, near for elastic ones", async () => {
    const got = await held((p) => {
      if (isPods(p)) Object.assign(p, { status: 404, body: { code: 404, message: "Resource id not found." } });
    }, settings);
    const exact = truth();
    expect(only(got, isSimple)).toEqual(only(exact, isSimple));
    expect([...got.keys()].sort()).toEqual([...exact.keys()].sort());
    // An elastic job's change is seen at the next sample.
    for (const [holder, milli] of only(exact, (w) => !isSimple(w)))
      expect(Math.abs((got.get(holder) as number) - milli)).toBeLessThan(2 * 2000 * 90);
  });

  it("of a resumed workload whose first pod is no longer listed counts the first episode too", async () => {
    const resumed = scenario.workloads.filter((w) => isSimple(w) && wasResumed(w));
    expect(resumed.length).toBeGreaterThan(2);
    const first = new Set(resumed.flatMap((w) => w.pods.filter((p) => p.name.endsWith("-0-0")).map((p) => p.id)));
    const got = await held((p) => {
      if (isPods(p)) p.body.pods = p.body.pods.filter((pod: { id: string }) => !first.has(pod.id));
    }, settings);
    expect(got).toEqual(truth());
  });
});

describe("allocation of pods", () => {
  it.each<[string, (pod: Record<string, unknown>) => void]>([
    [
      "that do not say what is allocated is what they asked for",
      (pod) => Object.assign(pod, { allocatedResources: null }),
    ],
    [
      "that say neither is what a pod of the workload asked for",
      (pod) => Object.assign(pod, { allocatedResources: null, requestedResources: null }),
    ],
    [
      "that ended, hold 0 now and do not say what they asked for, is the same",
      (pod) => Object.assign(pod, { allocatedResources: { gpu: 0 }, requestedResources: null }),
    ],
  ])("%s", async (_, bend) => {
    const got = await held((p) => {
      if (isPods(p))
        p.body.pods
          .filter((pod: { completedAt: unknown; deletedAt: unknown }) => pod.completedAt ?? pod.deletedAt)
          .forEach(bend);
    });
    expect(got).toEqual(truth());
  });

  it("that never say when they started follows the workload's phases, and its running seconds without those", async () => {
    for (const hasHistory of [true, false]) {
      const got = await held((p) => {
        if (isPods(p)) for (const pod of p.body.pods) pod.containers = [];
        if (!hasHistory && /\/history$/.test(p.path))
          Object.assign(p, { status: 404, body: { code: 404, message: "no" } });
        // Samples of allocation would show it; here there are only facts.
        if (!hasHistory && /\/metrics$/.test(p.path))
          p.body.measurements = p.body.measurements.filter((m: { type: string }) => m.type !== "GPU_ALLOCATION");
      });
      const which = (w: WorkloadSpec) =>
        isSimple(w) && (hasHistory || (!wasResumed(w) && w.pods.every((x) => podEnd(x) !== null)));
      expect(only(got, which)).toEqual(only(truth(), which));
    }
  });
});
