import { describe, expect, it } from "vitest";
import { layTreemap, type Room } from "./treemap-layout.ts";

const ROOM: Room = { x: 0, y: 0, width: 100, height: 60 };

/** A small deterministic source of chance: the same seed gives the same sizes. */
function sizesOf(seed: number): number[] {
  let state = seed;
  const next = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
  const count = 1 + Math.floor(next() * 30);
  return Array.from({ length: count }, () => (next() < 0.1 ? 0 : next() ** 4 * 1e6)).sort((a, b) => b - a);
}

describe("a treemap", () => {
  it.each(Array.from({ length: 40 }, (_, i) => i + 1))(
    "fills its room, each in proportion and none over another (seed %i)",
    (seed) => {
      const sizes = sizesOf(seed);
      const total = sizes.reduce((a, b) => a + b, 0);
      const rooms = layTreemap(sizes, ROOM);
      expect(rooms).toHaveLength(sizes.length);
      rooms.forEach((r, i) => {
        const share = total === 0 ? 0 : (sizes[i] as number) / total;
        expect(r.width * r.height).toBeCloseTo(share * 6000, 4);
        expect(r.x).toBeGreaterThanOrEqual(-1e-6);
        expect(r.x + r.width).toBeLessThanOrEqual(100 + 1e-6);
        expect(r.y + r.height).toBeLessThanOrEqual(60 + 1e-6);
      });
      for (const [i, a] of rooms.entries())
        for (const b of rooms.slice(i + 1)) {
          const across = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
          const down = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
          expect(Math.max(0, across) * Math.max(0, down)).toBeLessThan(1e-4);
        }
    },
  );

  it("is near to squares: four of one size are the quarters of a square", () => {
    const rooms = layTreemap([1, 1, 1, 1], { x: 0, y: 0, width: 10, height: 10 });
    expect(rooms.every((r) => r.width === 5 && r.height === 5)).toBe(true);
  });

  it("holds nothing where there is nothing", () => {
    expect(layTreemap([], ROOM)).toEqual([]);
    expect(layTreemap([0, 0], ROOM).map((r) => r.width * r.height)).toEqual([0, 0]);
  });
});
