import fc from "fast-check";
import { expect, it } from "vitest";
import { AT } from "@/lib/insights/cells/cell.ts";
import { heldByWorkload } from "@/lib/metering/held/held-by-workload.ts";
import { hourOf, inputOf, nodeOf, podOf, stepsOf, workloadOf } from "@/lib/metering/testing-parts.ts";
import { runs } from "@/lib/testing-runs.ts";
import { buildCells } from "./build-cells.ts";

/** One reading a minute of what a workload without pods is allocated: episodes of it share cells. */
const minutes = fc.array(fc.constantFrom(0, 1, 2), { minLength: 60, maxLength: 60 });

it("cells hold all the time that metering finds, however often a workload starts and stops within one", () => {
  fc.assert(
    fc.property(minutes, (list) => {
      const signals = new Map([["gpu_allocation", stepsOf(...list.map((gpus, i) => [i * 60, gpus] as const))]]);
      const workload = workloadOf({ phases: [{ at: 0, phase: "Running" }], endedAt: 3600, signals });
      const input = inputOf({ workloads: [workload] });
      const held = [...heldByWorkload(input).values()].flatMap((h) => h.holdings);
      const expected = held.reduce((sum, h) => sum + (h.end - h.start) * h.milli, 0);
      const slots = buildCells(input).get(workload.key)?.slots ?? [];
      const cells = slots.flatMap((s) => [...s.cells.values()].map((cell) => (cell[0] as number) * s.milli));
      expect(cells.reduce((sum, seconds) => sum + seconds, 0)).toBe(expected);
    }),
    runs(40),
  );
});

it("keeps the extremes of two episodes in one cell", () => {
  const allocation = stepsOf([0, 1], [60, 1], [120, 0], [180, 0], [240, 1], [300, 1], [360, 0]);
  const at = [0, 60, 120, 180, 240, 300, 360];
  const read = (...values: number[]) => stepsOf(...at.map((t, i) => [t, values[i] ?? 0] as const));
  const signals = new Map([
    ["gpu_allocation", allocation],
    ["gpu_utilisation_percent", read(10, 90, 0, 0, 20, 30)],
    ["gpu_memory_used_mib", read(500, 700, 0, 0, 900, 800)],
  ]);
  const workload = workloadOf({ phases: [{ at: 0, phase: "Running" }], endedAt: 400, signals, gpuRequestMilli: 1000 });
  const [slot] = buildCells(inputOf({ workloads: [workload] })).get(1)?.slots ?? [];
  const cell = slot?.cells.get(0);
  expect(
    cell && { held: cell[AT.held], most: cell[AT.utilMax], memory: [cell[AT.memoryMin], cell[AT.memoryMax]] },
  ).toEqual({ held: 240, most: 90, memory: [500, 900] });
});

it("reports as contradicted what the ledger does not observe because of it, and nothing else", () => {
  const used = stepsOf(...Array.from({ length: 60 }, (_, i) => [i * 60, i < 30 ? 99 : 0] as const));
  const signals = new Map([
    ["gpu_utilisation_percent", used],
    ["sm_active_percent", hourOf(0)],
  ]);
  const input = inputOf({
    nodes: [nodeOf("n1")],
    workloads: [workloadOf({ pods: [podOf(0, 3600)] })],
    cardSignals: new Map([["p", new Map([["GPU-0", signals]])]]),
  });
  const [slot] = buildCells(input).get(1)?.slots ?? [];
  const sums = (measure: number) => [0, 900, 1800, 2700].map((at) => slot?.cells.get(at)?.[measure]);
  expect(sums(AT.contradicted)).toEqual([900, 900, 0, 0]);
  expect(sums(AT.observed)).toEqual([0, 0, 900, 900]);
  expect(sums(AT.utilSum)).toEqual([0, 0, 0, 0]);
});

it("has no cells of a background workload, which runs under others, and those of the others as before", () => {
  const used = stepsOf(...Array.from({ length: 60 }, (_, i) => [i * 60, 0] as const));
  const signals = new Map([["gpu_utilisation_percent", used]]);
  const held = (key: number, pod: string, isBackground: boolean) =>
    workloadOf({ key, id: `w${key}`, isBackground, pods: [{ ...podOf(0, 3600), id: pod }] });
  const input = (...workloads: ReturnType<typeof workloadOf>[]) =>
    inputOf({
      nodes: [nodeOf("n1")],
      workloads,
      cardSignals: new Map(["p", "q"].map((pod) => [pod, new Map([["GPU-0", signals]])])),
    });
  const cells = buildCells(input(held(1, "p", false), held(2, "q", true)));
  expect([...cells.keys()]).toEqual([1]);
  expect(cells.get(1)).toEqual(buildCells(input(held(1, "p", false))).get(1));
  expect([...buildCells(input(held(2, "q", false))).keys()]).toEqual([2]);
});
