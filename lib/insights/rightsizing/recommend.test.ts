import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "@/lib/testing-runs.ts";
import { recommend } from "./recommend.ts";
import type { Offer, Use } from "./types.ts";

const HOUR = 3_600_000;
const H100 = "NVIDIA H100 80GB HBM3";
const OFFERS: readonly Offer[] = [
  { clusterId: "c1", gpuModel: H100, standardNanos: 2_500_000_000, spotNanos: 1_000_000_000 },
  { clusterId: "c1", gpuModel: "NVIDIA L40S", standardNanos: 1_000_000_000, spotNanos: null },
];

/** A week on some cards, all observed, well used, at 2.50 an hour. */
function use(given: Partial<Use> & { cards?: number } = {}): Use {
  const { cards = 1, ...more } = given;
  const held = 168 * cards * HOUR;
  const spent = 168 * cards * 2_500_000;
  return {
    ...{ workloadKey: 1, clusterId: "c1", gpuModel: H100, category: "Train", projectKey: 1, preemptible: null },
    ...{ running: true, heldMilli: held, heldSeconds: 168 * 3600, observedMilli: held, expectedMilli: held },
    ...{ idleMilli: 0, warmMilli: 0, inefficientMilli: 0, activeMilli: held, allocatedPeakMilli: 1000 * cards },
    ...{ busiestMilli: 1000 * cards, memoryPeakMib: 60_000 * cards, spentMicros: spent, standardMicros: spent },
    ...more,
  };
}
const kinds = (...uses: Use[]) => recommend(uses, OFFERS).map((r) => [r.kind, r.savingMicros]);
const WEEK = 168 * HOUR;
const SPENT = 168 * 2_500_000;

describe("right-sizing", () => {
  it("leaves alone what is well used", () => {
    expect(kinds(use())).toEqual([]);
  });

  it.each<[string, Use, (string | number | null)[]]>([
    ["idle for a week", use({ activeMilli: 0, idleMilli: WEEK }), ["terminate", SPENT]],
    [
      "three of eight work",
      use({ cards: 8, busiestMilli: 3000, activeMilli: 3 * WEEK, idleMilli: 5 * WEEK }),
      ["downsize", 5 * SPENT],
    ],
    [
      "what was idle is saved, no more: it held eight for a day alone",
      use({ cards: 8, busiestMilli: 3000, activeMilli: 7 * WEEK, idleMilli: WEEK }),
      ["downsize", SPENT],
    ],
    [
      "what was not observed is not said to be idle",
      use({ activeMilli: 0, idleMilli: 0.6 * WEEK, observedMilli: 0.6 * WEEK }),
      ["terminate", 0.6 * SPENT],
    ],
    [
      "what was not observed is not said to fit a part of a card",
      use({ activeMilli: 0, inefficientMilli: 0.6 * WEEK, observedMilli: 0.6 * WEEK, memoryPeakMib: 6000 }),
      ["fraction", 0.6 * (SPENT - SPENT / 8)],
    ],
    [
      "little memory, little work",
      use({ activeMilli: 0, inefficientMilli: WEEK, memoryPeakMib: 6000 }),
      ["fraction", SPENT - SPENT / 8],
    ],
    [
      "too much memory for half a card",
      use({ activeMilli: 0, inefficientMilli: WEEK, memoryPeakMib: 36_000 }),
      ["smaller-card", 0.6 * SPENT],
    ],
    ["could be preempted", use({ preemptible: false }), ["spot", 0.6 * SPENT]],
    ["memory is full", use({ memoryPeakMib: 81_000 }), ["upsize", null]],
  ])("%s", (_, u, expected) => {
    expect(kinds(u)).toEqual([expected]);
  });

  it("does not call warm services idle, and puts several on one card", () => {
    const service = (workloadKey: number) =>
      use({ workloadKey, category: "Deploy", activeMilli: 0, warmMilli: WEEK, memoryPeakMib: 15_000 });
    expect(kinds(service(1))).toEqual([["fraction", SPENT - SPENT / 4]]);
    expect(kinds(service(1), service(2), service(3))).toEqual([["consolidate", 2 * SPENT]]);
  });

  it("says nothing with under a day of data, unobserved time, or unknown memory; coverage decides how sure it is", () => {
    const idle = { activeMilli: 0, idleMilli: WEEK };
    expect(kinds(use({ ...idle, heldSeconds: 23 * 3600 }))).toEqual([]);
    expect(kinds(use({ ...idle, observedMilli: 0.4 * WEEK }))).toEqual([]);
    expect(kinds(use({ inefficientMilli: WEEK, activeMilli: 0, memoryPeakMib: null }))).toEqual([]);
    const confidence = (more: Partial<Use>) => recommend([use({ ...idle, ...more })], OFFERS)[0]?.confidence;
    expect(confidence({})).toBe("high");
    expect(confidence({ observedMilli: 0.9 * WEEK })).toBe("medium");
    expect(confidence({ heldSeconds: 30 * 3600 })).toBe("low");
  });

  it("never saves more than was spent, of one workload and of all together", () => {
    const anyUse = fc.record({
      workloadKey: fc.integer({ min: 1, max: 5 }),
      category: fc.constantFrom("Train", "Build", "Deploy"),
      gpuModel: fc.constantFrom(H100, "NVIDIA L40S", "unknown"),
      preemptible: fc.constantFrom(true, false, null),
      running: fc.boolean(),
      idleMilli: fc.integer({ min: 0, max: 9 * WEEK }),
      warmMilli: fc.integer({ min: 0, max: 9 * WEEK }),
      inefficientMilli: fc.integer({ min: 0, max: 9 * WEEK }),
      activeMilli: fc.integer({ min: 0, max: 9 * WEEK }),
      allocatedPeakMilli: fc.integer({ min: 100, max: 16_000 }),
      busiestMilli: fc.option(fc.integer({ min: 0, max: 16_000 })),
      memoryPeakMib: fc.option(fc.integer({ min: 0, max: 2_000_000 })),
      spentMicros: fc.integer({ min: 0, max: 1e12 }),
      standard: fc.integer({ min: 0, max: 1000 }),
    });
    fc.assert(
      fc.property(fc.array(anyUse, { maxLength: 8 }), (drawn) => {
        const uses = drawn.map(({ standard, ...u }) =>
          use({ ...u, standardMicros: Math.floor((u.spentMicros / 1000) * standard) }),
        );
        const all = recommend(uses, OFFERS);
        for (const r of all) {
          expect(r.savingMicros ?? 0).toBeGreaterThanOrEqual(0);
          expect(r.savingMicros ?? 0).toBeLessThanOrEqual(r.spentMicros);
          expect(r.spentMicros).toBe(r.uses.reduce((sum, u) => sum + u.spentMicros, 0));
        }
        const counted = all.flatMap((r) => r.uses);
        expect(new Set(counted).size).toBe(counted.length);
        const saved = all.reduce((sum, r) => sum + (r.savingMicros ?? 0), 0);
        expect(saved).toBeLessThanOrEqual(uses.reduce((sum, u) => sum + u.spentMicros, 0));
      }),
      runs(200),
    );
  });
});
