import { describe, expect, it } from "vitest";
import type { ChargeSettings } from "@/lib/allocation/types.ts";
import { DayPrices } from "@/lib/pricing/price-book.ts";
import type { DayInput, DayUsage } from "./day.ts";
import { rateGpus, rateHosts } from "./rate.ts";
import { termsOf } from "./terms.ts";
import { dayInput, priceOfModel, usageRow } from "./testing-day.ts";
import { GPU_HOUR } from "./testing-ledger.ts";

const H100 = 1;
const NOT_CHARGED: ChargeSettings = { cpu: "none", memory: "none", gpuMemory: "none", chargeUnusedQuota: false };
const HOSTS = {
  cpu: {
    setting: "cpu",
    unit: 3_600_000,
    of: ["cpuRequestedMilliSeconds", "cpuUsedMilliSeconds", "cpuObservedSeconds"],
  },
  memory: {
    setting: "memory",
    unit: 3_686_400,
    of: ["memoryRequestedMibSeconds", "memoryUsedMibSeconds", "memoryObservedSeconds"],
  },
  "gpu-memory": {
    setting: "gpuMemory",
    unit: 3_686_400,
    of: ["gpuMemoryRequestedMibSeconds", "gpuMemoryUsedMibSeconds", "gpuMemoryObservedSeconds"],
  },
} as const;
type Host = keyof typeof HOSTS;

/** A row that requested and used these core-hours or GiB-hours, observed for so many seconds. */
function hostRow(sku: Host, requested: number, used: number, observed = 3600, workload = 1): DayUsage {
  const { unit, of } = HOSTS[sku];
  return usageRow(H100, workload, {}, { [of[0]]: requested * unit, [of[1]]: used * unit, [of[2]]: observed });
}
/** The price of a core-hour or GiB-hour. */
const hostPrice = (sku: Host, unitPrice: number, more = {}) => priceOfModel("", unitPrice, { kind: sku, ...more });

function rateHost(sku: Host, how: ChargeSettings["cpu"], usage: readonly DayUsage[], prices = [hostPrice(sku, 3)]) {
  const input = dayInput({ usage, prices });
  const settings = { ...NOT_CHARGED, [HOSTS[sku].setting]: how };
  return rateHosts(input, new DayPrices(input.rules.book, input.day), settings);
}

describe.each(Object.keys(HOSTS) as Host[])("%s at 3.00 for an hour of its unit", (sku) => {
  it.each([
    // how, requested, used, observed seconds → charged hours
    ["none", 10, 4, 3600, 0],
    ["none", 4, 10, 3600, 0],
    ["request", 10, 4, 3600, 10],
    ["request", 4, 10, 3600, 4],
    ["usage", 10, 4, 3600, 4],
    ["usage", 4, 10, 3600, 10],
    ["larger", 10, 4, 3600, 10],
    ["larger", 4, 10, 3600, 10],
    // Where use was not observed, what was requested; one observed second is an observation.
    ["none", 10, 0, 0, 0],
    ["request", 10, 0, 0, 10],
    ["usage", 10, 0, 0, 10],
    ["larger", 10, 0, 0, 10],
    ["usage", 10, 4, 1, 4],
    ["usage", 10, 0, 1, 0],
    ["larger", 0, 4, 0, 0],
  ] as const)(
    "by %s: %d requested, %d used, observed for %d s: %d charged",
    (how, requested, used, observed, hours) => {
      const { rated, unpriced } = rateHost(sku, how, [hostRow(sku, requested, used, observed)]);
      const { unit } = HOSTS[sku];
      expect(rated.map((r) => [r.sku, r.quantity, r.amountMicros])).toEqual(
        hours ? [[sku, hours * unit, hours * 3_000_000]] : [],
      );
      expect(unpriced).toEqual([]);
    },
  );

  it("is charged to nobody where nobody held it", () => {
    expect(rateHost(sku, "larger", [hostRow(sku, 10, 10, 3600, 0)])).toEqual({ rated: [], unpriced: [] });
  });

  it("is not charged, nor missed, by a book without such a price", () => {
    const usage = [hostRow(sku, 10, 10)];
    expect(rateHost(sku, "larger", usage, [priceOfModel("H100", 2.5)])).toEqual({ rated: [], unpriced: [] });
  });

  it("is without a price where the price is another cluster's, summed over its rows", () => {
    const elsewhere = [hostPrice(sku, 3, { clusterId: "c2" })];
    const { rated, unpriced } = rateHost(sku, "larger", [hostRow(sku, 10, 0), hostRow(sku, 2, 5, 60, 3)], elsewhere);
    expect(rated).toEqual([]);
    expect(unpriced).toEqual([
      {
        ...{ day: 20261001, hardwareKey: H100, sku, priceClass: "standard", quantity: 15 * HOSTS[sku].unit },
        reason: `No standard price for ${sku} is in force.`,
      },
    ]);
  });

  it("has a spot price for what may be pre-empted, where there is one, and the standard price else", () => {
    const rows = [hostRow(sku, 1, 1), hostRow(sku, 1, 1, 3600, 2)];
    const spot = hostPrice(sku, 1, { priceClass: "spot" });
    const priced = (prices: ReturnType<typeof hostPrice>[]) =>
      rateHost(sku, "larger", rows, prices).rated.map((r) => [r.usage.workloadKey, r.price.priceClass, r.amountMicros]);
    expect(priced([hostPrice(sku, 3), spot])).toEqual([
      [1, "standard", 3_000_000],
      [2, "spot", 1_000_000],
    ]);
    expect(priced([hostPrice(sku, 3), { ...spot, clusterId: "c2" }])).toEqual([
      [1, "standard", 3_000_000],
      [2, "standard", 3_000_000],
    ]);
  });

  it("has no classes and nothing that utilisation should cover", () => {
    const [charge] = rateHost(sku, "request", [hostRow(sku, 1, 1)]).rated;
    expect([charge?.observedMilli, charge?.expectedMilli]).toEqual([0, 0]);
    expect(Object.values(charge?.classes ?? {}).every((v) => v === 0)).toBe(true);
  });
});

describe("several resources", () => {
  it("are each charged by their own setting and price", () => {
    const row = { ...hostRow("cpu", 10, 4), ...only(hostRow("memory", 10, 4)), ...only(hostRow("gpu-memory", 10, 4)) };
    const prices = [hostPrice("cpu", 1), hostPrice("memory", 2), hostPrice("gpu-memory", 3)];
    const input = dayInput({ usage: [row], prices });
    const settings = { cpu: "usage", memory: "request", gpuMemory: "larger", chargeUnusedQuota: false } as const;
    const { rated } = rateHosts(input, new DayPrices(input.rules.book, input.day), settings);
    expect(rated.map((r) => [r.sku, r.amountMicros / 1e6])).toEqual([
      ["cpu", 4],
      ["memory", 20],
      ["gpu-memory", 30],
    ]);
  });

  it("of hardware that is not known are not charged", () => {
    const input = dayInput({ usage: [{ ...hostRow("cpu", 1, 1), hardwareKey: 9 }], prices: [hostPrice("cpu", 1)] });
    const none = rateHosts(input, new DayPrices(input.rules.book, input.day), { ...NOT_CHARGED, cpu: "request" });
    expect(none).toEqual({ rated: [], unpriced: [] });
  });
});

/** The figures of a row that are not zero, its keys aside. */
const only = ({ hardwareKey: _h, workloadKey: _w, classes: _c, ...figures }: DayUsage): Partial<DayUsage> =>
  Object.fromEntries(Object.entries(figures).filter(([, v]) => v !== 0));

describe("GPU time", () => {
  const rate = (given: Partial<DayInput> & { prices?: ReturnType<typeof priceOfModel>[] }) => {
    const input = dayInput(given);
    return rateGpus(input.day, termsOf(input, new DayPrices(input.rules.book, input.day)));
  };

  it("costs the same in every class, and each class takes its part", () => {
    const classes = { activeMilli: GPU_HOUR, deadIdleMilli: 2 * GPU_HOUR, downMilli: GPU_HOUR };
    const { rated } = rate({ usage: [usageRow(H100, 1, classes, { observedMilli: 5 })] });
    expect(rated).toMatchObject([
      { sku: "gpu", quantity: 4 * GPU_HOUR, amountMicros: 10_000_000, observedMilli: 5, expectedMilli: 3 * GPU_HOUR },
    ]);
    expect(rated[0]?.classes).toMatchObject({
      activeMicros: 2_500_000,
      deadIdleMicros: 5_000_000,
      downMicros: 2_500_000,
    });
    expect(rated[0]?.classes).toMatchObject({ ...classes, idleHeldMicros: 0, idleHeldMilli: 0 });
  });

  it("that nobody held is not expected to have samples", () => {
    const { rated } = rate({ usage: [usageRow(H100, 0, { unallocatedMilli: GPU_HOUR, unknownMilli: GPU_HOUR })] });
    expect(rated).toMatchObject([{ quantity: 2 * GPU_HOUR, amountMicros: 5_000_000, expectedMilli: 0 }]);
  });

  it("of one price is rounded once: a third of a second for each of three is a second's price", () => {
    // 1 GPU-second at 2.50 an hour is 694.44 micro-units: 694, not 3 × 231 = 693.
    const usage = [1, 3, 4].map((w) => usageRow(H100, w, { activeMilli: w === 4 ? 334 : 333 }));
    const { rated } = rate({ usage });
    expect(rated.map((r) => r.amountMicros)).toEqual([231, 231, 232]);
  });

  it("at two prices is rounded for each", () => {
    const prices = [priceOfModel("H100", 2.5), priceOfModel("H100", 1, { priceClass: "spot" })];
    const usage = [usageRow(H100, 1, { activeMilli: GPU_HOUR }), usageRow(H100, 2, { activeMilli: GPU_HOUR })];
    expect(rate({ prices, usage }).rated.map((r) => [r.price.priceClass, r.amountMicros])).toEqual([
      ["standard", 2_500_000],
      ["spot", 1_000_000],
    ]);
  });

  it("without a price is summed by hardware, not charged, and named", () => {
    const usage = [1, 3].map((w) => usageRow(H100, w, { activeMilli: GPU_HOUR, idleHeldMilli: 1 }));
    expect(rate({ prices: [priceOfModel("A100", 1.5)], usage })).toEqual({
      rated: [],
      unpriced: [
        {
          ...{ day: 20261001, hardwareKey: H100, sku: "gpu", priceClass: "standard", quantity: 2 * GPU_HOUR + 2 },
          reason: "No standard price for NVIDIA-H100-80GB-HBM3 is in force.",
        },
      ],
    });
  });

  it("of zero leaves no row, priced or not", () => {
    expect(rate({ usage: [usageRow(H100, 1, {})] })).toEqual({ rated: [], unpriced: [] });
    expect(rate({ usage: [usageRow(H100, 1, {})], prices: [] })).toEqual({ rated: [], unpriced: [] });
  });
});
