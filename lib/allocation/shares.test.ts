import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "@/lib/testing-runs.ts";
import { chargeUnusedQuota, type Pot, splitPot } from "./shares.ts";

const pot = (amountMicros: number): Pot => ({ costClass: "unallocated", hardwareKey: 3, amountMicros });
type Weighed = [team: number, weight: number][];

describe("a pot that is split", () => {
  const cases: [string, number, Weighed, Weighed][] = [
    [
      "in proportion",
      90,
      [
        [11, 1],
        [12, 2],
      ],
      [
        [11, 30],
        [12, 60],
      ],
    ],
    [
      "to the micro-unit: the largest remainder takes what is left",
      100,
      [
        [11, 1],
        [12, 1],
        [13, 1],
      ],
      [
        [11, 34],
        [12, 33],
        [13, 33],
      ],
    ],
    [
      "equal remainders go to the lower key, in whatever order they come",
      5,
      [
        [12, 1],
        [11, 1],
      ],
      [
        [11, 3],
        [12, 2],
      ],
    ],
    [
      "a credit as much as a cost",
      -100,
      [
        [11, 3],
        [12, 1],
      ],
      [
        [11, -75],
        [12, -25],
      ],
    ],
    [
      "a team without weight takes no part",
      10,
      [
        [11, 0],
        [12, 5],
      ],
      [[12, 10]],
    ],
    [
      "a weight below zero counts as zero",
      10,
      [
        [11, -4],
        [12, 5],
      ],
      [[12, 10]],
    ],
    [
      "a pot smaller than its teams",
      1,
      [
        [11, 1],
        [12, 3],
      ],
      [
        [11, 0],
        [12, 1],
      ],
    ],
    ["nobody to split over", 10, [], []],
    ["no weight at all", 10, [[11, 0]], []],
    ["an empty pot", 0, [[11, 1]], []],
  ];
  it.each(cases)("%s", (_, amount, weights, expected) => {
    const parts = splitPot(pot(amount), "charges", new Map(weights));
    expect(parts.map((p) => [p.teamKey, p.amountMicros])).toEqual(expected);
  });

  it("says of which pot each part is, by what method, and by what weight of which total", () => {
    expect(
      splitPot(
        pot(90),
        "quota",
        new Map([
          [11, 1],
          [12, 2],
        ]),
      ),
    ).toEqual([
      {
        costClass: "unallocated",
        hardwareKey: 3,
        method: "quota",
        teamKey: 11,
        weight: 1,
        weightTotal: 3,
        amountMicros: 30,
      },
      {
        costClass: "unallocated",
        hardwareKey: 3,
        method: "quota",
        teamKey: 12,
        weight: 2,
        weightTotal: 3,
        amountMicros: 60,
      },
    ]);
  });
});

describe("unused quota of a pool in which 10 of 10 free hours cost 1,000", () => {
  const cases: [string, number, number, Weighed, Weighed, number][] = [
    // What, the pot, free milli, unused quota → each team's part, and what is left for the policy.
    [
      "less than is free: that part of the pot",
      1000,
      10,
      [
        [11, 3],
        [12, 1],
      ],
      [
        [11, 300],
        [12, 100],
      ],
      600,
    ],
    ["one less than is free", 1000, 10, [[11, 9]], [[11, 900]], 100],
    [
      "as much as is free: all of it",
      1000,
      10,
      [
        [11, 5],
        [12, 5],
      ],
      [
        [11, 500],
        [12, 500],
      ],
      0,
    ],
    ["one more than is free: all of it, no more", 1000, 10, [[11, 11]], [[11, 1000]], 0],
    [
      "far more than is free, in proportion",
      1000,
      10,
      [
        [11, 30],
        [12, 10],
      ],
      [
        [11, 750],
        [12, 250],
      ],
      0,
    ],
    ["rounded half to even", 5, 10, [[11, 1]], [], 5],
    ["rounded half to even", 15, 10, [[11, 1]], [[11, 2]], 13],
    ["nobody left quota unused", 1000, 10, [], [], 1000],
    ["quota of nobody", 1000, 10, [[11, 0]], [], 1000],
    ["nothing is free", 1000, 0, [[11, 5]], [], 1000],
    ["what is free has no price", 0, 10, [[11, 5]], [], 0],
  ];
  it.each(cases)("%s (%d, %d free)", (_, amount, freeMilli, unused, expected, rest) => {
    const taken = chargeUnusedQuota(pot(amount), freeMilli, new Map(unused));
    expect(taken.parts.map((p) => [p.teamKey, p.amountMicros])).toEqual(expected);
    expect(taken.rest).toEqual(pot(rest));
    for (const part of taken.parts) expect(part.method).toBe("unused-quota");
  });

  it("and its rest always sum to the pot, whatever the quotas are", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e12 }),
        fc.integer({ min: 0, max: 1e12 }),
        fc.uniqueArray(fc.tuple(fc.nat(20), fc.nat(1e9)), { selector: ([team]) => team, maxLength: 6 }),
        (amount, freeMilli, unused) => {
          const { parts, rest } = chargeUnusedQuota(pot(amount), freeMilli, new Map(unused));
          expect(parts.reduce((sum, p) => sum + p.amountMicros, rest.amountMicros)).toBe(amount);
          for (const p of parts) expect(p.amountMicros).toBeGreaterThanOrEqual(0);
        },
      ),
      runs(300),
    );
  });
});
