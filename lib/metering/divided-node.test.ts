import { expect, it } from "vitest";
import { type CardLife, withCardLives } from "./divided-node.ts";
import { type NodeInput, nodeShapes } from "./node-capacity.ts";
import { OPEN_END } from "./timeline.ts";

const RANGE = { start: 0, end: 3600 };
const node: NodeInput = {
  ...{ name: "n", nodePool: "pool", gpuModel: "", gpuCount: 0, since: 0, removedAt: null, cardsKnown: 0 },
  ...{ cardsSeen: new Map(), freeCardsSeen: new Map() },
  states: [{ start: 600, end: 3600, nodePool: "pool", gpuModel: "", gpuCount: 0, ready: true }],
};
const life = (start: number, end = OPEN_END): CardLife => ({ start, end, gpuModel: "A100" });
/** `[start, end, cards, lost]` */
const shapes = (...lives: CardLife[]) =>
  nodeShapes(withCardLives(node, lives), RANGE).map((s) => [s.start, s.end, s.gpuCount, s.lostCount]);

it.each<[string, CardLife[], number[][]]>([
  ["that were there from the beginning", [life(0), life(0)], [[0, 3600, 2, 0]]],
  ["of which one replaced another at once", [life(0), life(0, 1800), life(1800)], [[0, 3600, 2, 0]]],
  [
    "of which one replaced another after a while",
    [life(0), life(0, 1800), life(2400)],
    [
      [0, 1800, 2, 0],
      [1800, 2400, 2, 1],
      [2400, 3600, 2, 0],
    ],
  ],
  [
    "of which one was added",
    [life(0), life(1800)],
    [
      [0, 1800, 1, 0],
      [1800, 3600, 2, 0],
    ],
  ],
  ["none of which gave samples for a while", [life(0, 1200), life(2400)], [[0, 3600, 1, 0]]],
])("a divided node has the cards %s", (_, lives, expected) => expect(shapes(...lives)).toEqual(expected));

it("a divided node whose cards were never seen stays as it is", () => expect(withCardLives(node, [])).toBe(node));
