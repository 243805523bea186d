import { describe, expect, it } from "vitest";
import type { UsageClass } from "@/lib/classes.ts";
import type { Scenario } from "./scenario.ts";
import { smallScenario } from "./scenarios/small.ts";
import { exactCapacity, exactUsage } from "./truth.ts";

function totals(scenario: Scenario): Partial<Record<UsageClass, number>> {
  const out: Partial<Record<UsageClass, number>> = {};
  for (const row of exactUsage(scenario)) out[row.class] = (out[row.class] ?? 0) + row.milliGpuSeconds;
  return out;
}

describe("exactUsage", () => {
  it("adds up to the capacity of every model and bucket, for 120 seeds", () => {
    for (let seed = 1; seed <= 120; seed++) {
      const scenario = smallScenario({ seed, shared: seed % 2 === 0 });
      const sums = new Map<string, number>();
      for (const row of exactUsage(scenario)) {
        const key = `${row.gpuModel}|${row.bucket}`;
        sums.set(key, (sums.get(key) ?? 0) + row.milliGpuSeconds);
        expect(row.milliGpuSeconds).toBeGreaterThan(0);
        // Slices are sevenths of their card.
        const whole = row.gpuModel.endsWith("-MIG") ? 7 * row.milliGpuSeconds : row.milliGpuSeconds;
        expect(Math.abs(whole - Math.round(whole))).toBeLessThan(
          row.gpuModel.endsWith("-MIG") ? 1e-3 : Number.MIN_VALUE,
        );
      }
      for (const [key, sum] of sums) if (key.includes("-MIG|")) sums.set(key, Math.round(sum * 1e3) / 1e3);
      const capacity = new Map(exactCapacity(scenario).map((c) => [`${c.gpuModel}|${c.bucket}`, c.milliGpuSeconds]));
      expect(sums).toEqual(capacity);
    }
  });

  it("does not depend on the bucket's length, except for the split of active and inefficient", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const scenario = smallScenario({ seed });
      const sum = (bucketSeconds: number) => {
        const out = new Map<string, number>();
        for (const r of exactUsage(scenario, { bucketSeconds })) {
          const key = `${r.workloadId}|${r.class === "inefficient" ? "active" : r.class}`;
          out.set(key, (out.get(key) ?? 0) + r.milliGpuSeconds);
        }
        return new Map([...out].sort());
      };
      expect(sum(900)).toEqual(sum(3600));
    }
  });

  it("splits at any instant: two halves add up to the whole", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const scenario = smallScenario({ seed });
      const { start, end } = scenario.range;
      const cut = start + 7 * 1234;
      const of = (range: { start: number; end: number }) =>
        exactUsage(scenario, { range }).reduce((s, r) => s + r.milliGpuSeconds, 0);
      expect(of({ start, end: cut }) + of({ start: cut, end })).toBe(of({ start, end }));
    }
  });

  it("finds all ten classes somewhere", () => {
    const seen = new Set<string>();
    for (let seed = 1; seed <= 40; seed++)
      for (const name of Object.keys(totals(smallScenario({ seed })))) seen.add(name);
    expect([...seen].sort()).toEqual([
      "active",
      "dead-idle",
      "down",
      "idle-held",
      "inefficient",
      "no-data",
      "starting",
      "unallocated",
      "unknown",
      "warm-serving",
    ]);
  });
});

describe("one slot, by hand", () => {
  const base = smallScenario({ seed: 1, workloads: 1, faults: false, stepSeconds: 60 });
  const start = base.range.start + 3600;
  function withOne(
    kind: "dead" | "training",
    from: number,
    to: number,
    outage?: { start: number; end: number },
  ): Scenario {
    const [workload] = base.workloads;
    const [node] = base.nodes;
    if (!workload || !node) throw new Error("no workload");
    const pod = {
      id: "p",
      name: "p",
      node: node.name,
      createdAt: from,
      startedAt: from,
      completedAt: to,
      deletedAt: null,
      failed: false,
      gpus: [{ index: 0, fraction: 1 }],
    };
    const outages = outage ? [{ clusterId: node.clusterId, ...outage }] : [];
    return { ...base, nodes: [node], outages, workloads: [{ ...workload, kind, category: "Train", pods: [pod] }] };
  }

  it("calls a dead job starting for 15 minutes, then dead idle to its end", () => {
    const got = totals(withOne("dead", start, start + 7200));
    expect(got.starting).toBe(900_000);
    expect(got["dead-idle"]).toBe(6_300_000);
    expect(got["no-data"]).toBeUndefined();
  });

  it("calls the seconds before the first sample no-data once the start is over", () => {
    // Starts 20 minutes into an outage's hour: starting covers 15 minutes, the rest of the outage is no-data.
    const got = totals(withOne("dead", start, start + 7200, { start: start - 600, end: start + 1800 }));
    expect(got.starting).toBe(900_000);
    expect(got["no-data"]).toBe(900_000);
    expect(got["dead-idle"]).toBe(5_400_000);
  });

  it("holds the last sample for two and a half steps into an outage", () => {
    const got = totals(withOne("dead", start, start + 7200, { start: start + 3600, end: start + 5400 }));
    // Last sample at 3540 s covers to 3690 s; 5400 - 3690 s are unseen.
    expect(got["no-data"]).toBe(1_710_000);
  });

  it("knows no idleness in a run shorter than ten minutes", () => {
    const got = totals(withOne("dead", start, start + 590));
    expect(got).toMatchObject({ starting: 590_000 });
    expect(got["dead-idle"]).toBeUndefined();
  });
});
