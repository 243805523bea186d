import { clusterLabel, type Holder, type Meter, nodeNames, readUuid } from "./dcgm.ts";
import type { Labels } from "./wire.ts";

const reading = { matchers: [], reads: "plain", on: "both" } as const;

/**
 * The series of Run:ai itself, under these names since 2.17. Utilisation above 100 occurs; metering clamps and counts
 * it.
 */
export const RUNAI_METERS: readonly Meter[] = [
  {
    ...reading,
    source: "runai_gpu_utilization_per_pod_per_gpu",
    metric: "gpu_utilisation_percent",
    most: 1000,
    isAdditive: false,
  },
  {
    ...reading,
    source: "runai_gpu_memory_used_mebibytes_per_pod_per_gpu",
    metric: "gpu_memory_used_mib",
    most: 1024 * 1024,
    isAdditive: true,
  },
  // kai-gpu-fractioning: what each pod uses of a card that pods share.
  {
    ...reading,
    source: "gpu_fractioning_gpu_sm_utilization_percent",
    metric: "gpu_utilisation_percent",
    most: 1000,
    isAdditive: false,
  },
  {
    ...reading,
    source: "gpu_fractioning_gpu_memory_used_bytes",
    metric: "gpu_memory_used_mib",
    reads: "memory",
    most: 1024 * 1024,
    isAdditive: true,
  },
];

/** The subject of a series per pod and GPU. `index` is the number of the card on its node, as everywhere in Run:ai. */
export interface PodCard {
  readonly holder: Extract<Holder, { kind: "pod" }>;
  readonly nodes: readonly string[];
  readonly index: string;
  readonly uuid: string | null;
  readonly clusterLabel: string | undefined;
}

/** Null if the labels name no pod or no card. */
export function readPodCard(labels: Labels): PodCard | null {
  // Only kai-gpu-fractioning names the UUID of the card; it says `pod` where Run:ai says `pod_name`.
  const uuid = readUuid(labels);
  const pod = labels.pod_name || labels.exported_pod || (uuid && labels.pod) || "";
  const uid = labels.pod_uuid || undefined;
  if ((!pod && !uid) || (!labels.gpu && !uuid)) return null;
  const namespace = labels.pod_namespace || labels.exported_namespace || (uuid && labels.namespace) || "";
  const { Hostname: _host, hostname: _name, ...rest } = labels;
  return {
    holder: { kind: "pod", namespace, pod, uid },
    nodes: nodeNames(rest),
    index: labels.gpu ?? "",
    uuid,
    clusterLabel: clusterLabel(labels),
  };
}
