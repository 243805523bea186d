import { expect, it } from "vitest";
import { ownedRate } from "./owned.ts";

it("makes a rate of purchase, power and overhead, step by step", () => {
  const { steps, rateNanos } = ownedRate({
    type: "owned",
    // A server of 8 GPUs for 292,200 over 50 months: 292,200 ÷ 8 ÷ 50 ÷ 730.5 = 1.00.
    purchaseMicros: 292_200_000_000,
    gpus: 8,
    months: 50,
    powerWatts: 1000,
    powerMicrosPerKwh: 200_000,
    pue: 1.25,
    overheadPercent: 10,
  });
  expect(steps.map((s) => s.nanos)).toEqual([1_000_000_000, 250_000_000, 125_000_000]);
  expect(rateNanos).toBe(1_375_000_000);
  expect(steps[1]?.formula).toBe("1 kW × 0.2 per kWh × PUE 1.25");
});
