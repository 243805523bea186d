import { expect, it } from "vitest";
import type { ListPrice } from "@/lib/pricing/list-price.ts";
import { spotOfferOf } from "./spot-offers.ts";

const listed = (
  gpuModel: string,
  instance: string,
  onDemandNanos: number | null,
  spotNanos: number | null,
): ListPrice => ({
  ...{ cloud: "aws", instance, region: "r", zone: "", gpuModel, gpus: 1, onDemand: [], spot: [] },
  ...{ onDemandNanos, spotNanos, currency: "USD", source: "a list", asOf: "2026-05-24" },
});
const LIST = [
  listed("H100 80GB", "p5", 10e9, 4e9),
  listed("H100", "other", 8e9, 6e9),
  listed("H100", "no spot", 8e9, null),
  listed("A100 80GB", "p4", 4e9, 1e9),
];

it("compares a model's own prices, and those of lists that name it", () => {
  const offer = spotOfferOf(
    "NVIDIA-H100-80GB-HBM3",
    { nanos: 2.5e9, fromDay: 20260101 },
    { nanos: 1e9, fromDay: 20260601 },
    LIST,
  );
  expect(offer.lessPercent).toBeCloseTo(60);
  expect(offer.listed.map((p) => p.instance)).toEqual(["p5", "other"]);
  expect(offer.listedPercent?.map(Math.round)).toEqual([25, 60]);
});

it("says nothing of what has no price", () => {
  const none = spotOfferOf("NVIDIA-L40S", { nanos: 1e9, fromDay: 20260101 }, null, LIST);
  expect([none.lessPercent, none.listedPercent, none.listed]).toEqual([null, null, []]);
  expect(spotOfferOf("H100", { nanos: 0, fromDay: 1 }, { nanos: 0, fromDay: 1 }, []).lessPercent).toBe(null);
});
