import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "@/lib/testing-runs.ts";
import { atResolution, decodeChunk, encodeChunk, mergeSamples } from "./chunk.ts";

const samples = fc
  .uniqueArray(
    fc.record({ at: fc.integer({ min: 0, max: 2 ** 33 }), value: fc.double({ noNaN: true, noDefaultInfinity: true }) }),
    {
      selector: (s) => s.at,
      maxLength: 200,
    },
  )
  .map((list) => list.sort((a, b) => a.at - b.at))
  .map((list) => ({ at: list.map((s) => s.at), value: list.map((s) => (Object.is(s.value, -0) ? 0 : s.value)) }));

describe("chunks", () => {
  it("return exactly what was put in", () => {
    fc.assert(
      fc.property(samples, (s) => {
        expect(decodeChunk(encodeChunk(s))).toEqual(s);
      }),
      runs(500),
    );
  });

  it("return the samples of a part of their time", () => {
    const instant = fc.integer({ min: -1, max: 2 ** 33 + 1 });
    const regular = fc.array(fc.nat(10_000), { maxLength: 300 }).map((list) => ({
      at: list.map((_, i) => 1_000_000 + i * 30 + (i > 100 ? 700 : 0)),
      value: list.map((v) => v / 100),
    }));
    const near = fc.integer({ min: 999_900, max: 1_010_000 });
    const cases = fc.oneof(fc.tuple(samples, instant, instant), fc.tuple(regular, near, near));
    fc.assert(
      fc.property(cases, ([s, from, to]) => {
        const kept = s.at.flatMap((at, i) => (at >= from && at < to ? [i] : []));
        const part = { at: kept.map((i) => s.at[i]), value: kept.map((i) => s.value[i]) };
        expect(decodeChunk(encodeChunk(s), from, to)).toEqual(part);
      }),
      runs(500),
    );
  });

  it("return two-decimal percentages exactly", () => {
    const percent = fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 500 });
    fc.assert(
      fc.property(percent, (list) => {
        const s = { at: list.map((_, i) => 1_795_188_660 + i * 15), value: list.map((v) => v / 100) };
        expect(decodeChunk(encodeChunk(s))).toEqual(s);
      }),
      runs(100),
    );
  });

  it("take less than two bytes a sample for a noisy whole-percent series", () => {
    const n = 1440;
    const at = Array.from({ length: n }, (_, i) => 1_795_176_000 + i * 15);
    const value = at.map((_, i) => 80 + ((i * 7919) % 20));
    expect(encodeChunk({ at, value }).length / n).toBeLessThan(2);
  });

  it("refuse bytes that are no chunk", () => {
    expect(() => decodeChunk(Buffer.from([9, 1, 2]))).toThrow(RangeError);
    expect(() => decodeChunk(encodeChunk({ at: [1, 2, 3], value: [1, 2, 3] }).subarray(0, 4))).toThrow(RangeError);
  });
});

describe("merging samples", () => {
  it("keeps every instant once, in order, the newer reading winning, whichever way it is split", () => {
    fc.assert(
      fc.property(samples, samples, (older, newer) => {
        const merged = mergeSamples(older, newer);
        const expected = new Map(older.at.map((at, i) => [at, older.value[i]]));
        for (const [i, at] of newer.at.entries()) expected.set(at, newer.value[i]);
        expect(merged.at).toEqual([...expected.keys()].sort((a, b) => a - b));
        expect(merged.value).toEqual(merged.at.map((at) => expected.get(at)));
      }),
      runs(100),
    );
  });
});

describe("resolution", () => {
  it("never turns a sign of life into zero", () => {
    expect(atResolution("gpu_utilisation_percent", [0, 0.0001, 93.4567])).toEqual([0, 0.01, 93.46]);
    expect(atResolution("gpu_memory_used_mib", [0, 0.2, 1024.6])).toEqual([0, 1, 1025]);
    expect(atResolution("as_reported_thing", [0.123456])).toEqual([0.123456]);
  });
});
