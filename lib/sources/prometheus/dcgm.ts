import type { KnownMetric } from "@/lib/sources/source.ts";
import type { Matcher } from "./promql.ts";
import type { Labels } from "./wire.ts";

/** One metric of an exporter, and how it is translated. */
export interface Meter {
  readonly source: string;
  readonly metric: KnownMetric;
  readonly matchers: readonly Matcher[];
  /** Our value = their value × scale. */
  readonly scale: number;
  /**
   * The largest plausible value, in our unit; a value above it or below zero is a sentinel or a fault of the exporter.
   */
  readonly most: number;
  /** Values from `most` up to this are measurement noise of hardware counters and are taken as `most`. */
  readonly noise: number;
  /** Whether the parts of a card add up to the card (memory, power); percentages do not. */
  readonly isAdditive: boolean;
  /** Which units report it: whole cards only, MIG slices only, or both. */
  readonly on: "card" | "slice" | "both";
  /** On whole cards it only counts where no other meter of the same metric has a sample. */
  readonly isFallback?: boolean;
}

const percent = { matchers: [], scale: 1, most: 100, noise: 100, isAdditive: false, on: "both" } as const;
const ratio = { ...percent, scale: 100, noise: 101 } as const;
const MIB_PER_TIB = 1024 * 1024;

/**
 * The metrics read from dcgm-exporter; its default list of counters has SM activity switched off. GPU_UTIL does not
 * exist on MIG slices, and is switched off by some lists of counters: then utilisation is the activity of the engine. Power is that of the whole device even where it
 * is repeated for each slice, so it is not read for slices.
 */
export const DCGM_METERS: readonly Meter[] = [
  { ...percent, source: "DCGM_FI_DEV_GPU_UTIL", metric: "gpu_utilisation_percent", on: "card" },
  {
    ...ratio,
    source: "DCGM_FI_PROF_GR_ENGINE_ACTIVE",
    metric: "gpu_utilisation_percent",
    isFallback: true,
  },
  {
    ...percent,
    source: "DCGM_FI_DEV_FB_USED",
    metric: "gpu_memory_used_mib",
    most: MIB_PER_TIB,
    noise: MIB_PER_TIB,
    isAdditive: true,
  },
  { ...ratio, source: "DCGM_FI_PROF_SM_ACTIVE", metric: "sm_active_percent" },
  { ...ratio, source: "DCGM_FI_PROF_DRAM_ACTIVE", metric: "dram_active_percent" },
  { ...ratio, source: "DCGM_FI_PROF_PIPE_TENSOR_ACTIVE", metric: "tensor_active_percent" },
  {
    ...percent,
    source: "DCGM_FI_DEV_POWER_USAGE",
    metric: "power_watts",
    most: 5000,
    noise: 5000,
    isAdditive: true,
    on: "card",
  },
];

/** A value in our unit, with six decimals; null for the "no value" sentinels of DCGM and for impossible values. */
export function clean(meter: Meter, theirs: number): number | null {
  const ours = meter.scale === 1 ? theirs : Math.round(theirs * meter.scale * 1e6) / 1e6;
  if (ours >= 0 && ours <= meter.most) return ours;
  return ours > 0 && ours <= meter.noise ? meter.most : null;
}

/** The card or MIG slice of a series. */
export interface Card {
  /** `UUID`, `UUID/GPU_I_ID`, or the index as text where the exporter reports no UUID. */
  readonly gpu: string;
  readonly uuid: string | null;
  readonly isSlice: boolean;
  readonly index: string;
  /** Spellings of the name of the node, the most likely first; never empty. */
  readonly nodes: readonly string[];
  readonly gpuModel: string | undefined;
  readonly clusterLabel: string | undefined;
}

/** Who holds a card, by the labels of a series. */
export type Holder =
  | { readonly kind: "nobody" }
  | { readonly kind: "reserved" }
  | { readonly kind: "pod"; readonly namespace: string; readonly pod: string; readonly uid: string | undefined };

/** Namespaces of the reservation pods of Run:ai and of the KAI scheduler. */
const RESERVATIONS = new Set(["runai-reservation", "kai-resource-reservation"]);
const EXPORTER_POD = /^(.*-)?dcgm-exporter-.*$/;

function first(labels: Labels, names: readonly string[]): string | undefined {
  for (const name of names) if (labels[name]) return labels[name];
  return undefined;
}

/**
 * Node names in the labels. An exporter without NODE_NAME reports the name of its own pod as host name: that is not a
 * node.
 */
export function nodeNames(labels: Labels): string[] {
  const given = ["Hostname", "hostname", "node", "kubernetes_node", "nodename"].map((name) => labels[name] ?? "");
  const names = [...given, (labels.instance ?? "").replace(/:\d+$/, "")].filter(Boolean);
  const nodes = names.filter((name) => !EXPORTER_POD.test(name));
  return nodes.length > 0 ? nodes : names.length > 0 ? names : ["unknown-node"];
}

/** The id or name of the cluster, from the labels. */
export function clusterLabel(labels: Labels): string | undefined {
  return first(labels, ["clusterId", "cluster", "cluster_id"]);
}

/** The card of a DCGM series; null if the labels name none. */
export function readCard(labels: Labels): Card | null {
  const uuid = first(labels, ["UUID", "uuid", "gpu_uuid"]) ?? null;
  const index = labels.gpu ?? "";
  const slice = labels.GPU_I_ID ?? "";
  const unit = uuid ?? index;
  if (!unit) return null;
  return {
    gpu: slice ? `${unit}/${slice}` : unit,
    uuid,
    isSlice: slice !== "",
    index,
    nodes: nodeNames(labels),
    gpuModel: first(labels, ["modelName", "model_name"]),
    clusterLabel: clusterLabel(labels),
  };
}

/**
 * The holder: from `exported_*` (honorLabels false), the old `pod_name`/`pod_namespace`, then `pod`/`namespace` unless
 * that is the pod of the exporter. Reservation pods of Run:ai hold a card for fractions of other pods.
 */
export function readHolder(labels: Labels): Holder {
  const pod = labels.exported_pod || labels.pod_name || labels.pod;
  if (!pod || EXPORTER_POD.test(pod)) return { kind: "nobody" };
  const namespace = labels.exported_pod
    ? labels.exported_namespace
    : labels.pod_name
      ? (labels.pod_namespace ?? labels.namespace)
      : labels.namespace;
  if (RESERVATIONS.has(namespace ?? "") || pod.startsWith("runai-reservation-")) return { kind: "reserved" };
  const uid = labels.exported_pod_uid || labels.pod_uid || undefined;
  return { kind: "pod", namespace: namespace ?? "", pod, uid };
}
