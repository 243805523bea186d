import { describe, expect, it } from "vitest";
import type { NewPrice } from "./draft.ts";
import { DayPrices, isPriced, type Place } from "./price-book.ts";
import type { Price, PriceBook } from "./types.ts";
import { unusedPrices } from "./unclear.ts";

const place = (gpuModel: string, nodePool = "default", clusterId = "c1"): Place => ({ clusterId, nodePool, gpuModel });
const PLACES = [
  place("NVIDIA H100 80GB HBM3"),
  place("NVIDIA L40S", "small"),
  place("NVIDIA H100 80GB HBM3", "big", "c2"),
];
const price = (match: string, more: Partial<NewPrice> = {}): NewPrice => ({
  ...{ kind: "gpu", match, clusterId: "", priceClass: "standard", unitPriceNanos: 3_490_000_000, currency: "USD" },
  ...{ effectiveFrom: 20261101, origin: { type: "entered", note: "" }, ...more },
});
const book = (...prices: NewPrice[]): PriceBook => ({
  currency: "USD",
  rates: [],
  prices: prices.map((p, i): Price => ({ ...p, key: i + 1, version: i + 1, proposalId: "p" })),
});
const H100 = price("H100 80GB", { effectiveFrom: 20260101 });
const check = (b: PriceBook, ...proposed: NewPrice[]) => unusedPrices(b, proposed, PLACES);

describe("a proposed price that can never apply", () => {
  it("is named with the price that wins", () => {
    expect(check(book(H100), price("H100"))).toEqual([
      { index: 0, message: 'This price would never be used: "H100 80GB" (version 1) is more specific.' },
    ]);
    expect(check(book(H100), price("L40S"), price("H100")).map((u) => u.index)).toEqual([1]);
    expect(check(book(), price("H100"), price("H100 80GB"))).toMatchObject([
      { index: 0, message: expect.stringContaining("(in this proposal)") },
    ]);
  });

  it("is not one that applies to anything, in a cluster, pool or class of its own", () => {
    expect(check(book(H100), price("H100 80GB"))).toEqual([]);
    expect(check(book(H100), price("H100", { clusterId: "c2" }))).toEqual([]);
    expect(check(book(H100), price("big", { kind: "node-pool" }))).toEqual([]);
    expect(check(book(H100), price("H100", { priceClass: "spot" }))).toEqual([]);
    expect(check(book(price("H100 80GB", { clusterId: "c1" })), price("H100"))).toEqual([]);
  });

  it("is not one of GPUs that may come", () => {
    expect(check(book(H100), price("B200"))).toEqual([]);
  });

  it("is one under the price of a node pool, which wins over models", () => {
    const pools = book(price("default", { kind: "node-pool" }), price("big", { kind: "node-pool" }));
    expect(check(pools, price("H100 80GB"))).toMatchObject([
      {
        message: expect.stringMatching(/node pool "default" .* and the price of node pool "big" .* are more specific/),
      },
    ]);
  });

  it("is exactly one that changes no rate, on its first day", () => {
    const words = ["H100", "H100 80GB", "H100 80GB HBM3", "L40S", "A100"];
    for (const has of words)
      for (const adds of words)
        for (const clusterId of ["", "c1", "c2"]) {
          const before = book(price(has, { effectiveFrom: 20260101, unitPriceNanos: 1 }));
          const proposed = price(adds, { clusterId, unitPriceNanos: 2 });
          const after = new DayPrices(
            { ...before, prices: [...before.prices, { ...proposed, key: 9, version: null, proposalId: "" }] },
            20261101,
          );
          const rates = PLACES.map((p) => after.find(p, "gpu", "standard"));
          const applies = rates.some((r) => isPriced(r) && r.unitPriceNanos === 2);
          const namesSome = PLACES.some(
            (p) => adds.split(" ").every((w) => p.gpuModel.includes(w)) && (!clusterId || p.clusterId === clusterId),
          );
          expect([has, adds, clusterId, check(before, proposed).length === 1]).toEqual([
            has,
            adds,
            clusterId,
            namesSome && !applies,
          ]);
        }
  });
});
