import { describe, expect, it } from "vitest";
import { holdings } from "./held/holding.ts";
import { placeHoldings } from "./held/place.ts";
import type { Holding } from "./held/workload-input.ts";
import type { MeterInput } from "./records.ts";
import { classedSlots, downByNode } from "./slots.ts";
import { hourOf, inputOf, nodeOf, podOf, workloadOf } from "./testing-parts.ts";
import type { Signals } from "./timeline.ts";

const busy = (percent: number, memoryMib?: number): Signals =>
  new Map([
    ["gpu_utilisation_percent", hourOf(percent)],
    ...(memoryMib === undefined ? [] : ([["gpu_memory_used_mib", hourOf(memoryMib)]] as const)),
  ]);

/** The slots of one pod that holds `milli` all hour: `[card, milli, level, utilisation in its first segment]`. */
function slots(milli: number, readings: Partial<MeterInput>, signals: Signals = new Map()) {
  const workload = workloadOf({ pods: [podOf(0, 3600, { gpuMilli: milli })], gpuRequestMilli: milli, signals });
  const input = inputOf({ nodes: [nodeOf("n1")], workloads: [workload], ...readings });
  const held: Holding[] = holdings(workload, input.loaded).holdings;
  const own = classedSlots(input, workload, held, placeHoldings(held, input.nodes), downByNode(input.nodes));
  return own.map((s) => [s.gpu, s.milli, s.level, s.segments[0]?.centi ?? null]);
}
const cards = (list: Record<string, Signals>) => ({ cardSignals: new Map([["p", new Map(Object.entries(list))]]) });

describe("the slots of a pod", () => {
  it.each<[string, number, Partial<MeterInput>, Signals | undefined, unknown[]]>([
    [
      "are its cards, each with its own reading",
      2000,
      cards({ b: busy(20), a: busy(80) }),
      undefined,
      [
        ["a", 1000, "gpu", 8000],
        ["b", 1000, "gpu", 2000],
      ],
    ],
    ["is the part of a card that it holds", 250, cards({ a: busy(40) }), undefined, [["a", 250, "gpu", 4000]]],
    [
      "are cards with a reading, and the rest with the pod's mean",
      2000,
      { ...cards({ a: busy(80) }), podSignals: new Map([["p", busy(50)]]) },
      busy(10),
      [
        ["a", 1000, "gpu", 8000],
        ["", 1000, "pod", 5000],
      ],
    ],
    [
      "share what it holds where it was seen on more cards than that, the remainder to the first",
      2000,
      cards({ a: busy(80), b: busy(80), c: busy(80) }),
      undefined,
      [
        ["a", 667, "gpu", 8000],
        ["b", 667, "gpu", 8000],
        ["c", 666, "gpu", 8000],
      ],
    ],
    [
      "is one with the workload's mean, where nothing finer is there",
      2000,
      {},
      busy(30),
      [["", 2000, "workload", 3000]],
    ],
    ["is one without any reading", 2000, {}, undefined, [["", 2000, "workload", null]]],
    [
      "do not come from a card that reports only its memory",
      1000,
      cards({ a: new Map([["gpu_memory_used_mib", hourOf(9)]]) }),
      busy(30),
      [["", 1000, "workload", 3000]],
    ],
  ])("%s", (_, milli, readings, signals, expected) => expect(slots(milli, readings, signals)).toEqual(expected));
});

it.each([
  ["a workload's memory is a sum over its cards: 700 MiB on two are not the 512 MiB of one", 700, 2000, "dead-idle"],
  ["as much on one card is held memory", 4000, 1000, "idle-held"],
])("%s", (_, memoryMib, milli, expected) => {
  const workload = workloadOf({
    pods: [podOf(0, 3600, { gpuMilli: milli })],
    gpuRequestMilli: milli,
    signals: busy(0, memoryMib),
  });
  const nodes = [nodeOf("n1", { gpuModel: "NVIDIA-A100-SXM4-80GB" })];
  const input = inputOf({ nodes, workloads: [workload] });
  const held = holdings(workload, input.loaded).holdings;
  const [slot] = classedSlots(input, workload, held, placeHoldings(held, nodes), new Map());
  expect(slot?.segments.at(-1)?.class).toBe(expected);
});

it("a slot is down while its node was seen not ready, and only then", () => {
  const look = (start: number, end: number, ready: boolean) => {
    return { start, end, nodePool: "pool", gpuModel: "H100", gpuCount: 4, ready };
  };
  const nodes = [
    nodeOf("n1", { states: [look(0, 1200, true), look(1200, 1800, false), look(1800, 3600, true)] }),
    nodeOf("n2", { states: [look(0, 3600, true)] }),
  ];
  expect([...downByNode(nodes)]).toEqual([["n1", [{ start: 1200, end: 1800 }]]]);
  const workload = workloadOf({ pods: [podOf(0, 3600)], signals: busy(90) });
  const held = holdings(workload, { start: 0, end: 3600 }).holdings;
  const input = inputOf({ nodes, workloads: [workload] });
  const [slot] = classedSlots(input, workload, held, placeHoldings(held, nodes), downByNode(nodes));
  const down = slot?.segments.filter((s) => s.class === "down") ?? [];
  expect([down[0]?.start, down.at(-1)?.end]).toEqual([1200, 1800]);
  expect(down.reduce((sum, s) => sum + s.end - s.start, 0)).toBe(600);
});
