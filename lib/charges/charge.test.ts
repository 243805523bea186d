import { describe, expect, it } from "vitest";
import { PLATFORM_TEAM, UNASSIGNED_TEAM } from "@/lib/attribution/types.ts";
import { zeroRow } from "@/lib/classes.ts";
import { byIdentity, byShare, chargeDay, sumByTeam } from "./charge.ts";
import type { DayCharges } from "./day.ts";
import { assertTied, tieDay } from "./identity.ts";
import { dayInput, priceOfModel, usageRow } from "./testing-day.ts";
import { GPU_HOUR } from "./testing-ledger.ts";
import type { Charge, Share } from "./types.ts";

const charge = (given: Partial<Charge> = {}): Charge => ({
  ...{ day: 20261001, hardwareKey: 1, workloadKey: 1, sku: "gpu", priceClass: "standard", priceKey: 1 },
  ...{ unitPriceNanos: 2_500_000_000, teamKey: 11, projectKey: 1, quantity: 0, amountMicros: 0 },
  ...{ observedMilli: 0, expectedMilli: 0, classes: zeroRow() },
  ...given,
});
const share = (given: Partial<Share> = {}): Share => ({
  ...{ day: 20261001, clusterId: "c1", hardwareKey: 1, costClass: "down", teamKey: 11, method: "equal" },
  ...{ amountMicros: 0, weight: 0, weightTotal: 0 },
  ...given,
});

describe("who pays for usage", () => {
  it.each([
    ["a workload of a team's project", 1, 11],
    ["one of a second team", 3, 12],
    ["one that no rule names", 4, UNASSIGNED_TEAM],
    ["one that inventory does not know", 99, UNASSIGNED_TEAM],
    ["nobody", 0, PLATFORM_TEAM],
  ])("%s", (_, workload, team) => {
    const classes = workload === 0 ? { unallocatedMilli: GPU_HOUR } : { activeMilli: GPU_HOUR };
    const { charges, teamDays } = chargeDay(dayInput({ usage: [usageRow(1, workload, classes)] }));
    expect(charges.map((c) => [c.teamKey, c.amountMicros])).toEqual([[team, 2_500_000]]);
    expect(teamDays.map((c) => [c.teamKey, c.amountMicros])).toEqual([[team, 2_500_000]]);
  });

  it("keeps the project of a workload; an unknown one has none", () => {
    const usage = [1, 3, 99, 0].map((w) => usageRow(1, w, w ? { activeMilli: 1 } : { downMilli: 1 }));
    const projects = new Map(chargeDay(dayInput({ usage })).charges.map((c) => [c.workloadKey, c.projectKey]));
    expect(projects).toEqual(
      new Map([
        [0, 0],
        [1, 1],
        [3, 2],
        [99, 0],
      ]),
    );
  });

  it("gives what is left of a rounding to the first row in the order of keys, whatever order they came in", () => {
    const prices = [priceOfModel("H100", 1)];
    // 4 milli-seconds at 1.00 an hour are 1.1 micro-units, rounded to 1: half for each, so all of it for one.
    const usage = [usageRow(1, 3, { activeMilli: 2 }), usageRow(1, 1, { activeMilli: 2 })];
    const amounts = (rows: typeof usage) =>
      chargeDay(dayInput({ prices, usage: rows })).charges.map((c) => [c.workloadKey, c.amountMicros]);
    expect(amounts(usage)).toEqual([
      [1, 1],
      [3, 0],
    ]);
    expect(amounts([...usage].reverse())).toEqual(amounts(usage));
  });
});

describe("the order of charges", () => {
  const sorted = [
    charge({ hardwareKey: 1, workloadKey: 1, sku: "cpu" }),
    charge({ hardwareKey: 1, workloadKey: 1, sku: "gpu", priceClass: "over-quota" }),
    charge({ hardwareKey: 1, workloadKey: 1, sku: "gpu", priceClass: "standard" }),
    charge({ hardwareKey: 1, workloadKey: 2, sku: "cpu" }),
    charge({ hardwareKey: 2, workloadKey: 0, sku: "cpu" }),
    charge({ hardwareKey: 10, workloadKey: 0, sku: "cpu" }),
  ];
  it("is by hardware, workload, SKU and price class", () => {
    expect([...sorted].reverse().sort(byIdentity)).toEqual(sorted);
    expect(byIdentity(charge(), charge())).toBe(0);
  });

  const shares = [
    share({ clusterId: "a", hardwareKey: 9 }),
    share({ hardwareKey: 1, costClass: "down", teamKey: 2 }),
    share({ hardwareKey: 1, costClass: "down", teamKey: 11, method: "charges" }),
    share({ hardwareKey: 1, costClass: "down", teamKey: 11, method: "quota" }),
    share({ hardwareKey: 1, costClass: "unknown", teamKey: 1 }),
    share({ hardwareKey: 2, costClass: "down", teamKey: 1 }),
  ];
  it("of shares is by cluster, hardware, class, team and method", () => {
    expect([...shares].reverse().sort(byShare)).toEqual(shares);
    expect(byShare(share(), share())).toBe(0);
    for (const [i, a] of shares.entries())
      for (const [j, b] of shares.entries()) expect(Math.sign(byShare(a, b)), `${i} ${j}`).toBe(Math.sign(i - j));
  });
});

describe("sums of a team's day", () => {
  it("add every figure of one team, project, hardware and price, and leave the charges as they were", () => {
    const one = charge({ quantity: 1, amountMicros: 2, observedMilli: 3, expectedMilli: 4 });
    one.classes.activeMilli = 5;
    const two = charge({ workloadKey: 2, quantity: 10, amountMicros: 20, observedMilli: 30, expectedMilli: 40 });
    two.classes.activeMilli = 50;
    const [sum, ...others] = sumByTeam([one, two]);
    expect(others).toEqual([]);
    expect(sum).toMatchObject({ quantity: 11, amountMicros: 22, observedMilli: 33, expectedMilli: 44 });
    expect(sum?.classes.activeMilli).toBe(55);
    expect(sum).not.toHaveProperty("workloadKey");
    expect([one.quantity, one.classes.activeMilli]).toEqual([1, 5]);
  });

  it.each([
    { teamKey: 12 },
    { projectKey: 2 },
    { hardwareKey: 2 },
    { sku: "cpu" as const },
    { priceClass: "spot" as const },
    { priceKey: 2 },
  ])("keep apart what differs in %j", (other) => {
    expect(sumByTeam([charge({ quantity: 1 }), charge({ quantity: 1, ...other })])).toHaveLength(2);
  });
});

describe("the identity of a day", () => {
  const input = dayInput({
    usage: [usageRow(1, 1, { activeMilli: GPU_HOUR }), usageRow(1, 0, { unallocatedMilli: GPU_HOUR })],
    costs: [{ clusterId: "c1", teamKey: 11, amountMicros: 9 }],
  });
  const whole = chargeDay(input);
  const tampered = (change: (charge: Charge) => Partial<Charge>): DayCharges => ({
    ...whole,
    charges: whole.charges.map((c, i) => (i === 0 ? { ...c, ...change(c) } : c)),
  });

  it("says what is metered, charged and left, hardware by hardware; hardware without a model is not charged", () => {
    expect(tieDay(input, whole)).toEqual([
      {
        ...{ day: 20261001, hardwareKey: 1, meteredMilli: 2 * GPU_HOUR, unpricedMilli: 0, chargedMilli: 2 * GPU_HOUR },
        ...{ productMicros: 5_000_000, chargedMicros: 5_000_000, residualMilli: 0, residualMicros: 0 },
      },
      {
        ...{ day: 20261001, hardwareKey: 2, meteredMilli: 0, unpricedMilli: 0, chargedMilli: 0 },
        ...{ productMicros: 0, chargedMicros: 0, residualMilli: 0, residualMicros: 0 },
      },
    ]);
  });

  it("counts what has no price beside what is charged, and GPUs alone", () => {
    const prices = [priceOfModel("A100", 1), priceOfModel("", 1, { kind: "cpu" })];
    const usage = [
      usageRow(1, 1, { activeMilli: 7 }, { cpuRequestedMilliSeconds: 3_600_000 }),
      usageRow(2, 1, { activeMilli: GPU_HOUR }),
    ];
    const given = dayInput({ usage, prices });
    const ties = tieDay(given, chargeDay(given));
    expect(ties).toMatchObject([
      { hardwareKey: 1, meteredMilli: 7, unpricedMilli: 7, chargedMilli: 0, chargedMicros: 0, residualMilli: 0 },
      { hardwareKey: 2, chargedMicros: 1_000_000, residualMilli: 0, residualMicros: 0 },
    ]);
  });

  it("of two prices is the sum of two products, each rounded once", () => {
    const prices = [priceOfModel("H100", 0.0018), priceOfModel("H100", 0.0018, { priceClass: "spot" })];
    // 0.5 micro-units of each price: rounded half to even to 0 and 0, not to 1 together.
    const given = dayInput({
      prices,
      usage: [usageRow(1, 1, { activeMilli: 1000 }), usageRow(1, 2, { activeMilli: 1000 })],
    });
    expect(tieDay(given, chargeDay(given))[0]).toMatchObject({ productMicros: 0, chargedMicros: 0, residualMicros: 0 });
  });

  it("holds for what is charged, and refuses a day that was changed by one", () => {
    expect(() => assertTied(input, whole)).not.toThrow();
    expect(() =>
      assertTied(
        input,
        tampered((c) => ({ amountMicros: c.amountMicros + 1 })),
      ),
    ).toThrow(/Charges of 20261001 do not add up on hardware 1: 0 milli-GPU-seconds and -1 micro-units/);
    expect(() =>
      assertTied(
        input,
        tampered((c) => ({ quantity: c.quantity - 1 })),
      ),
    ).toThrow(/hardware 1: 1 milli/);
    expect(() => assertTied(input, { ...whole, shares: [] })).toThrow(/Shares of 20261001 sum to 0, not to 9/);
  });
});
