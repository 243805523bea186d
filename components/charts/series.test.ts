import { describe, expect, it } from "vitest";
import { Random } from "@/simulator/random.ts";
import { DRAWN, downOf } from "./chart-frame.tsx";
import { linePath } from "./lines.tsx";
import { axisValues, type BarRow, stackReach } from "./series.ts";
import { stackPaths } from "./stacked-bars.tsx";

describe("the figures of an axis", () => {
  it.each([
    [0, 0, [0, 1]],
    [0, 5_485, [0, 1_500, 3_000, 4_500, 6_000]],
    [0, 100, [0, 25, 50, 75, 100]],
    [0, 0.37, [0, 0.1, 0.2, 0.3, 0.4]],
    [-30, 90, [-50, -25, 0, 25, 50, 75, 100]],
  ])("from %d to %d", (low, high, values) => {
    expect(axisValues(low, high)).toEqual(values);
  });

  it("hold 0 and every value, evenly apart, in at most four steps each way", () => {
    const random = new Random(3);
    for (let i = 0; i < 2000; i++) {
      const high = random.next() * 10 ** random.int(-3, 9);
      const low = random.chance(0.3) ? -random.next() * high : 0;
      const values = axisValues(low, high);
      const [first, last] = [values[0] as number, values.at(-1) as number];
      expect(values).toContain(0);
      expect(first).toBeLessThanOrEqual(low);
      expect(last).toBeGreaterThanOrEqual(high * (1 - 1e-9));
      expect(values.filter((v) => v > 0).length).toBeLessThanOrEqual(4);
      const step = (last - first) / (values.length - 1);
      for (const [at, v] of values.entries()) expect(Math.abs(v - (first + at * step))).toBeLessThan(step * 1e-6);
    }
  });
});

/** The rectangles of a path of stackPaths: left, top, width, bottom. */
const rectangles = (d: string) =>
  [...d.matchAll(/M([\d.-]+) ([\d.-]+)h([\d.-]+)V([\d.-]+)h/g)].map(
    (m) => m.slice(1).map(Number) as [number, number, number, number],
  );

describe("stacked bars", () => {
  const series = ["a", "b", "c"].map((key) => ({ key, label: key, paint: key }));

  it("stand on one another, and each is as high as its value", () => {
    const random = new Random(5);
    for (let i = 0; i < 200; i++) {
      const rows = Array.from(
        { length: random.int(1, 40) },
        (_, n): BarRow => ({
          label: String(n),
          ...Object.fromEntries(
            series.map((s) => [s.key, random.chance(0.1) ? null : Math.round(random.next() * 1000)]),
          ),
        }),
      );
      const { low, high } = stackReach(rows, series);
      const values = axisValues(low, high);
      const height = (v: number) => (downOf(0, values) - downOf(v, values)) * DRAWN.height;
      const paths = new Map(stackPaths(rows, series, values).map((p) => [p.key, rectangles(p.d)]));
      const bottoms = rows.map(() => downOf(0, values) * DRAWN.height);
      for (const { key } of series) {
        const drawn = rows.flatMap((row, at) => (typeof row[key] === "number" && row[key] !== 0 ? [at] : []));
        expect(paths.get(key)?.length ?? 0).toBe(drawn.length);
        for (const [n, at] of drawn.entries()) {
          const [left, top, width, bottom] = (paths.get(key) ?? [])[n] as [number, number, number, number];
          const room = DRAWN.width / rows.length;
          expect(left).toBeGreaterThanOrEqual(at * room);
          expect(left + width).toBeLessThanOrEqual((at + 1) * room + 0.2);
          expect(Math.abs(bottom - (bottoms[at] as number))).toBeLessThan(0.11);
          expect(Math.abs(bottom - top - height(Number(rows[at]?.[key])))).toBeLessThan(0.11);
          bottoms[at] = (bottoms[at] as number) - height(Number(rows[at]?.[key]));
        }
      }
    }
  });

  it("hang from 0 where they are below it", () => {
    const rows = [{ label: "1", a: 40, b: -20, c: -10 }];
    const { low, high } = stackReach(rows, series);
    expect([low, high]).toEqual([-30, 40]);
    const values = axisValues(low, high);
    const zero = downOf(0, values) * DRAWN.height;
    const [a, b, c] = stackPaths(rows, series, values).map((p) => rectangles(p.d)[0]);
    expect([a?.[3], b?.[1]]).toEqual([+zero.toFixed(1), +zero.toFixed(1)]);
    expect(c?.[1]).toBe(b?.[3]);
  });
});

describe("a line", () => {
  it("breaks where nobody knows, and shows a single known value", () => {
    const d = linePath([1, 2, null, 3, null, null, 4, 5], axisValues(0, 5));
    expect(d.match(/M/g)).toHaveLength(3);
    expect(d.match(/h6/g)).toHaveLength(1);
    expect(linePath([null, null], [0, 1])).toBe("");
  });
});
