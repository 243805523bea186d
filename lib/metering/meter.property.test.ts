import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CLASSES, classProperty, HELD } from "@/lib/classes.ts";
import { runs } from "@/lib/testing-runs.ts";
import { HOUR, intersect } from "@/lib/time.ts";
import { identityBreaches } from "./identity.ts";
import { type MeterResult, meter } from "./meter.ts";
import type { MeterInput } from "./records.ts";
import { meterInput, RANGE } from "./testing-input.ts";
import { naiveHeld, naiveOverlap, naivePeak } from "./testing-naive.ts";

const RUNS = runs(500, 20_261_120);

/** Records as comparable text, whatever order they came in. */
function lines(result: Pick<MeterResult, "usage" | "capacity" | "peaks">): string[] {
  const usage = result.usage.map((u) =>
    JSON.stringify(["usage", u.bucketAt, u.gpuModel, u.nodePool, u.workloadKey, u.level, u.quantities]),
  );
  const capacity = result.capacity.map((c) =>
    JSON.stringify(["capacity", c.bucketAt, c.gpuModel, c.nodePool, c.capacityMilli, c.overlapMilli]),
  );
  return [...usage, ...capacity, ...result.peaks.map((p) => JSON.stringify(["peaks", p]))].sort();
}

const part = (input: MeterInput, start: number, end: number): MeterInput => ({
  ...input,
  range: { start, end },
  loaded: { start: start - HOUR, end: end + HOUR },
});

describe("metering random clusters", () => {
  it("puts every GPU-second in exactly one class: classes sum to capacity and overlap in every bucket and model", () => {
    fc.assert(
      fc.property(meterInput, (input) => {
        const result = meter(input);
        expect(identityBreaches(result)).toEqual([]);
        for (const { quantities } of result.usage)
          for (const c of CLASSES) expect(quantities[classProperty(c, "milli")]).toBeGreaterThanOrEqual(0);
      }),
      RUNS,
    );
  });

  it("charges each workload exactly the GPU-seconds it held, whatever the samples say", () => {
    fc.assert(
      fc.property(meterInput, (input) => {
        const result = meter(input);
        for (const workload of input.workloads) {
          const metered = result.usage
            .filter((u) => u.workloadKey === workload.key)
            .reduce((sum, u) => sum + HELD.reduce((s, c) => s + (u.quantities[classProperty(c, "milli")] ?? 0), 0), 0);
          expect(metered).toBe(naiveHeld(workload, RANGE));
        }
      }),
      RUNS,
    );
  });

  it("finds the most that each project had at once, in every hour", () => {
    fc.assert(
      fc.property(meterInput, (input) => {
        const { peaks } = meter(input);
        for (const [projectKey, own] of Map.groupBy(input.workloads, (w) => w.projectKey))
          for (let bucketAt = RANGE.start; bucketAt < RANGE.end; bucketAt += HOUR) {
            const found = peaks.filter((p) => p.projectKey === projectKey && p.bucketAt === bucketAt);
            const expected = naivePeak(own, { start: bucketAt, end: bucketAt + HOUR });
            if (Object.values(expected).some((most) => most > 0))
              expect(found).toEqual([{ bucketAt, projectKey, ...expected }]);
            else expect(found).toEqual([]);
          }
      }),
      RUNS,
    );
  });

  it("returns the same whole or in parts", () => {
    fc.assert(
      fc.property(meterInput, fc.integer({ min: 1, max: 3 }), (input, at) => {
        const cut = RANGE.start + at * HOUR;
        const first = meter(part(input, RANGE.start, cut));
        const second = meter(part(input, cut, RANGE.end));
        const parts = {
          usage: [...first.usage, ...second.usage],
          capacity: [...first.capacity, ...second.capacity],
          peaks: [...first.peaks, ...second.peaks],
        };
        expect(lines(parts)).toEqual(lines(meter(input)));
      }),
      RUNS,
    );
  });

  it("returns the same twice, and in any order of its input", () => {
    fc.assert(
      fc.property(meterInput, (input) => {
        const once = lines(meter(input));
        expect(lines(meter(input))).toEqual(once);
        const turned = {
          ...input,
          nodes: input.nodes.toReversed(),
          workloads: input.workloads
            .toReversed()
            .map((w) => ({ ...w, pods: w.pods.toReversed(), phases: w.phases.toReversed() })),
        };
        expect(lines(meter(turned))).toEqual(once);
      }),
      RUNS,
    );
  });

  it("names every overlap: pods above the cards of a node never pass unnoticed", () => {
    fc.assert(
      fc.property(meterInput, (input) => {
        const result = meter(input);
        const overlap = result.capacity.reduce((sum, c) => sum + c.overlapMilli, 0);
        for (const node of input.nodes) {
          const expected = naiveOverlap(node, input.workloads, RANGE);
          const found = result.findings.filter((f) => f.kind === "overlap" && f.subject === node.name);
          expect(found.reduce((sum, f) => sum + f.quantityMilli, 0)).toBe(expected);
          for (const f of found) expect(f.detail).toMatch(/workload-\d/);
          expect(overlap).toBeGreaterThanOrEqual(expected);
        }
      }),
      RUNS,
    );
  });

  it("counts as capacity exactly the cards that existed, for as long as they did", () => {
    fc.assert(
      fc.property(meterInput, (input) => {
        const expected = input.nodes.reduce((sum, n) => {
          const life = intersect({ start: n.since, end: n.removedAt ?? RANGE.end }, RANGE);
          return sum + (life ? (life.end - life.start) * n.gpuCount * 1000 : 0);
        }, 0);
        expect(meter(input).capacity.reduce((sum, c) => sum + c.capacityMilli, 0)).toBe(expected);
      }),
      RUNS,
    );
  });
});
