import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SampleReader } from "@/lib/sources/source.ts";
import { CHUNK_SECONDS } from "@/lib/sync/samples/chunk.ts";
import { runs } from "@/lib/testing-runs.ts";
import { DAY, floorTo, HOUR, intersect, seconds, union } from "@/lib/time.ts";
import { readRange, retryPauseSeconds, spanSeconds, spansNewestFirst } from "./span.ts";

const ranges = fc
  .record({
    start: fc.integer({ min: 1_700_000_000, max: 1_800_000_000 }),
    length: fc.integer({ min: 1, max: 40 * DAY }),
  })
  .map(({ start, length }) => ({ start, end: start + length }));
const steps = fc.integer({ min: 5, max: 300 });
const readers = fc.constantFrom<Pick<SampleReader, "by" | "mostPoints">>(
  { by: "window", mostPoints: 1440 },
  { by: "workload", mostPoints: 1000 },
  { by: "pod", mostPoints: 720 },
);

describe("spans", () => {
  it("cover a range exactly once, newest first, each aligned to its length", () => {
    fc.assert(
      fc.property(ranges, steps, readers, (range, step, reader) => {
        const length = spanSeconds(step, reader);
        const spans = [...spansNewestFirst(range, length)];
        for (const s of spans) expect([s.start % length, s.end - s.start]).toEqual([0, length]);
        const parts = spans.map((s) => intersect(s, range));
        expect(parts).not.toContain(null);
        const found = parts.flatMap((p) => p ?? []);
        expect(union(found)).toEqual([range]);
        expect(seconds(found)).toBe(range.end - range.start);
        expect(spans.map((s) => s.start)).toEqual(spans.map((s) => s.start).sort((a, b) => b - a));
      }),
      runs(500, 21),
    );
  });

  it("ask for no more points than a call may, and never for more than a day, or a chunk where one window holds every card", () => {
    fc.assert(
      fc.property(steps, readers, (step, reader) => {
        const length = spanSeconds(step, reader);
        expect(length / step).toBeLessThanOrEqual(reader.mostPoints);
        expect(length).toBeLessThanOrEqual(reader.by === "window" ? CHUNK_SECONDS : DAY);
        expect(DAY % length).toBe(0);
      }),
      runs(300, 22),
    );
  });

  it("read whole chunks around a range and its margin, not beyond what has settled", () => {
    fc.assert(
      fc.property(
        ranges,
        fc.integer({ min: 0, max: 2 * HOUR }),
        fc.integer({ min: 0, max: 10 * DAY }),
        (range, margin, after) => {
          const through = range.end + after;
          const read = readRange(range, margin, through);
          expect(read.start).toBe(floorTo(read.start, CHUNK_SECONDS));
          expect(read.start).toBeLessThanOrEqual(range.start - margin);
          expect(read.end).toBeLessThanOrEqual(through);
          if (read.end < through) {
            expect(read.end).toBe(floorTo(read.end, CHUNK_SECONDS));
            expect(read.end).toBeGreaterThanOrEqual(range.end + margin);
          }
        },
      ),
      runs(500, 23),
    );
  });

  it("are tried again after a minute, then after twice as long each time, at most six hours", () => {
    expect([1, 2, 3, 4, 9, 10, 100].map(retryPauseSeconds)).toEqual([60, 120, 240, 480, 15_360, 6 * HOUR, 6 * HOUR]);
  });
});
