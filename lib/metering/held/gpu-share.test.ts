import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "@/lib/testing-runs.ts";
import { shareMilli } from "./gpu-share.ts";

const H100 = "NVIDIA-H100-80GB-HBM3";

describe("the share of a card", () => {
  it.each<[string, string, number | null, string, number | null]>([
    ["of memory", "", 20_480, H100, 250],
    ["of memory, rounded down", "", 13_654, H100, 166],
    ["of more memory than the card has", "", 200_000, H100, 1000],
    ["of memory of a card that is not known", "", 1000, "Quadro", null],
    ["of MIG profiles", "1g.10gb*2 3g.40gb*1", null, H100, 712],
    ["of a profile of a card in quarters", "1g.6gb*1", null, "NVIDIA-A30", 250],
    ["of a resource whose share is not known", "nvidia.com/gpu.shared*1", null, H100, null],
    ["of nothing", "", null, H100, null],
  ])("%s", (_, resources, memory, model, milli) => expect(shareMilli(resources, memory, model)).toBe(milli));

  it("of memory never exceeds the card together with the others that fit on it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), (pods) => {
        const memory = Math.floor((80 * 1024) / pods);
        expect(pods * (shareMilli("", memory, H100) ?? 0)).toBeLessThanOrEqual(1000);
      }),
      runs(60, 1),
    );
  });
});
