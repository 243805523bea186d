import { describe, expect, it } from "vitest";
import {
  type ClusterSight,
  freeSpans,
  MISSING_CARDS_SECONDS,
  type NodeInput,
  type NodeState,
  nodeShapes,
  notReady,
} from "./node-capacity.ts";

const RANGE = { start: 0, end: 3600 };
const BLIND: ClusterSight = { cards: [], totals: [] };
const shape = { nodePool: "pool", gpuModel: "H100", gpuCount: 2 };
const look = (start: number, end: number, ready: boolean | null, change: Partial<NodeState> = {}): NodeState => ({
  start,
  end,
  ready,
  ...shape,
  ...change,
});
const node = (change: Partial<NodeInput> = {}): NodeInput => ({
  name: "node",
  ...shape,
  since: 0,
  removedAt: null,
  states: [],
  cardsSeen: new Map(),
  freeCardsSeen: change.cardsSeen ?? new Map(),
  cardsKnown: change.cardsSeen?.size ?? 0,
  ...change,
});
const seen = (...spans: [start: number, end: number][]) => spans.map(([start, end]) => ({ start, end }));
const whole = seen([0, 3600]);

/** `[start, end, down, unknown, unallocated, overlap]` in milli-GPU. */
const classed = (n: NodeInput, sight = BLIND, held: Parameters<typeof freeSpans>[1] = []) =>
  freeSpans(n, held, sight, RANGE).map((s) => [
    s.start,
    s.end,
    s.downMilli,
    s.unknownMilli,
    s.unallocatedMilli,
    s.overlapMilli,
  ]);

describe("free capacity of a node with two cards", () => {
  it.each<[string, NodeInput, ClusterSight, (readonly number[])[]]>([
    ["that nobody saw is unknown", node(), BLIND, [[0, 3600, 0, 2000, 0, 0]]],
    ["that is ready is unallocated", node({ states: [look(0, 3600, true)] }), BLIND, [[0, 3600, 0, 0, 2000, 0]]],
    [
      "that is not ready for a while is down then",
      node({ states: [look(0, 1200, true), look(1200, 1800, false), look(1800, 3600, true)] }),
      BLIND,
      [
        [0, 1200, 0, 0, 2000, 0],
        [1200, 1800, 2000, 0, 0, 0],
        [1800, 3600, 0, 0, 2000, 0],
      ],
    ],
    [
      "of which one card stops giving samples has lost that card",
      node({
        states: [look(0, 3600, true)],
        cardsSeen: new Map([
          ["a", whole],
          ["b", seen([0, 1800])],
        ]),
      }),
      { cards: whole, totals: [] },
      [
        [0, 1800, 0, 0, 2000, 0],
        [1800, 3600, 1000, 0, 1000, 0],
      ],
    ],
    [
      "that gives nothing while other nodes do is not down: silence is no evidence",
      node({ cardsKnown: 2 }),
      { cards: whole, totals: [] },
      [[0, 3600, 0, 0, 2000, 0]],
    ],
    [
      "of which one card was never seen has lost none",
      node({ states: [look(0, 3600, true)], cardsSeen: new Map([["a", whole]]) }),
      { cards: whole, totals: [] },
      [[0, 3600, 0, 0, 2000, 0]],
    ],
    [
      "that reports one card less for a while keeps its capacity, and has lost that card",
      node({ states: [look(0, 1200, true), look(1200, 1800, true, { gpuCount: 1 }), look(1800, 3600, true)] }),
      BLIND,
      [
        [0, 1200, 0, 0, 2000, 0],
        [1200, 1800, 1000, 0, 1000, 0],
        [1800, 3600, 0, 0, 2000, 0],
      ],
    ],
    [
      "that lost a card and is out of sight has that card down, and the other unknown",
      node({ states: [look(0, 600, null), look(600, 3600, null, { gpuCount: 1 })] }),
      BLIND,
      [
        [0, 600, 0, 2000, 0, 0],
        [600, 3600, 1000, 1000, 0, 0],
      ],
    ],
    [
      "that is ready and reports no cards for a while keeps its capacity, and has lost none",
      node({
        states: [look(0, 1200, true), look(1200, 1800, true, { gpuCount: 0, gpuModel: "" }), look(1800, 3600, true)],
      }),
      BLIND,
      [[0, 3600, 0, 0, 2000, 0]],
    ],
    [
      "of a cluster that only reports its total is unallocated",
      node(),
      { cards: [], totals: whole },
      [[0, 3600, 0, 0, 2000, 0]],
    ],
    [
      "counts from its first second to its removal",
      node({ since: 600, removedAt: 3000, states: [look(600, 3000, true)] }),
      BLIND,
      [[600, 3000, 0, 0, 2000, 0]],
    ],
  ])("%s", (_, n, sight, expected) => {
    expect(classed(n, sight)).toEqual(expected);
  });

  it("is what is not held; what is held beyond it is overlap", () => {
    const held = [
      { start: 0, end: 1800, milli: 500 },
      { start: 1200, end: 1800, milli: 2000 },
    ];
    expect(classed(node({ states: [look(0, 3600, true)] }), BLIND, held)).toEqual([
      [0, 1200, 0, 0, 1500, 0],
      [1200, 1800, 0, 0, 0, 500],
      [1800, 3600, 0, 0, 2000, 0],
    ]);
  });
});

it("a free card that is seen is not called lost because a held card gives no samples", () => {
  const n = node({
    states: [look(0, 3600, true)],
    cardsSeen: new Map([["a", whole]]),
    cardsKnown: 2,
  });
  expect(classed(n, { cards: whole, totals: [] }, [{ start: 0, end: 3600, milli: 1000 }])).toEqual([
    [0, 3600, 0, 0, 1000, 0],
  ]);
});

describe("what a node had", () => {
  it("is what the first look saw before it, and each look's until the next", () => {
    const states = [look(1000, 1200, true), look(2000, 2200, true, { gpuCount: 4 })];
    expect(nodeShapes(node({ states }), RANGE)).toEqual([
      { start: 0, end: 2000, ...shape, lostCount: 0 },
      { start: 2000, end: 3600, ...shape, gpuCount: 4, lostCount: 0 },
    ]);
  });

  it("does not change by looks that report the same", () => {
    expect(nodeShapes(node({ states: [look(0, 10, true), look(500, 510, null)] }), RANGE)).toEqual([
      { start: 0, end: 3600, ...shape, lostCount: 0 },
    ]);
  });

  it("keeps a card that is missing for a month, and loses it after that", () => {
    const states = [look(0, 1000, true), look(1000, 2000, true, { gpuCount: 1 })];
    const month = 1000 + MISSING_CARDS_SECONDS;
    expect(nodeShapes(node({ states }), { start: 0, end: month + 500 })).toEqual([
      { start: 0, end: 1000, ...shape, lostCount: 0 },
      { start: 1000, end: month, ...shape, lostCount: 1 },
      { start: month, end: month + 500, ...shape, gpuCount: 1, lostCount: 0 },
    ]);
  });

  it("is nothing while it is absent, and what it has when it is back", () => {
    const states = [look(0, 1000, true), look(1000, 2000, null, { gpuCount: 0 }), look(2000, 3600, true)];
    expect(nodeShapes(node({ states }), RANGE).map((s) => [s.start, s.end, s.gpuCount])).toEqual([
      [0, 1000, 2],
      [1000, 2000, 0],
      [2000, 3600, 2],
    ]);
  });

  it("was not ready where a look said so, and nowhere else", () => {
    expect(notReady(node({ states: [look(0, 10, false), look(10, 20, false), look(30, 40, null)] }))).toEqual([
      { start: 0, end: 20 },
    ]);
  });
});
