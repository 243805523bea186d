import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Series } from "@/lib/forecast/types.ts";
import { DETECTORS } from "./detectors.ts";
import { episodesOf } from "./episodes.ts";
import { isWorthALook } from "./floors.ts";
import { unusualDays as daysOver, measureDetector, thresholdFor } from "./measured/measure.ts";
import { PREDECESSORS } from "./measured/predecessors.ts";
import { type Detector, LEAST_HISTORY } from "./types.ts";

const detector = (id: string): Detector => DETECTORS.find((d) => d.id === id) as Detector;
const unusualDays = (series: Series, d: Detector, threshold: number) =>
  daysOver(series, d.scores(series), { threshold });
/** About 100 a day, with a pattern that is no week. */
const calm = (days: number): number[] => Array.from({ length: days }, (_, i) => 100 + ((i * 7) % 11) - 5);
const anySeries = fc.array(fc.option(fc.integer({ min: 0, max: 1000 }), { freq: 8 }), { minLength: 20, maxLength: 60 });

describe.each(DETECTORS)("$title", (d) => {
  it("compares a day with the days before it alone: neither the day nor later ones change what was expected", () => {
    fc.assert(
      fc.property(anySeries, fc.nat(), fc.integer({ min: 0, max: 5000 }), (series, at, other) => {
        const day = at % series.length;
        const changed = series.map((v, i) => (i < day ? v : v === null ? null : other + i));
        const [a, b] = [d.scores(series), d.scores(changed)];
        for (let i = 0; i < day; i++) expect(b[i]).toEqual(a[i]);
        expect([b[day]?.expected, b[day]?.lower]).toEqual([a[day]?.expected, a[day]?.lower]);
      }),
      { numRuns: 50 },
    );
  });

  it("says nothing of unknown days, nor of days with too little before them", () => {
    fc.assert(
      fc.property(anySeries, (series) => {
        d.scores(series).forEach((scored, day) => {
          const known = series.slice(0, day).filter((v) => v !== null).length;
          if (series[day] === null || known < LEAST_HISTORY) expect(scored).toBeNull();
          else expect(scored?.score).toBeGreaterThanOrEqual(0);
        });
      }),
      { numRuns: 50 },
    );
  });

  it("takes no unknown day for zero", () => {
    const gap = calm(40).map((v, i) => (i === 30 || i === 31 ? null : v));
    expect(unusualDays(gap, d, d.threshold)).toEqual([]);
  });

  it("finds a doubled day and a halved day, and a score of the threshold is at the edge of the band", () => {
    for (const factor of [2, 0.5]) {
      const series = calm(40).map((v, i) => (i === 35 ? v * factor : v));
      expect(unusualDays(series, d, d.threshold)).toContain(35);
    }
    const [, scored] = [0, d.scores(calm(30)).at(-1)];
    const edge = [...calm(29), scored?.upper ?? 0];
    expect(d.scores(edge).at(-1)?.score).toBeCloseTo(d.threshold, 6);
  });
});

describe("the residual", () => {
  it("is not surprised by the day after a spike, and soon not by a level that stays", () => {
    const spike = calm(60).map((v, i) => (i === 40 ? v * 4 : v));
    expect(unusualDays(spike, detector("residual"), 3)).toEqual([40]);
    const shift = calm(80).map((v, i) => (i >= 40 ? v * 3 : v));
    const found = unusualDays(shift, detector("residual"), 3);
    expect(found[0]).toBe(40);
    expect(found.length).toBeLessThan(unusualDays(shift, detector("robust-z"), 3.5).length + 15);
    expect(Math.max(...found)).toBeLessThan(70);
  });
});

describe("a day that is part of its own baseline", () => {
  it("hides itself: no spike of any size passes the limit of n values", () => {
    const series = calm(40).map((v, i) => (i === 39 ? 1e9 : v));
    const [earlier] = PREDECESSORS;
    expect(earlier?.scores(series).at(-1)?.score).toBeLessThan(Math.sqrt(30));
    expect(detector("robust-z").scores(series).at(-1)?.score).toBeGreaterThan(1e6);
  });
});

describe("episodes and floors", () => {
  it.each([
    [[], []],
    [[3], [[3, 3]]],
    [
      [3, 4, 6, 9],
      [
        [3, 6],
        [9, 9],
      ],
    ],
  ])("%j are %j", (days, episodes) => {
    expect(episodesOf(days).map((e) => [e.first, e.last])).toEqual(episodes);
  });

  it.each([
    [60, 100, true],
    [-60, 100, true],
    [49, 100, false],
    [60, 1000, false],
    [60, 0, true],
  ])("%d more than %d: %s", (impact, expected, worth) => {
    expect(isWorthALook(impact, expected, { amount: 50, percent: 20 })).toBe(worth);
  });
});

describe("measuring", () => {
  it("finds what it injected, and the threshold for one alarm a month gives no more", () => {
    const list: Series[] = [calm(120), calm(90).map((v, i) => (i % 29 === 20 ? v * 2 : v))];
    const d = detector("residual");
    const threshold = thresholdFor(list, d, 1);
    const [measured] = measureDetector(list, d, [{ threshold }]);
    expect(measured?.alarmsAMonth).toBeLessThanOrEqual(1);
    const double = measured?.bySize.find((s) => s.size === 2);
    expect(double?.injected).toBeGreaterThan(20);
    expect(double?.found).toBe(double?.injected);
  });
});
