import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "@/lib/testing-runs.ts";
import { chunks, halve } from "./range.ts";

const instants = (parts: readonly { from: number; to: number }[], step: number) =>
  parts.flatMap(({ from, to }) => Array.from({ length: (to - from) / step + 1 }, (_, i) => from + i * step));

describe("chunks", () => {
  it("asks the multiples of the step in [start, end), never the end", () => {
    expect(chunks({ start: 0, end: 180 }, 60)).toEqual([{ from: 0, to: 120 }]);
    expect(chunks({ start: 1, end: 181 }, 60)).toEqual([{ from: 60, to: 180 }]);
    expect(chunks({ start: 61, end: 119 }, 60)).toEqual([]);
  });

  it("keeps below the 11,000-point rule", () => {
    expect(chunks({ start: 0, end: 11_001 * 60 }, 60)).toEqual([
      { from: 0, to: 10_999 * 60 },
      { from: 11_000 * 60, to: 11_000 * 60 },
    ]);
  });

  it("neither doubles nor leaves out an instant, however it is cut", () => {
    const any = fc.record({
      start: fc.nat(5000),
      length: fc.nat(5000),
      step: fc.integer({ min: 1, max: 90 }),
      most: fc.integer({ min: 1, max: 40 }),
      cut: fc.nat(5000),
    });
    fc.assert(
      fc.property(any, ({ start, length, step, most, cut }) => {
        const end = start + length;
        const middle = start + Math.min(cut, length);
        const whole = instants(chunks({ start, end }, step, 1e6), step);
        expect(whole).toEqual(Array.from({ length }, (_, i) => start + i).filter((t) => t % step === 0));
        const parts = chunks({ start, end }, step, most);
        expect(instants(parts, step)).toEqual(whole);
        for (const { from, to } of parts) expect((to - from) / step).toBeLessThan(most);
        const two = [...chunks({ start, end: middle }, step, most), ...chunks({ start: middle, end }, step, most)];
        expect(instants(two, step)).toEqual(whole);
        expect(
          instants(
            parts.flatMap((part) => halve(part, step) ?? [part]),
            step,
          ),
        ).toEqual(whole);
      }),
      runs(100),
    );
  });
});
