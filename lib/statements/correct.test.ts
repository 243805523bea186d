import { expect, it } from "vitest";
import type { Charge } from "@/lib/charges/types.ts";
import { priceOf } from "@/lib/money.ts";
import { type Correction, correctDay, type DaySide } from "./correct.ts";

const HOUR = 3_600_000;
/** What one workload is charged for a day: some hours at a price, to a team. */
const side = (hours: number, price: number, teamKey = 11): DaySide => ({
  charges: [
    {
      ...{ workloadKey: 1, teamKey, projectKey: 1, hardwareKey: 1, sku: "gpu", priceClass: "standard" },
      ...{ priceKey: price, unitPriceNanos: price * 1e9, quantity: hours * HOUR },
      amountMicros: priceOf(hours * HOUR, "gpu", price * 1e9),
    } as unknown as Charge,
  ],
  shares: [],
  unpriced: [],
});
const rowsOf = (corrections: readonly Correction[]) =>
  corrections.map((c) => [c.teamKey, c.quantity / HOUR, c.amountMicros / 1e6, c.reason]);

it.each([
  ["nothing", side(10, 2), side(10, 2), []],
  ["late usage", side(10, 2), side(12, 2), [[11, 2, 4, "late usage"]]],
  ["another price", side(10, 2), side(10, 3), [[11, 0, 10, "price change"]]],
  ["late usage at another price", side(10, 2), side(12, 3), [[11, 2, 16, "late usage, price change"]]],
  [
    "a move",
    side(10, 2),
    side(10, 2, 12),
    [
      [12, 10, 20, "team change"],
      [11, -10, -20, "team change"],
    ],
  ],
  [
    "a move whose price changed, too",
    side(10, 2),
    side(10, 3, 12),
    [
      [12, 10, 30, "team change"],
      [11, -10, -20, "price change, team change"],
    ],
  ],
])("%s is corrected with every reason of it", (_, frozen, now, right) => {
  expect(rowsOf(correctDay(frozen, [], now))).toEqual(right);
});

it("a price that changes after a move was booked is no move", () => {
  const booked = correctDay(side(10, 2), [], side(10, 2, 12));
  expect(rowsOf(correctDay(side(10, 2), booked, side(10, 3, 12)))).toEqual([[12, 0, 10, "price change"]]);
});
