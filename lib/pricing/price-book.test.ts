import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "@/lib/testing-runs.ts";
import { DayPrices, identityOf, isPriced, type Place } from "./price-book.ts";
import { PRICE_CLASSES, PRICE_KINDS, type Price, type PriceBook } from "./types.ts";

const DAYS = [20260101, 20260315, 20260601, 20261001, 20261231];
const MATCHES = ["H100", "H100 80GB", "A100", "A100 80GB", "A100 SXM4 80GB", "L4"];
const MODELS = ["NVIDIA-H100-80GB-HBM3", "NVIDIA-A100-SXM4-80GB", "NVIDIA-L4", "NVIDIA-L40S"];

const anyPrice = fc
  .record({
    kind: fc.constantFrom(...PRICE_KINDS),
    match: fc.constantFrom(...MATCHES),
    clusterId: fc.constantFrom("", "c1", "c2"),
    priceClass: fc.constantFrom(...PRICE_CLASSES),
    unitPriceNanos: fc.integer({ min: 0, max: 10_000_000_000 }),
    currency: fc.constantFrom("USD", "EUR"),
    effectiveFrom: fc.constantFrom(...DAYS),
    version: fc.integer({ min: 1, max: 5 }),
  })
  .map((p) => ({
    ...p,
    match: p.kind === "gpu" ? p.match : p.kind === "node-pool" ? "default" : "",
  }));
const anyBook = fc.array(anyPrice, { maxLength: 20 }).map(
  (list): PriceBook => ({
    currency: "USD",
    prices: list.map((p, i): Price => ({ ...p, key: i + 1, proposalId: "p", origin: { type: "entered", note: "" } })),
    rates: [{ currency: "EUR", day: 20260315, rateNanos: 1_100_000_000, source: "ECB" }],
  }),
);
const anyPlace: fc.Arbitrary<Place> = fc.record({
  clusterId: fc.constantFrom("c1", "c2"),
  nodePool: fc.constantFrom("default", "batch"),
  gpuModel: fc.constantFrom(...MODELS),
});
const anySku = fc.constantFrom("gpu", "cpu", "memory", "gpu-memory");

describe("the price book, whatever was approved", () => {
  it("has at most one price in force for a thing on a day", () => {
    fc.assert(
      fc.property(anyBook, fc.constantFrom(...DAYS), (book, day) => {
        const things = new DayPrices(book, day).list().map(identityOf);
        expect(new Set(things).size).toBe(things.length);
      }),
      runs(100, 3),
    );
  });

  it("gives one answer, whatever order its rows come in", () => {
    fc.assert(
      fc.property(anyBook, anyPlace, anySku, fc.constantFrom(...PRICE_CLASSES), (book, place, sku, priceClass) => {
        const reversed = { ...book, prices: [...book.prices].reverse() };
        for (const day of DAYS)
          expect(new DayPrices(reversed, day).find(place, sku, priceClass)).toEqual(
            new DayPrices(book, day).find(place, sku, priceClass),
          );
      }),
      runs(100, 4),
    );
  });

  it("is the same before the day of a price that is added", () => {
    fc.assert(
      fc.property(anyBook, anyPrice, anyPlace, anySku, (book, added, place, sku) => {
        const price: Price = { ...added, key: 99, version: 9, proposalId: "q", origin: { type: "entered", note: "" } };
        const later = { ...book, prices: [...book.prices, price] };
        for (const day of DAYS.filter((d) => d < price.effectiveFrom))
          for (const priceClass of PRICE_CLASSES)
            expect(new DayPrices(later, day).find(place, sku, priceClass)).toEqual(
              new DayPrices(book, day).find(place, sku, priceClass),
            );
      }),
      runs(100, 5),
    );
  });

  it("never loses a price: what has one keeps one on every later day", () => {
    fc.assert(
      fc.property(anyBook, anyPlace, anySku, fc.constantFrom(...PRICE_CLASSES), (book, place, sku, priceClass) => {
        const dollars = { ...book, prices: book.prices.filter((p) => p.currency === "USD") };
        const priced = DAYS.map((day) => isPriced(new DayPrices(dollars, day).find(place, sku, priceClass)));
        expect(priced).toEqual([...priced].sort((a, b) => Number(a) - Number(b)));
      }),
      runs(100, 6),
    );
  });
});
