import type { ShareMethod } from "@/lib/allocation/types.ts";
import { type ClassRow, zeroMillis } from "@/lib/classes.ts";
import type { Price } from "@/lib/pricing/types.ts";
import type { DayInput, DayUsage } from "./day.ts";

/** A usage row with nothing but what is given. */
export const usageRow = (
  hardwareKey: number,
  workloadKey: number,
  classes: Partial<ClassRow<"milli">>,
  more: Partial<DayUsage> = {},
): DayUsage => ({
  hardwareKey,
  workloadKey,
  classes: { ...zeroMillis(), ...classes },
  observedMilli: 0,
  cpuUsedMilliSeconds: 0,
  cpuRequestedMilliSeconds: 0,
  cpuObservedSeconds: 0,
  memoryUsedMibSeconds: 0,
  memoryRequestedMibSeconds: 0,
  memoryObservedSeconds: 0,
  gpuMemoryUsedMibSeconds: 0,
  gpuMemoryRequestedMibSeconds: 0,
  gpuMemoryObservedSeconds: 0,
  ...more,
});

let keys = 0;
export const priceOfModel = (match: string, unitPrice: number, more: Partial<Price> = {}): Price => ({
  key: ++keys,
  proposalId: "p",
  version: 1,
  kind: "gpu",
  match,
  clusterId: "",
  priceClass: "standard",
  unitPriceNanos: Math.round(unitPrice * 1e9),
  currency: "USD",
  effectiveFrom: 20200101,
  origin: { type: "entered", note: "" },
  ...more,
});

/** Two clusters' worth of places, two projects with quota, teams 11 (vision) and 12 (speech); everything may be overridden. */
export function dayInput(
  given: Partial<DayInput> & { prices?: readonly Price[]; method?: ShareMethod } = {},
): DayInput {
  const { prices = [priceOfModel("H100", 2.5), priceOfModel("A100", 1.5)], method = "platform", ...rest } = given;
  const identity = (project: string, user = "ada") => ({
    clusterId: "c1",
    namespace: `runai-${project}`,
    project,
    department: "research",
    user,
    labels: {},
  });
  const rule = (id: string, pattern: string, teamKey: number) => ({
    id,
    position: Number(id),
    kind: "project" as const,
    label: "",
    pattern,
    clusterId: "",
    teamKey,
    fromDay: 20200101,
    untilDay: null,
  });
  return {
    day: 20261001,
    seconds: 86_400,
    hardware: new Map([
      [1, { key: 1, clusterId: "c1", nodePool: "default", gpuModel: "NVIDIA-H100-80GB-HBM3" }],
      [2, { key: 2, clusterId: "c1", nodePool: "batch", gpuModel: "NVIDIA-A100-SXM4-80GB" }],
      [3, { key: 3, clusterId: "c1", nodePool: "default", gpuModel: "" }],
    ]),
    workloads: new Map(
      [
        { key: 1, projectKey: 1, preemptible: false, identity: identity("vision") },
        { key: 2, projectKey: 1, preemptible: true, identity: identity("vision") },
        { key: 3, projectKey: 2, preemptible: false, identity: identity("speech") },
        { key: 4, projectKey: 3, preemptible: false, identity: identity("unknown") },
      ].map((w) => [w.key, w]),
    ),
    projects: ["vision", "speech", "unknown"].map((name, i) => ({
      key: i + 1,
      clusterId: "c1",
      name,
      department: "research",
      namespace: `runai-${name}`,
      quotaMilli: { default: 1000 * (i + 1) },
    })),
    usage: [],
    costs: [],
    rules: {
      book: { currency: "USD", prices, rates: [] },
      teamRules: [rule("1", "vision", 11), rule("2", "speech", 12)],
      policies: (["unallocated", "down", "unknown", "shared"] as const).map((costClass) => {
        return { clusterId: "", costClass, fromDay: 20200101, method };
      }),
      settings: [],
    },
    ...rest,
  };
}
