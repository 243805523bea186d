import { describe, expect, it } from "vitest";
import { nodeOf, workloadOf } from "@/lib/metering/testing-parts.ts";
import { placeHoldings } from "./place.ts";
import type { Holding } from "./workload-input.ts";

const holding = (node: string, change: Partial<Holding> = {}): Holding => {
  const base = { workload: workloadOf(), podId: "p", nodePool: "pool", start: 600, end: 1800, milli: 1000 } as const;
  return { ...base, node, basis: "pod", ...change };
};
/** `[node, start, end]` of what is placed, and `[start, end, model]` of what is not. */
function placed(list: readonly Holding[], nodes: Parameters<typeof placeHoldings>[1]) {
  const { byNode, unplaced } = placeHoldings(list, nodes);
  return {
    on: [...byNode].flatMap(([node, own]) => own.map((h) => [node, h.start, h.end])),
    off: unplaced.map((h) => [h.start, h.end, h.gpuModel]),
  };
}

describe("holdings", () => {
  it("are on the node that they name", () =>
    expect(placed([holding("n1"), holding("n2")], [nodeOf("n1"), nodeOf("n2")])).toEqual({
      on: [
        ["n1", 600, 1800],
        ["n2", 600, 1800],
      ],
      off: [],
    }));

  it("are on no node before theirs was there, and after it went", () =>
    expect(placed([holding("n1")], [nodeOf("n1", { since: 900, removedAt: 1500 })])).toEqual({
      on: [["n1", 900, 1500]],
      off: [
        [600, 900, "H100"],
        [1500, 1800, "H100"],
      ],
    }));

  it.each<[string, Holding, Parameters<typeof nodeOf>[1][], string]>([
    [
      "an unknown node: the only model of its pool",
      holding("gone"),
      [{}, { nodePool: "other", gpuModel: "A100" }],
      "H100",
    ],
    ["no node at all: the same", holding(""), [{}, { nodePool: "other", gpuModel: "A100" }], "H100"],
    ["an unknown node in a pool of two models: unknown", holding("gone"), [{}, { gpuModel: "A100" }], "unknown"],
    ["an unknown pool: the only model of the cluster", holding("gone", { nodePool: "" }), [{}, {}], "H100"],
    ["nodes without cards have no model", holding("gone"), [{}, { gpuModel: "", gpuCount: 0 }], "H100"],
    [
      "a node without cards: as on no node",
      holding("n0"),
      [{ gpuModel: "", gpuCount: 0 }, { gpuModel: "A100" }],
      "A100",
    ],
    ["nothing known: unknown", holding("gone"), [], "unknown"],
  ])("on %s", (_, one, nodes, model) => {
    const list = nodes.map((change, i) => nodeOf(`n${i}`, change));
    expect(placed([one], list)).toEqual({ on: [], off: [[600, 1800, model]] });
  });
});

describe("the model of a holding", () => {
  const look = (start: number, end: number, gpuModel: string, gpuCount = 4) => {
    return { start, end, nodePool: "pool", gpuModel, gpuCount, ready: true };
  };
  const node = nodeOf("n1", {
    gpuModel: "H100",
    states: [look(0, 1000, "A100"), look(1000, 1100, "", 0), look(1100, 9000, "H100")],
  });
  const { modelOf } = placeHoldings([], [node]);

  it.each([
    ["that began before the cards were exchanged keeps the old one", 600, "A100"],
    ["that began while the node named none has the one before", 1050, "A100"],
    ["that began afterwards has the new one", 1100, "H100"],
    ["that began before the node was first looked at has what was seen first", -500, "A100"],
  ])("%s", (_, start, gpuModel) => expect(modelOf(holding("n1", { start }))).toEqual({ nodePool: "pool", gpuModel }));
});
