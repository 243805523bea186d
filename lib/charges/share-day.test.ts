import { describe, expect, it } from "vitest";
import type { CostClass, ShareMethod } from "@/lib/allocation/types.ts";
import { PLATFORM_TEAM, UNASSIGNED_TEAM } from "@/lib/attribution/types.ts";
import { chargeDay } from "./charge.ts";
import type { DayInput, DayUsage } from "./day.ts";
import { dayInput, priceOfModel, usageRow } from "./testing-day.ts";
import { GPU_HOUR } from "./testing-ledger.ts";

/**
 * Who pays how much, in the ledger's currency. An H100-hour (pool default) costs 2.50, an A100-hour (pool batch) 1.50.
 * The project vision (quota 1 GPU of the pool default) belongs to VISION, speech (2 GPUs) to SPEECH, unknown (3 GPUs) to nobody's team.
 */
const [VISION, SPEECH] = [11, 12];
const [H100, A100] = [1, 2];
const held = (hardwareKey: number, workloadKey: number, hours: number): DayUsage =>
  usageRow(hardwareKey, workloadKey, { activeMilli: hours * GPU_HOUR });
const free = (hardwareKey: number, hours: number, kind = "unallocatedMilli"): DayUsage =>
  usageRow(hardwareKey, 0, { [kind]: hours * GPU_HOUR });
const visionAndSpeech = (given: DayInput): DayInput["projects"] => given.projects.filter((p) => p.name !== "unknown");

/** Each team's shares of a class in units of currency, teams in order; with the platform's own (negative) row. */
function sharesOf(input: DayInput, costClass: CostClass = "unallocated"): Record<number, number> {
  const out: Record<number, number> = {};
  for (const s of chargeDay(input).shares)
    if (s.costClass === costClass) out[s.teamKey] = (out[s.teamKey] ?? 0) + s.amountMicros / 1e6;
  return out;
}

const chargingUnusedQuota = (input: DayInput): DayInput => ({
  ...input,
  rules: {
    ...input.rules,
    settings: [
      { fromDay: 20200101, settings: { cpu: "none", memory: "none", gpuMemory: "none", chargeUnusedQuota: true } },
    ],
  },
});

describe("unused quota", () => {
  // Vision used 10 hours of its one GPU, speech none of its two: 13 to 15 and 46 to 50 hours are left unused, at 2.50.
  it.each([
    { hours: 23, vision: 13 * 2.5, speech: 46 * 2.5 },
    { hours: 24, vision: 14 * 2.5, speech: 48 * 2.5 },
    { hours: 25, vision: 15 * 2.5, speech: 50 * 2.5 },
  ])("is quota × the $hours hours that the day has, less what was held", ({ hours, vision, speech }) => {
    const input = dayInput({ seconds: hours * 3600, usage: [held(H100, 1, 10), free(H100, 200)] });
    const shares = sharesOf(chargingUnusedQuota({ ...input, projects: visionAndSpeech(input) }));
    expect(shares).toEqual({ [VISION]: vision, [SPEECH]: speech, [PLATFORM_TEAM]: -(vision + speech) });
  });

  it("takes no more than there was free: 6 free hours are split 14 to 48", () => {
    const input = dayInput({ usage: [held(H100, 1, 10), free(H100, 6)] });
    const shares = sharesOf(chargingUnusedQuota({ ...input, projects: visionAndSpeech(input) }));
    // 15.00 × 14 ÷ 62 and 15.00 × 48 ÷ 62.
    expect(shares).toEqual({ [VISION]: 3.387097, [SPEECH]: 11.612903, [PLATFORM_TEAM]: -15 });
  });

  it("leaves the rest to the policy: after 62 hours of quota, 38 by what each was charged", () => {
    const input = dayInput({ method: "charges", usage: [held(H100, 1, 10), held(A100, 3, 10), free(H100, 100)] });
    const { shares } = chargeDay(chargingUnusedQuota({ ...input, projects: visionAndSpeech(input) }));
    const rows = shares.map((s) => [s.method, s.teamKey, s.amountMicros / 1e6]);
    // Charged: 25.00 and 15.00. Speech held an A100, which is of another pool than its quota.
    expect(rows).toEqual([
      ["unused-quota", VISION, 14 * 2.5],
      ["unused-quota", SPEECH, 48 * 2.5],
      ["charges", VISION, (38 * 2.5 * 25) / 40],
      ["charges", SPEECH, (38 * 2.5 * 15) / 40],
      ["unused-quota", PLATFORM_TEAM, -62 * 2.5],
      ["charges", PLATFORM_TEAM, -38 * 2.5],
    ]);
  });

  it("is nothing for a project that held all of it or more", () => {
    const input = dayInput({ usage: [held(H100, 1, 24), held(H100, 3, 60), free(H100, 100)] });
    expect(sharesOf(chargingUnusedQuota({ ...input, projects: visionAndSpeech(input) }))).toEqual({});
  });

  it("of another pool or cluster is paid there, and down or unknown capacity is not it", () => {
    const input = dayInput({ usage: [free(A100, 50), free(H100, 10, "downMilli"), free(H100, 10, "unknownMilli")] });
    expect(chargeDay(chargingUnusedQuota(input)).shares).toEqual([]);
    const elsewhere = input.projects.map((p) => ({ ...p, clusterId: "c2" }));
    const usage = [free(H100, 50)];
    expect(chargeDay(chargingUnusedQuota({ ...input, usage, projects: elsewhere })).shares).toEqual([]);
  });

  it("below zero counts as none", () => {
    const input = dayInput({ usage: [free(H100, 100)] });
    const projects = visionAndSpeech(input).map((p) => ({ ...p, quotaMilli: { default: p.key === 1 ? -1000 : 1000 } }));
    expect(sharesOf(chargingUnusedQuota({ ...input, projects }))).toEqual({ [SPEECH]: 60, [PLATFORM_TEAM]: -60 });
  });

  it("is not charged unless the settings say so", () => {
    expect(sharesOf(dayInput({ usage: [free(H100, 100)] }))).toEqual({});
  });
});

describe("what nobody held", () => {
  // Charged: vision 25.00 for H100s and 15.00 for A100s, speech 50.00 for H100s, work without a team 10.00 for H100s.
  const used = [held(H100, 1, 10), held(A100, 1, 10), held(H100, 3, 20), held(H100, 4, 4)];
  const cases: [ShareMethod, number, number, number, number][] = [
    ["platform", H100, 0, 0, 0],
    ["charges", H100, 40, 50, 10],
    ["charges", A100, 40, 50, 10],
    ["quota", H100, 1, 2, 3],
    ["equal", H100, 1, 1, 1],
    ["node-pool", H100, 25, 50, 10],
    ["node-pool", A100, 15, 0, 0],
  ];
  for (const costClass of ["unallocated", "down", "unknown"] as const)
    it.each(cases)(
      `${costClass}, by "%s" on hardware %d: as %d to %d to %d`,
      (method, hardware, vision, speech, none) => {
        const input = dayInput({ method, usage: [...used, free(hardware, 40, `${costClass}Milli`)] });
        const amount = hardware === H100 ? 100 : 60;
        const whole = vision + speech + none;
        const part = (weight: number) => Math.round((amount * 1e6 * weight) / whole) / 1e6;
        const shares = sharesOf(input, costClass);
        const expected: Record<number, number> = whole
          ? { [PLATFORM_TEAM]: -amount, [VISION]: part(vision), [SPEECH]: part(speech), [UNASSIGNED_TEAM]: part(none) }
          : {};
        for (const team of [PLATFORM_TEAM, VISION, SPEECH, UNASSIGNED_TEAM])
          expect(Math.abs((shares[team] ?? 0) - (expected[team] ?? 0)), `team ${team}`).toBeLessThan(0.0000015);
        expect(chargeDay(input).shares.filter((s) => s.costClass !== costClass)).toEqual([]);
      },
    );

  it("says by what weight of which total each team pays", () => {
    const { shares } = chargeDay(dayInput({ method: "quota", usage: [free(H100, 6)] }));
    expect(shares).toEqual([
      ...(
        [
          [UNASSIGNED_TEAM, 3000, 7_500_000],
          [VISION, 1000, 2_500_000],
          [SPEECH, 2000, 5_000_000],
        ] as const
      ).map(([teamKey, weight, amountMicros]) => ({
        ...{ day: 20261001, clusterId: "c1", hardwareKey: H100, costClass: "unallocated", method: "quota" },
        ...{ teamKey, weight, weightTotal: 6000, amountMicros },
      })),
      {
        ...{ day: 20261001, clusterId: "c1", hardwareKey: H100, costClass: "unallocated", method: "quota" },
        ...{ teamKey: PLATFORM_TEAM, weight: 0, weightTotal: 6000, amountMicros: -15_000_000 },
      },
    ]);
  });

  it.each(["charges", "quota", "equal", "node-pool"] as const)(
    "is never split over the platform: by %s, its own work and quota take no part",
    (method) => {
      const base = dayInput({ method, usage: [held(H100, 1, 9), held(H100, 3, 3), free(H100, 12)] });
      const [vision, speech] = base.rules.teamRules as [
        DayInput["rules"]["teamRules"][number],
        (typeof base.rules.teamRules)[number],
      ];
      const teamRules = [vision, { ...speech, teamKey: PLATFORM_TEAM }];
      const input = { ...base, projects: visionAndSpeech(base), rules: { ...base.rules, teamRules } };
      expect(chargeDay(input).shares.map((s) => [s.teamKey, s.amountMicros, s.weight === s.weightTotal])).toEqual([
        [VISION, 30_000_000, true],
        [PLATFORM_TEAM, -30_000_000, false],
      ]);
    },
  );

  it("stays in its cluster: the work and quota of another have no part in it", () => {
    const base = dayInput({ usage: [held(H100, 1, 10), held(A100, 3, 10), free(H100, 4)] });
    const hardware = new Map(base.hardware).set(A100, {
      key: A100,
      clusterId: "c2",
      nodePool: "batch",
      gpuModel: "NVIDIA-A100-SXM4-80GB",
    });
    const projects = base.projects.map((p) => ({ ...p, clusterId: p.name === "vision" ? "c1" : "c2" }));
    for (const method of ["charges", "quota", "equal"] as const) {
      const { policies } = dayInput({ method }).rules;
      const shares = sharesOf({ ...base, hardware, projects, rules: { ...base.rules, policies } });
      expect(shares, method).toEqual({ [VISION]: 10, [PLATFORM_TEAM]: -10 });
    }
  });

  it("counts CPU and memory among charges, but only GPU time as held quota", () => {
    const prices = [priceOfModel("H100", 2.5), priceOfModel("", 10, { kind: "cpu" })];
    const cpu = { cpuRequestedMilliSeconds: GPU_HOUR };
    const usage = [held(H100, 1, 10), usageRow(H100, 3, {}, cpu), free(H100, 14)];
    // 25.00 to 10.00 of 35.00.
    expect(sharesOf(dayInput({ prices, usage, method: "charges" }))).toEqual({
      [VISION]: 25,
      [SPEECH]: 10,
      [PLATFORM_TEAM]: -35,
    });
    const quota = chargingUnusedQuota(
      dayInput({ prices, usage: [held(H100, 1, 10), usageRow(H100, 1, {}, cpu), free(H100, 200)] }),
    );
    expect(sharesOf({ ...quota, projects: quota.projects.slice(0, 1) })).toEqual({
      [VISION]: 35,
      [PLATFORM_TEAM]: -35,
    });
  });
});

describe("imported cost", () => {
  const usage = [held(H100, 1, 10), held(H100, 3, 30)];
  const shared = (costs: DayInput["costs"], method: ShareMethod = "charges") =>
    chargeDay(dayInput({ usage, costs, method })).shares.map((s) => [s.clusterId, s.teamKey, s.method, s.amountMicros]);

  it("is paid by the team that it names, whole", () => {
    expect(shared([{ clusterId: "c1", teamKey: VISION, amountMicros: 7 }])).toEqual([["c1", VISION, "direct", 7]]);
  });
  it("of no team is split by the policy", () => {
    expect(shared([{ clusterId: "c1", teamKey: 0, amountMicros: 40 }])).toEqual([
      ["c1", VISION, "charges", 10],
      ["c1", SPEECH, "charges", 30],
    ]);
  });
  it("of no cluster is split over the charges of all of them", () => {
    expect(shared([{ clusterId: "", teamKey: 0, amountMicros: 40 }])).toEqual([
      ["", VISION, "charges", 10],
      ["", SPEECH, "charges", 30],
    ]);
    expect(shared([{ clusterId: "c2", teamKey: 0, amountMicros: 40 }])).toEqual([["c2", PLATFORM_TEAM, "direct", 40]]);
  });
  it("by node pool is split over all pools, for it has none", () => {
    const more = [held(A100, 1, 10)];
    const { shares } = chargeDay(
      dayInput({
        usage: [...usage, ...more],
        method: "node-pool",
        costs: [{ clusterId: "c1", teamKey: 0, amountMicros: 115 }],
      }),
    );
    // 25.00 + 15.00 to 75.00.
    expect(shares.map((s) => [s.teamKey, s.amountMicros])).toEqual([
      [VISION, 40],
      [SPEECH, 75],
    ]);
  });
  it("stays with the platform where that is the policy, or nobody is to be charged", () => {
    const cost = [{ clusterId: "c1", teamKey: 0, amountMicros: 40 }];
    expect(shared(cost, "platform")).toEqual([["c1", PLATFORM_TEAM, "direct", 40]]);
    const nobody = chargeDay(dayInput({ costs: cost, method: "charges" })).shares;
    expect(nobody).toEqual([
      {
        ...{ day: 20261001, clusterId: "c1", hardwareKey: 0, costClass: "shared", teamKey: PLATFORM_TEAM },
        ...{ method: "direct", amountMicros: 40, weight: 0, weightTotal: 0 },
      },
    ]);
  });
  it("of several lines is one row for each cluster, team and method; a credit is negative", () => {
    const lines = [
      { clusterId: "c1", teamKey: VISION, amountMicros: 7 },
      { clusterId: "c1", teamKey: VISION, amountMicros: -2 },
      { clusterId: "", teamKey: VISION, amountMicros: 1 },
      { clusterId: "c1", teamKey: 0, amountMicros: -20 },
      { clusterId: "c1", teamKey: 0, amountMicros: 60 },
    ];
    expect(shared(lines)).toEqual([
      ["c1", VISION, "direct", 5],
      ["", VISION, "direct", 1],
      ["c1", VISION, "charges", 10],
      ["c1", SPEECH, "charges", 30],
    ]);
  });
});
