import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { identityBreaches } from "@/lib/metering/identity.ts";
import { type MeterResult, meter } from "@/lib/metering/meter.ts";
import { meterInput } from "@/lib/metering/testing-input.ts";
import { inputOf, nodeOf, podOf, workloadOf } from "@/lib/metering/testing-parts.ts";
import { runs } from "@/lib/testing-runs.ts";

const nodes = [nodeOf("n1", { gpuCount: 2 })];
const job = (id: string, key: number, start: number, end: number, gpus: number, isBackground = false) =>
  workloadOf({ id, key, isBackground, pods: [podOf(start, end, { id: `${id}-0`, gpuMilli: gpus * 1000 })] });
const heldBy = (result: MeterResult, key: number) =>
  result.usage
    .filter((u) => u.workloadKey === key)
    .reduce((sum, { quantities: q }) => sum + q.startingMilli + q.noDataMilli, 0) / 1000;
const overlapOf = (result: MeterResult) => result.capacity.reduce((sum, c) => sum + c.overlapMilli, 0);

describe("a background workload", () => {
  it.each<[string, number, [held: number, under: number]]>([
    ["holds what nobody else does", 0, [7200, 0]],
    ["holds what others leave", 1, [5400, 1800]],
    ["holds nothing under others that hold every card", 2, [3600, 3600]],
  ])("%s", (_, others, [held, under]) => {
    const workloads = [job("health", 1, 0, 3600, 2, true), job("train", 2, 1800, 3600, others)];
    const result = meter(inputOf({ nodes, workloads }));
    expect([heldBy(result, 1), overlapOf(result)]).toEqual([held, 0]);
    expect(heldBy(result, 2)).toBe(others * 1800);
    const found = result.findings.filter((f) => f.kind === "runs-under");
    expect(found.map((f) => [f.subject, f.quantityMilli])).toEqual(under ? [["health", under * 1000]] : []);
  });

  it("takes nothing from others and never overlaps, in any cluster", () => {
    fc.assert(
      fc.property(meterInput, fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }), (input, flags) => {
        const workloads = input.workloads.map((w, i) => ({
          ...w,
          isBackground: flags[i] === true,
          pods: w.pods.filter((p) => p.node.startsWith("node-") && p.node !== "node-nobody-knows"),
          phases: [],
          signals: new Map(),
        }));
        const all = meter({ ...input, workloads });
        const others = meter({ ...input, workloads: workloads.filter((w) => !w.isBackground) });
        expect(identityBreaches(all)).toEqual([]);
        // Cards that only the background holds outside the life of their node are on no known node.
        const lived = { ...input, nodes: input.nodes.map((n) => ({ ...n, since: 0, removedAt: null })) };
        expect(overlapOf(meter({ ...lived, workloads }))).toBe(
          overlapOf(meter({ ...lived, workloads: workloads.filter((w) => !w.isBackground) })),
        );
        for (const w of workloads) if (!w.isBackground) expect(heldBy(all, w.key)).toBe(heldBy(others, w.key));
      }),
      runs(60),
    );
  });
});
