import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "@/lib/testing-runs.ts";
import { type PoolBucket, quotaEconomics } from "./economics.ts";

const HOUR = 3600;
const gpus = (n: number) => n * 1000 * HOUR;

/** An hour of one pool: project 1 deserves 8 GPUs, project 2 four. */
const hour = (given: Partial<PoolBucket & { at: number }>): PoolBucket & { at: number } => ({
  ...{ at: 0, clusterId: "c1", pool: "h100", seconds: HOUR, held: [], freeMilli: 0, waiting: [] },
  quotas: new Map([
    [1, 8000],
    [2, 4000],
  ]),
  ...given,
});

describe("quota economics", () => {
  it("separates what was reserved and unused from what was borrowed, over all pools together", () => {
    const part = (projectKey: number, n: number) => ({ projectKey, heldMilli: gpus(n), idleMilli: 0 });
    const { projects } = quotaEconomics([
      hour({ held: [part(1, 2), part(2, 6)] }),
      hour({ pool: "a100", held: [part(1, 1)] }),
      hour({ at: HOUR, held: [part(1, 10), part(2, 0)] }),
    ]);
    expect(projects.map((p) => [p.projectKey, p.quotaMilli, p.unusedMilli, p.borrowedMilli])).toEqual([
      [1, gpus(16), gpus(5), gpus(2)],
      [2, gpus(8), gpus(4), gpus(2)],
    ]);
  });

  it("counts the quota of a project that held nothing, once for all pools of a cluster, and none without a quota", () => {
    const { projects } = quotaEconomics([
      hour({ held: [{ projectKey: 1, heldMilli: gpus(8), idleMilli: 0 }] }),
      hour({ pool: "a100" }),
      hour({ at: HOUR, quotas: new Map([[3, 0]]) }),
      hour({
        clusterId: "c2",
        quotas: new Map([[4, 1000]]),
        held: [{ projectKey: 5, heldMilli: gpus(1), idleMilli: 0 }],
      }),
    ]);
    const sorted = projects.toSorted((a, b) => a.projectKey - b.projectKey);
    expect(sorted.map((p) => [p.projectKey, p.quotaMilli, p.unusedMilli, p.borrowedMilli])).toEqual([
      [1, gpus(8), 0, 0],
      [2, gpus(4), gpus(4), 0],
      [4, gpus(1), gpus(1), 0],
      [5, 0, 0, gpus(1)],
    ]);
  });

  it("says whose idle GPUs others waited for: not a project's own queue, not more than was asked for", () => {
    const { projects } = quotaEconomics([
      hour({
        held: [
          { projectKey: 1, heldMilli: gpus(8), idleMilli: gpus(6) },
          { projectKey: 2, heldMilli: gpus(4), idleMilli: gpus(2) },
        ],
        waiting: [
          { workloadKey: 10, projectKey: 3, milli: 4000, seconds: HOUR },
          { workloadKey: 11, projectKey: 1, milli: 1000, seconds: HOUR / 2 },
        ],
      }),
    ]);
    expect(projects.map((p) => [p.idleWhileQueuedMilli, p.jobsDelayed, p.delayedSeconds])).toEqual([
      [gpus(3), 1, HOUR],
      [gpus(1.125), 1, HOUR / 2],
    ]);
  });

  it("counts capacity that was free while somebody waited, up to what was asked for", () => {
    const waiting = [{ workloadKey: 10, projectKey: 3, milli: 8000, seconds: HOUR / 2 }];
    const { stranded } = quotaEconomics([
      hour({ freeMilli: gpus(3), waiting }),
      hour({ at: HOUR, freeMilli: gpus(9) }),
    ]);
    expect(stranded).toEqual([
      { clusterId: "c1", pool: "h100", strandedMilli: gpus(3), jobsWaiting: 1, waitedSeconds: HOUR / 2 },
    ]);
  });

  it("adds up: quota is used or unused, held time within or borrowed, and idle time counts once", () => {
    const part = fc.record({
      projectKey: fc.integer({ min: 1, max: 3 }),
      held: fc.integer({ min: 0, max: 20 }),
      idle: fc.integer({ min: 0, max: 100 }),
    });
    const waiting = fc.record({
      workloadKey: fc.integer({ min: 1, max: 4 }),
      projectKey: fc.integer({ min: 1, max: 4 }),
      milli: fc.integer({ min: 100, max: 16_000 }),
      seconds: fc.integer({ min: 1, max: HOUR }),
    });
    const bucket = fc.record({
      at: fc.constantFrom(0, HOUR),
      pool: fc.constantFrom("a", "b"),
      parts: fc.uniqueArray(part, { selector: (p) => p.projectKey }),
      waiting: fc.array(waiting, { maxLength: 4 }),
    });
    fc.assert(
      fc.property(fc.uniqueArray(bucket, { selector: (b) => `${b.at}${b.pool}` }), (drawn) => {
        const buckets = drawn.map(({ parts, ...b }) =>
          hour({
            ...b,
            held: parts.map((p) => ({
              projectKey: p.projectKey,
              heldMilli: gpus(p.held),
              idleMilli: Math.floor((gpus(p.held) * p.idle) / 100),
            })),
          }),
        );
        const { projects } = quotaEconomics(buckets);
        for (const p of projects) {
          expect(p.withinMilli + p.unusedMilli).toBe(p.quotaMilli);
          expect(p.withinMilli + p.borrowedMilli).toBe(p.heldMilli);
          expect(Math.min(p.unusedMilli, p.borrowedMilli)).toBeGreaterThanOrEqual(0);
          expect(p.idleWhileQueuedMilli).toBeLessThanOrEqual(p.idleMilli);
        }
        const demand = buckets.reduce((s, b) => s + b.waiting.reduce((t, w) => t + w.milli * w.seconds, 0), 0);
        expect(projects.reduce((s, p) => s + p.idleWhileQueuedMilli, 0)).toBeLessThanOrEqual(demand);
        expect(quotaEconomics(buckets.toReversed()).projects).toHaveLength(projects.length);
      }),
      runs(100),
    );
  });
});
