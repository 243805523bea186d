import { describe, expect, it } from "vitest";
import { SlotView } from "@/lib/insights/cells/view.ts";
import { rankEvidence, ranksOf } from "./ranks.ts";

const card = (pod: string, gpu: string) =>
  new SlotView({ pod, gpu, node: "n", pool: "p", model: "m", milli: 1000, level: "gpu" }, []);
const texts = (idle: readonly SlotView[], held: readonly SlotView[], names: Readonly<Record<string, string>>) =>
  rankEvidence(idle, held, names).map((e) => [e.text, e.value, e.limit, e.points]);

describe("ranks by the names of pods", () => {
  it("count masters before workers, and workers by their number, not their letters", () => {
    const names = ["t-worker-10", "t-worker-2", "t-master-0", "t-worker-0"];
    expect(Object.fromEntries(ranksOf(names))).toEqual({
      ...{ "t-master-0": 0, "t-worker-0": 1, "t-worker-2": 3, "t-worker-10": 11 },
    });
  });

  it("follow the index of an indexed job", () => {
    expect(Object.fromEntries(ranksOf(["job-1-x7k2p", "job-0-aaaa1"]))).toEqual({ "job-0-aaaa1": 0, "job-1-x7k2p": 1 });
  });

  it.each([
    [["t-abcde", "t-fghij"]],
    [["a-worker-0", "b-worker-0"]],
    [["a-0", "b-1"]],
    [["t-0", ""]],
    [["t-master-0", "t-worker-0", "t-master-0"]],
  ])("are not guessed: %j", (names) => {
    expect(ranksOf(names).size).toBe(0);
  });
});

describe("the rank of an idle card", () => {
  const held = Array.from({ length: 8 }, (_, i) => card(`p${i}`, `GPU-${i}`));
  const names = Object.fromEntries(held.map((_, i) => [`p${i}`, `train-worker-${i}`]));

  it("is said where each pod has one card", () => {
    expect(texts(held.slice(5, 6), held, names)).toEqual([["Rank 5 of 8 does nothing.", 5, 8, 0]]);
    expect(texts([held[7], held[5]] as SlotView[], held, names)).toEqual([["Ranks 5, 7 of 8 do nothing.", 5, 8, 0]]);
    expect(texts(held.slice(1, 7), held, names)).toEqual([["Ranks 1, 2, 3, 4 and 2 more of 8 do nothing.", 1, 8, 0]]);
  });

  it("is said of one pod whose cards have indices, and not of UUIDs", () => {
    const own = ["4", "5", "10", "11"].map((gpu) => card("p", gpu));
    expect(texts(own.slice(2, 3), own, { p: "train-0" })).toEqual([["Rank 2 of 4 does nothing.", 2, 4, 0]]);
    const byUuid = ["GPU-a", "GPU-b"].map((gpu) => card("p", gpu));
    expect(texts(byUuid.slice(0, 1), byUuid, { p: "train-0" })).toEqual([]);
  });

  it("is left out where names do not say it", () => {
    expect(texts(held.slice(5, 6), held, {})).toEqual([]);
    expect(texts(held.slice(5, 6), held, { ...names, p3: "other-3" })).toEqual([]);
  });
});
