import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CLASSES, classProperty, HELD } from "@/lib/classes.ts";
import { runs } from "@/lib/testing-runs.ts";
import { intersect } from "@/lib/time.ts";
import type { WorkloadInput } from "./held/workload-input.ts";
import { identityBreaches } from "./identity.ts";
import { type MeterResult, meter } from "./meter.ts";
import type { MeterInput, UsageRecord } from "./records.ts";
import { hourOf, inputOf, nodeOf, podOf, workloadOf } from "./testing-parts.ts";

const H100 = "NVIDIA-H100-80GB-HBM3";
const RANGE = { start: 0, end: 3 * 3600 };

/** A workload of one pod that asks for a MIG profile of so many sevenths. */
const sliceOf = (key: number, sevenths: number, start: number, end: number, used = false): WorkloadInput =>
  workloadOf({
    ...{ key, id: `w${key}`, gpuResources: `${sevenths}g.10gb*1` },
    pods: [podOf(start, end, { id: `p${key}`, gpuMilli: null, gpuResources: `nvidia.com/mig-${sevenths}g.10gb*1` })],
    signals: used ? new Map([["gpu_utilisation_percent", hourOf(70)]]) : new Map(),
  });

const cardOf = (workloads: readonly WorkloadInput[], change: Partial<MeterInput> = {}): MeterInput =>
  inputOf({
    ...{ range: RANGE, loaded: RANGE, workloads },
    nodes: [nodeOf("n1", { gpuModel: H100, gpuCount: 1, states: [ready(0, RANGE.end)] })],
    ...change,
  });
const ready = (start: number, end: number) => ({
  ...{ start, end, nodePool: "pool", gpuModel: H100, gpuCount: 1, ready: true },
});

const heldOf = ({ quantities }: UsageRecord): number =>
  HELD.reduce((sum, c) => sum + quantities[classProperty(c, "milli")], 0);
const milliOf = (result: MeterResult, key: number, bucketAt?: number): number =>
  result.usage
    .filter((u) => u.workloadKey === key && (bucketAt === undefined || u.bucketAt === bucketAt))
    .reduce((sum, u) => sum + heldOf(u), 0);

/** Seven pods that hold a seventh each for as long as they like, and what divides the card otherwise. */
const slices: fc.Arbitrary<WorkloadInput[]> = fc
  .shuffledSubarray([1, 1, 1, 2, 2, 3, 4, 7])
  .map((list) => list.filter((_, i) => list.slice(0, i + 1).reduce((a, b) => a + b, 0) <= 7))
  .chain((list) =>
    fc.tuple(
      ...list.map((sevenths, i) =>
        fc
          .tuple(fc.integer({ min: 0, max: RANGE.end }), fc.integer({ min: 1, max: RANGE.end }), fc.boolean())
          .map(([start, length, used]) => sliceOf(i + 1, sevenths, start, start + length, used)),
      ),
    ),
  );

describe("shares that are finer than a milli-GPU", () => {
  it("a seventh of a card for four hours is 4/7 GPU-hours, to the sixth decimal", () => {
    const range = { start: 0, end: 4 * 3600 };
    const result = meter(cardOf([sliceOf(1, 1, 0, range.end)], { range, loaded: range }));
    expect((milliOf(result, 1) / 3_600_000).toFixed(6)).toBe((4 / 7).toFixed(6));
  });

  it("seven sevenths of a card are the whole card, in every hour", () => {
    const result = meter(cardOf([1, 2, 3, 4, 5, 6, 7].map((key) => sliceOf(key, 1, 0, RANGE.end, key % 2 === 0))));
    for (const bucketAt of [0, 3600, 7200]) {
      const each = [1, 2, 3, 4, 5, 6, 7].map((key) => milliOf(result, key, bucketAt));
      expect(each.reduce((a, b) => a + b, 0)).toBe(3_600_000);
      for (const milli of each) expect(Math.abs(milli - 3_600_000 / 7)).toBeLessThan(3);
    }
    expect(result.usage.filter((u) => u.workloadKey === 0).every((u) => u.quantities.unallocatedMilli === 0)).toBe(
      true,
    );
    expect(result.capacity.every((c) => c.overlapMilli === 0)).toBe(true);
  });

  it.each([0.143, 0.142, 0.14])("allocation samples that round a seventh to %s make up the card", (sample) => {
    const rounded = [1, 2, 3, 4, 5, 6, 7].map((key) => ({
      ...sliceOf(key, 1, 0, 3600),
      signals: new Map([["gpu_allocation", hourOf(sample)]]),
    }));
    const hour = { start: 0, end: 3600 };
    const result = meter(cardOf(rounded, { range: hour, loaded: hour }));
    expect(result.capacity.map((c) => [c.capacityMilli, c.overlapMilli])).toEqual([[3_600_000, 0]]);
    expect([1, 2, 3, 4, 5, 6, 7].reduce((sum, key) => sum + milliOf(result, key), 0)).toBe(3_600_000);
  });

  it("what was observed all the time is observed to 100 %", () => {
    const hour = { start: 0, end: 3600 };
    const { usage } = meter(cardOf([sliceOf(1, 1, 0, 3600, true)], { range: hour, loaded: hour }));
    const own = usage.find((u) => u.workloadKey === 1) as UsageRecord;
    expect(own.quantities.observedMilli).toBe(heldOf(own));
    expect(own.quantities.utilisationWeighted / own.quantities.observedMilli).toBeCloseTo(7000, 2);
  });

  it("a slice on a node that is down is down to its last part", () => {
    const states = [ready(0, 3600), { ...ready(3600, 7200), ready: false }, ready(7200, RANGE.end)];
    const node = nodeOf("n1", { gpuModel: H100, gpuCount: 1, states });
    const { usage } = meter(cardOf([sliceOf(1, 1, 0, RANGE.end)], { nodes: [node] }));
    const down = usage.filter((u) => u.bucketAt === 3600).reduce((sum, u) => sum + u.quantities.downMilli, 0);
    expect(down).toBe(3_600_000);
  });

  it("for any slices of a card, classes sum to its capacity, and each holds its exact share", () => {
    fc.assert(
      fc.property(slices, (workloads) => {
        const result = meter(cardOf(workloads));
        expect(identityBreaches(result)).toEqual([]);
        expect(result.capacity.reduce((sum, c) => sum + c.overlapMilli, 0)).toBe(0);
        for (const { quantities } of result.usage) {
          for (const c of CLASSES) expect(quantities[classProperty(c, "milli")]).toBeGreaterThanOrEqual(0);
          expect(quantities.utilisationWeighted).toBeLessThanOrEqual(10_000 * quantities.observedMilli);
        }
        for (const { key, pods, gpuResources } of workloads)
          for (const bucketAt of [0, 3600, 7200]) {
            const [pod] = pods as [WorkloadInput["pods"][number]];
            const part = intersect(
              { start: bucketAt, end: bucketAt + 3600 },
              { start: pod.startedAt ?? 0, end: pod.endedAt },
            );
            const exact = part ? ((part.end - part.start) * 1000 * Number(gpuResources[0])) / 7 : 0;
            expect(Math.abs(milliOf(result, key, bucketAt) - exact)).toBeLessThan(HELD.length);
          }
      }),
      runs(300),
    );
  });

  it("does not depend on the order of the input, nor on the parts in which a range is metered", () => {
    const lines = (result: Pick<MeterResult, "usage">) =>
      result.usage.map((u) => JSON.stringify([u.bucketAt, u.workloadKey, u.quantities])).sort();
    fc.assert(
      fc.property(slices, (workloads) => {
        const whole = lines(meter(cardOf(workloads)));
        expect(lines(meter(cardOf([...workloads].reverse())))).toEqual(whole);
        const parts = [0, 3600, 7200].map((start) => meter(cardOf(workloads, { range: { start, end: start + 3600 } })));
        expect(parts.flatMap(lines).sort()).toEqual(whole);
      }),
      runs(100),
    );
  });
});
