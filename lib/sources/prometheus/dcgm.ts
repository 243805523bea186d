import type { KnownMetric, Unit } from "@/lib/sources/source.ts";
import type { Matcher } from "./promql.ts";
import type { Labels } from "./wire.ts";

/** One metric of an exporter, and how it is translated. */
export interface Meter {
  readonly source: string;
  readonly metric: KnownMetric;
  readonly matchers: readonly Matcher[];
  /**
   * `share`: a percentage or a ratio, as its values prove (units.ts); `memory`: MiB or bytes, as each value proves;
   * `plain`: as it is.
   */
  readonly reads: "share" | "memory" | "plain";
  /** The unit of a share whose values prove none, where its definition never changed. */
  readonly definedUnit?: Unit;
  /**
   * The largest plausible value, in our unit; a value above it or below zero is a sentinel or a fault of the exporter.
   */
  readonly most: number;
  /** Whether the parts of a card add up to the card (memory, power); percentages do not. */
  readonly isAdditive: boolean;
  /** It is of the device: stored once for the card, no matter which pod holds it and however it is divided. */
  readonly isOfDevice?: boolean;
  /** Which units report it: whole cards only, MIG slices only, or both. */
  readonly on: "card" | "slice" | "both";
  /** On whole cards it only counts where no other meter of the same metric has a sample. */
  readonly isFallback?: boolean;
}

const share = { matchers: [], reads: "share", most: 100, isAdditive: false, on: "both" } as const;
const counter = { ...share, definedUnit: "ratio" } as const;
const MIB_PER_TIB = 1024 * 1024;
const memory = { ...share, reads: "memory", most: MIB_PER_TIB, isAdditive: true } as const;
const power = { ...share, reads: "plain", most: 5000, isAdditive: true, on: "card" } as const;
const device = { ...share, reads: "plain", isOfDevice: true } as const;
const temperature = { ...device, metric: "temperature_celsius", most: 200, noise: 200 } as const;
/** The code of the last error, which stays until the driver is loaded again. */
const xid = { ...device, metric: "xid_code", most: 999, noise: 999 } as const;

const utilisation = { ...share, metric: "gpu_utilisation_percent", on: "card" } as const;
const engine = { ...counter, metric: "gpu_utilisation_percent", isFallback: true } as const;

/**
 * The metrics read from exporters of cards. Of each: the name in dcgm-exporter 3 to 4.8, that since 4.9 – during an upgrade
 * both are there, joined by card and instant –, and that of nvidia_gpu_exporter. The default list of counters of
 * dcgm-exporter has SM activity switched off. GPU_UTIL does not exist on MIG slices, and is switched off by some lists of
 * counters: then utilisation is the activity of the engine. Power is that of the whole device even where it is repeated
 * for each slice, so it is not read for slices.
 */
export const DCGM_METERS: readonly Meter[] = [
  { ...utilisation, source: "DCGM_FI_DEV_GPU_UTIL" },
  { ...utilisation, source: "DCGM_FI_DEV_GPU_UTIL_RATIO" },
  { ...utilisation, source: "nvidia_smi_utilization_gpu_ratio" },
  { ...engine, source: "DCGM_FI_PROF_GR_ENGINE_ACTIVE" },
  { ...engine, source: "DCGM_FI_PROF_GR_ENGINE_UTIL_RATIO" },
  { ...memory, source: "DCGM_FI_DEV_FB_USED", metric: "gpu_memory_used_mib" },
  { ...memory, source: "DCGM_FI_DEV_FB_USED_BYTES", metric: "gpu_memory_used_mib" },
  { ...memory, source: "nvidia_smi_memory_used_bytes", metric: "gpu_memory_used_mib", on: "card" },
  { ...counter, source: "DCGM_FI_PROF_SM_ACTIVE", metric: "sm_active_percent" },
  { ...counter, source: "DCGM_FI_PROF_SM_UTIL_RATIO", metric: "sm_active_percent" },
  { ...counter, source: "DCGM_FI_PROF_DRAM_ACTIVE", metric: "dram_active_percent" },
  { ...counter, source: "DCGM_FI_PROF_DRAM_UTIL_RATIO", metric: "dram_active_percent" },
  { ...counter, source: "DCGM_FI_PROF_PIPE_TENSOR_ACTIVE", metric: "tensor_active_percent" },
  { ...counter, source: "DCGM_FI_PROF_TENSOR_UTIL_RATIO", metric: "tensor_active_percent" },
  { ...power, source: "DCGM_FI_DEV_POWER_USAGE", metric: "power_watts" },
  { ...power, source: "DCGM_FI_DEV_BOARD_POWER_WATTS", metric: "power_watts" },
  { ...power, source: "nvidia_smi_power_draw_watts", metric: "power_watts" },
  { ...temperature, source: "DCGM_FI_DEV_GPU_TEMP" },
  { ...temperature, source: "DCGM_FI_DEV_GPU_TEMP_CELSIUS" },
  { ...temperature, source: "nvidia_smi_temperature_gpu" },
  { ...xid, source: "DCGM_FI_DEV_XID_ERRORS" },
  { ...xid, source: "DCGM_FI_DEV_XID_ERROR" },
];

export const BYTES_PER_MIB = 1024 * 1024;
/** Memory is given in pages: what is no multiple of one is no number of bytes. */
export const PAGE_BYTES = 4096;
/** The largest 32-bit blanks of DCGM, which would be plausible as bytes. */
const LEAST_BLANK = 2 ** 31 - 16;

/** A ratio up to this is 1 with measurement noise: it is no percentage. */
export const NOISY_RATIO = 1.05;

/** Whether a value can be a number of bytes: whole pages, and no blank of DCGM. */
export function isWholePages(value: number): boolean {
  const isBlank = value >= LEAST_BLANK && value < LEAST_BLANK + 4;
  return !isBlank && value % PAGE_BYTES === 0;
}

/**
 * A value in our unit, with six decimals; null for the "no value" sentinels of DCGM and for impossible values.
 * @param unit of a share or of memory, as values prove it (units.ts). Null: not proven, which leaves only 0 of a share
 *   known, and memory in the unit that each value proves.
 */
export function clean(meter: Meter, theirs: number, unit: Unit | "bytes" | null): number | null {
  const ours = Math.round(scaled(meter, theirs, unit) * 1e6) / 1e6;
  if (ours >= 0 && ours <= meter.most) return ours;
  return unit === "ratio" && theirs > 1 && theirs <= NOISY_RATIO ? meter.most : null;
}

function scaled({ reads }: Meter, theirs: number, unit: Unit | "bytes" | null): number {
  if (reads === "share")
    return unit === "ratio" ? theirs * 100 : unit === "percent" || theirs === 0 ? theirs : Number.NaN;
  if (reads === "plain" || (theirs < BYTES_PER_MIB && unit !== "bytes")) return theirs;
  // No card has a tebibyte: what is that large is bytes.
  return isWholePages(theirs) ? theirs / BYTES_PER_MIB : Number.NaN;
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

/** The device that a slice is part of; a card is its own. */
export const deviceOf = (card: Card): Card =>
  card.isSlice ? { ...card, gpu: card.gpu.split("/")[0] as string, isSlice: false } : card;

/** Driver of the devices that claims give pods (dynamic resource allocation); that of compute domains gives channels between nodes. */
const CLAIM_DRIVER = "gpu.nvidia.com";

/**
 * What a claim gave the pod of a series, as the exporter reads it from the kubelet: 1 for a card, the compute slices of the
 * profile for a MIG slice. Null without a claim, or of an unknown profile.
 */
export function readClaim(labels: Labels): number | null {
  if (labels.dra_driver_name !== CLAIM_DRIVER) return null;
  const profile = first(labels, ["GPU_I_PROFILE", "dra_mig_profile"]);
  if (!profile) return labels.GPU_I_ID ? null : 1;
  const slices = /^(\d)g\./.exec(profile)?.[1];
  return slices === undefined ? null : Number(slices);
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

/** Labels that name the cluster of a series, where one server has those of several. */
export const CLUSTER_LABELS = ["clusterId", "cluster", "cluster_id"] as const;

/** The id or name of the cluster, from the labels. */
export function clusterLabel(labels: Labels): string | undefined {
  return first(labels, CLUSTER_LABELS);
}

const BARE_UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The UUID of a card as DCGM writes it; nvidia_gpu_exporter leaves the prefix out. */
export function readUuid(labels: Labels): string | null {
  const uuid = first(labels, ["UUID", "uuid", "gpu_uuid"]);
  return uuid === undefined ? null : BARE_UUID.test(uuid) ? `GPU-${uuid.toLowerCase()}` : uuid;
}

/** The device and the name of a slice in its UUID: older drivers name both (`MIG-GPU-…/7/0`), newer ones the slice alone (`MIG-…`). */
function partsOfSlice(uuid: string | null): [device: string | null, slice: string] {
  const old = /^MIG-(GPU-[^/]+)\/(\d+)\/\d+$/.exec(uuid ?? "");
  if (old) return [old[1] as string, old[2] as string];
  return [uuid, uuid?.startsWith("MIG-") ? uuid : ""];
}

/** The card of a DCGM series; null if the labels name none. */
export function readCard(labels: Labels): Card | null {
  const uuid = readUuid(labels);
  const index = labels.gpu ?? "";
  const [device, instance] = partsOfSlice(uuid);
  const slice = labels.GPU_I_ID || instance;
  const unit = device ?? index;
  if (!unit) return null;
  return {
    gpu: slice && slice !== unit ? `${unit}/${slice}` : unit,
    uuid: device,
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
