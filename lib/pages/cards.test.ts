import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "@/lib/testing-runs.ts";
import { CARD, cardsOf } from "./cards.ts";
import type { FleetNode, FleetSlot } from "./types.ts";

const slot = (gpu: string, milli: number, given: Partial<FleetSlot> = {}): FleetSlot => ({
  hourMicros: null,
  position: 0,
  gpu,
  milli,
  class: "active",
  workloadKey: 1,
  workload: "job",
  project: "p",
  user: "u",
  utilisationPercent: 50,
  gpuMemoryMib: 100,
  sinceAt: 0,
  ...given,
});
const free = (milli: number, of: FleetSlot["class"] = "unallocated"): FleetSlot =>
  slot("", milli, { class: of, workloadKey: 0, workload: "" });
const node = (slots: readonly FleetSlot[]): FleetNode => ({ cluster: "c", pool: "p", node: "n", gpuModel: "m", slots });
const described = (slots: readonly FleetSlot[]) =>
  cardsOf(node(slots)).map((c) => `${c.gpu || "?"}: ${c.parts.map((p) => `${p.milli} ${p.class}`).join(", ")}`);

describe("a node's slots as cards", () => {
  it("makes one card of the parts that share it, and fills it with what is free", () => {
    expect(described([slot("a", 500), slot("a", 250), slot("b", 1000), free(250), free(1000)])).toEqual([
      "a: 500 active, 250 active, 250 unallocated",
      "b: 1000 active",
      "?: 1000 unallocated",
    ]);
  });

  it("knows that two free halves of two cards are no free card", () => {
    expect(described([slot("a", 500), slot("b", 500), free(1000)])).toEqual([
      "a: 500 active, 500 unallocated",
      "b: 500 active, 500 unallocated",
    ]);
  });

  it("puts a part whose card nobody names where it fits most tightly", () => {
    expect(described([slot("a", 250), slot("b", 600), slot("", 400), slot("", 1000)])).toEqual([
      "a: 250 active",
      "b: 600 active, 400 active",
      "?: 1000 active",
    ]);
  });

  it("keeps workloads that overlap on one card together, and fills with free before down", () => {
    expect(described([slot("a", 1000), slot("a", 1000), slot("b", 700), free(1000, "down"), free(300)])).toEqual([
      "a: 1000 active, 1000 active",
      "b: 700 active, 300 unallocated",
      "?: 1000 down",
    ]);
  });

  it("loses and adds nothing, and makes no more cards than there are", () => {
    const card = fc.constantFrom([1000], [500, 500], [500, 250], [250, 250, 250, 250], [800], [100, 200, 300], [50]);
    fc.assert(
      fc.property(fc.array(card, { maxLength: 8 }), fc.nat(5), (shared, idle) => {
        const held = shared.flatMap((parts, i) => parts.map((milli) => slot(`gpu-${i}`, milli)));
        const rest = (shared.length + idle) * CARD - held.reduce((sum, s) => sum + s.milli, 0);
        const slots = [...held, ...(rest > 0 ? [free(rest)] : [])];
        const cards = cardsOf(node(slots));
        const milli = cards.flatMap((c) => c.parts).reduce((sum, p) => sum + p.milli, 0);
        expect(milli).toBe((shared.length + idle) * CARD);
        expect(cards).toHaveLength(shared.length + idle);
        for (const c of cards) expect(c.parts.reduce((sum, p) => sum + p.milli, 0)).toBe(CARD);
      }),
      runs(100, 7),
    );
  });
});
