import { describe, expect, it } from "vitest";
import { SlotView } from "@/lib/insights/cells/view.ts";
import { placesOf, rankEvidence, ranksOf } from "./ranks.ts";

const card = (pod: string, gpu: string) =>
  new SlotView({ pod, gpu, node: "n", pool: "p", model: "m", milli: 1000, level: "gpu" }, []);
const texts = (idle: readonly SlotView[], held: readonly SlotView[], names: Readonly<Record<string, string>>) =>
  rankEvidence(idle, held, { podNames: names, podsCreated: {} }).map((e) => [e.text, e.value, e.limit, e.points]);

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
    expect(texts(byUuid.slice(1), byUuid, { p: "train-0" })).toEqual([
      ["Card 2 of 2 (by node and age) does nothing.", 2, 2, 0],
    ]);
  });

  it("is the place of its card where names do not say it", () => {
    expect(texts(held.slice(5, 6), held, {})).toEqual([["Card 6 of 8 (by node and age) does nothing.", 6, 8, 0]]);
    const mixed = texts(held.slice(4, 6), held, { ...names, p3: "other-3" });
    expect(mixed).toEqual([["Cards 5, 6 of 8 (by node and age) do nothing.", 5, 8, 0]]);
  });

  it("is no place of another job's cards, whatever the order in which they are read", () => {
    const uuids = ["9f6c", "01ab", "77de"].map((id) => ({ id, slot: card(id, "0") }));
    const podsCreated = { "9f6c": 100, "01ab": 300, "77de": 200 };
    const podNames = { "9f6c": "x", "01ab": "y", "77de": "z" };
    for (const order of [
      [0, 1, 2],
      [2, 0, 1],
    ]) {
      const places = placesOf(
        order.map((i) => uuids[i]?.slot as SlotView),
        { podNames, podsCreated },
      );
      expect(uuids.map(({ slot }) => places.get(slot))).toEqual([1, 3, 2]);
    }
    const node = (name: string, gpu: string) =>
      new SlotView({ pod: "p", gpu, node: name, pool: "p", model: "m", milli: 1000, level: "gpu" }, []);
    const cards = [node("n2", "0"), node("n1", "10"), node("n1", "9")];
    expect([...placesOf(cards, { podNames: {}, podsCreated: {} }).values()]).toEqual([1, 2, 3]);
    expect(cards.map((c) => placesOf(cards, { podNames: {}, podsCreated: {} }).get(c))).toEqual([3, 2, 1]);
  });
});
