import { expect, it } from "vitest";
import type { UsageClass } from "@/lib/classes.ts";
import { fragmentsOf } from "./fragments.ts";
import type { FleetNode } from "./types.ts";

const slot = (position: number, milli: number, of: UsageClass, workload = "") => ({
  ...{ position, gpu: workload ? `gpu-${position}` : "", milli, class: of, workloadKey: workload ? 1 : 0, workload },
  ...{ project: "", user: "", utilisationPercent: null, gpuMemoryMib: null, sinceAt: 0, hourMicros: null },
});
const node = (name: string, ...slots: ReturnType<typeof slot>[]): FleetNode => ({
  ...{ cluster: "c", pool: "p", node: name, gpuModel: "H100", slots },
});

it("finds free capacity in pieces, by node", () => {
  const found = fragmentsOf([
    node("full", slot(0, 1000, "active", "a")),
    node("empty", slot(0, 1000, "unallocated"), slot(1, 1000, "unallocated")),
    node("broken", slot(0, 1000, "active", "a"), slot(1, 1000, "down")),
    node("two left", slot(0, 1000, "active", "a"), slot(1, 2000, "unallocated")),
    node("parts", slot(0, 250, "active", "a"), slot(1, 500, "active", "b"), slot(2, 1250, "unallocated")),
  ]);
  expect(found.map((f) => [f.node, f.cards, f.freeCards, f.parts, f.partsMilli, f.largestMilli])).toEqual([
    ["parts", 2, 0, 2, 1250, 750],
    ["two left", 3, 2, 0, 0, 1000],
  ]);
});
