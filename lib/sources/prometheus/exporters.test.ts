import { expect, it } from "vitest";
import type { PodFinder } from "@/lib/sources/find-pods.ts";
import type { Gathered } from "./collect.ts";
import { DCGM_METERS, type Meter } from "./dcgm.ts";
import { exporterNodes } from "./exporters.ts";
import type { Labels } from "./wire.ts";

const UTIL = DCGM_METERS.find((m) => m.source === "DCGM_FI_DEV_GPU_UTIL") as Meter;
const finder = (before: Readonly<Record<string, string>> = {}): PodFinder => ({
  byName: (namespace, pod) =>
    namespace === "team" && /^[ab]-/.test(pod) ? { podId: pod, clusterId: "c", node: `node-${pod[0]}` } : null,
  byId: () => null,
  clusterOfNode: (node) => (node.startsWith("node-") ? "c" : null),
  namespaces: () => ["team"],
  nodesOfCards: async () => new Map(Object.entries(before)),
});
const card = (uuid: string, instance: string, pod = "", more: Labels = {}): Labels => ({
  ...{ UUID: uuid, gpu: "0", Hostname: "localhost", instance, ...more },
  ...(pod ? { exported_namespace: "team", exported_pod: pod } : {}),
});
const gathered = (...list: Labels[]): Gathered[] => [
  { meter: UTIL, series: list.map((labels) => ({ labels, at: [0, 60], value: [1, 2] })) },
];
const nodes = async (list: Labels[], before?: Readonly<Record<string, string>>) => {
  const nodeOf = await exporterNodes(gathered(...list), finder(before));
  return list.map(nodeOf);
};

it.each<[string, Labels[], (string | null)[], Readonly<Record<string, string>>?]>([
  ["of the pod on the card", [card("GPU-1", "10.0.0.5:9400", "a-0")], ["node-a"]],
  [
    "of a pod on another card of the same instance",
    [card("GPU-1", "10.0.0.5:9400", "a-0"), card("GPU-2", "10.0.0.5:9400"), card("GPU-3", "10.0.0.6:9400")],
    ["node-a", "node-a", null],
  ],
  ["on which the card was seen before", [card("GPU-1", "10.0.0.5:9400")], ["node-b"], { "GPU-1": "node-b" }],
  [
    "of no pod where one service stands for all exporters: each card by its own pods",
    [card("GPU-1", "dcgm:9400", "a-0"), card("GPU-2", "dcgm:9400", "b-0"), card("GPU-3", "dcgm:9400")],
    ["node-a", "node-b", null],
  ],
  [
    "of no pod where two pods on one card are on different nodes",
    [card("GPU-1", "", "a-0"), card("GPU-1", "", "b-0")],
    [null, null],
  ],
  [
    "in its own labels, which stay",
    [card("GPU-1", "10.0.0.5:9400", "a-0", { Hostname: "node-x.example.org" })],
    [null],
  ],
  ["of no pod that the inventory does not list", [card("GPU-1", "10.0.0.5:9400", "stranger-0")], [null]],
])("an exporter that does not name its node has that %s", async (_, list, expected, before) =>
  expect(await nodes(list, before)).toEqual(expected),
);
