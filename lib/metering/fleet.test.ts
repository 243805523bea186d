import { describe, expect, it } from "vitest";
import type { Segment } from "./classify.ts";
import { fleetAt } from "./fleet.ts";
import type { FreeSpan } from "./node-capacity.ts";
import type { ClassedSlot } from "./slots.ts";
import { hourOf, nodeOf, workloadOf } from "./testing-parts.ts";

const AT = 3599;
const segment = (start: number, end: number, name: Segment["class"], centi: number | null = 0): Segment => {
  return { start, end, class: name, centi, clamped: false };
};
const slot = (gpu: string, milli: number, segments: readonly Segment[], key = 7): ClassedSlot => ({
  ...{
    workload: workloadOf({ key }),
    podId: null,
    node: "n1",
    nodePool: "pool",
    gpuModel: "H100",
    gpu,
    milli,
    rest: 0,
    level: "gpu",
    start: 0,
  },
  segments,
  contradicted: [],
  signals: new Map([["gpu_memory_used_mib", hourOf(1234.6)]]),
});
const free = (unallocatedMilli: number, change: Partial<FreeSpan> = {}): FreeSpan => ({
  ...{ start: 1800, end: 3600, heldMilli: 0, downMilli: 0, unknownMilli: 0, unallocatedMilli, overlapMilli: 0 },
  shape: { start: 0, end: 3600, nodePool: "pool", gpuModel: "H100", gpuCount: 4, lostCount: 0 },
  ...change,
});
/** `[position, card, milli, class, workload, since]` of each slot of node n1. */
const fleet = (slots: readonly ClassedSlot[], spans: readonly FreeSpan[]) =>
  fleetAt(AT, [nodeOf("n1")], slots, new Map([["n1", spans]])).map((s) => [
    s.position,
    s.gpu,
    s.milli,
    s.class,
    s.workloadKey,
    s.sinceAt,
  ]);

describe("the cards of a node at an instant", () => {
  it.each<[string, readonly ClassedSlot[], readonly FreeSpan[], unknown[]]>([
    [
      "held ones come first, by card, then what is free, class by class",
      [slot("b", 1000, [segment(0, 3600, "busy")]), slot("a", 1000, [segment(0, 3600, "idle-held")], 8)],
      [free(1000, { heldMilli: 2000, downMilli: 1000 })],
      [
        [0, "a", 1000, "idle-held", 8, 0],
        [1, "b", 1000, "active", 7, 0],
        [2, "", 1000, "down", 0, 1800],
        [3, "", 1000, "unallocated", 0, 1800],
      ],
    ],
    [
      "one that a pod holds in part, and what is left of it",
      [slot("a", 250, [segment(0, 3600, "busy")])],
      [free(3750, { heldMilli: 250 })],
      [
        [0, "a", 250, "active", 7, 0],
        [1, "", 750, "unallocated", 0, 1800],
        [2, "", 1000, "unallocated", 0, 1800],
        [3, "", 1000, "unallocated", 0, 1800],
        [4, "", 1000, "unallocated", 0, 1800],
      ],
    ],
    [
      "several under one reading are a cell each",
      [slot("", 2500, [segment(0, 3600, "no-data", null)])],
      [free(0, { heldMilli: 2500 })],
      [
        [0, "", 1000, "no-data", 7, 0],
        [1, "", 1000, "no-data", 7, 0],
        [2, "", 500, "no-data", 7, 0],
      ],
    ],
    [
      "one that was given back before then is free",
      [slot("a", 1000, [segment(0, 1800, "busy")])],
      [free(0, { start: 0, end: 1800, heldMilli: 4000 }), free(1000, { heldMilli: 3000 })],
      [[0, "", 1000, "unallocated", 0, 1800]],
    ],
  ])("%s", (_, slots, spans, expected) => expect(fleet(slots, spans)).toEqual(expected));

  it("a class lasts since it began, not since its last sample", () => {
    const segments = [segment(0, 900, "busy"), segment(900, 1800, "dead-idle"), segment(1800, 3600, "dead-idle", 0)];
    const [one] = fleetAt(AT, [nodeOf("n1")], [slot("a", 1000, segments)], new Map([["n1", [free(3000)]]]));
    expect(one).toMatchObject({ class: "dead-idle", sinceAt: 900, utilisationCenti: 0, gpuMemoryMib: 1235 });
  });

  it("a node that has none, or was not there then, shows none", () => {
    const none = free(0, { shape: { start: 0, end: 3600, nodePool: "pool", gpuModel: "", gpuCount: 0, lostCount: 0 } });
    expect(fleet([], [none])).toEqual([]);
    expect(fleet([], [])).toEqual([]);
    expect(fleet([], [free(1000, { start: 0, end: 1800 })])).toEqual([]);
  });
});
