import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "@/lib/testing-runs.ts";
import { PARTS_OF_MILLI, requestedShare } from "./gpu-share.ts";

const H100 = "NVIDIA-H100-80GB-HBM3";
const SEVENTH = PARTS_OF_MILLI / 7;

describe("the share of a card", () => {
  it.each<[string, string, number | null, string, { milli: number; rest: number } | null]>([
    ["of memory", "", 20_480, H100, { milli: 250, rest: 0 }],
    ["of memory, a sixth but for two thirds of a MiB", "", 13_654, H100, { milli: 166, rest: 18_705 }],
    ["of more memory than the card has", "", 200_000, H100, { milli: 1000, rest: 0 }],
    ["of memory of a card that is not known", "", 1000, "Quadro", null],
    ["of a seventh", "1g.10gb*1", null, H100, { milli: 142, rest: 6 * SEVENTH }],
    ["of MIG profiles", "1g.10gb*2 3g.40gb*1", null, H100, { milli: 714, rest: 2 * SEVENTH }],
    ["of a profile of a card in quarters", "1g.6gb*1", null, "NVIDIA-A30", { milli: 250, rest: 0 }],
    ["of a resource whose share is not known", "nvidia.com/gpu.shared*1", null, H100, null],
    ["of a part of a slice", "1c.3g.40gb*1", null, H100, { milli: 142, rest: 6 * SEVENTH }],
    ["of a slice that several pods share", "1g.10gb.shared*1", null, H100, null],
    ["of a number that nobody can read", "unreadable*1", null, H100, null],
    ["of nothing", "", null, H100, null],
  ])("%s", (_, resources, memory, model, share) => expect(requestedShare(resources, memory, model)).toEqual(share));

  it("of seven sevenths is the whole card", () => {
    const { milli, rest } = requestedShare("1g.10gb*1", null, H100) ?? { milli: 0, rest: 0 };
    expect(7 * (milli * PARTS_OF_MILLI + rest)).toBe(1000 * PARTS_OF_MILLI);
  });

  it("of memory never exceeds the card together with the others that fit on it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), (pods) => {
        const memory = Math.floor((80 * 1024) / pods);
        const { milli, rest } = requestedShare("", memory, H100) ?? { milli: 0, rest: 0 };
        expect(pods * (milli * PARTS_OF_MILLI + rest)).toBeLessThanOrEqual(1000 * PARTS_OF_MILLI);
      }),
      runs(60, 1),
    );
  });
});
