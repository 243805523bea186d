import type { Instant, Interval } from "@/lib/time.ts";
import { usesClaims } from "@/simulator/claims.ts";
import { profileOf } from "@/simulator/curves.ts";
import { hashText, uuidOf } from "@/simulator/random.ts";
import { type Card, reservationPod, type Slot, type Span, spanOf, type Timeline } from "@/simulator/timeline.ts";

/** How the scraped labels look. */
export interface LabelSwitches {
  /** True: the workload's labels keep their names, and a card nobody holds carries the exporter's own pod. */
  readonly honorLabels: boolean;
  /** `hostname` instead of `Hostname`, as newer exporters have it. */
  readonly lowercaseHostname: boolean;
  /** Without these the PROF metrics are absent. */
  readonly profiling: boolean;
  /**
   * From when on exporters are upgraded to dcgm-exporter 4.9, one node after the other within an hour: other names, and
   * ratios and bytes instead of percent and MiB. Absent: never.
   */
  readonly upgradedAt?: number;
  /** Exporters lose who holds their cards for some minutes now and then, and show them as nobody's. */
  readonly labelsLost?: boolean;
  /** Two scrape jobs read every exporter. */
  readonly scrapedTwice?: boolean;
  /** Two servers read everything, and a query is answered by both: each series is there twice. */
  readonly replicas?: boolean;
  /** What exporters say as the name of their host instead of that of the node; they are scraped by its address then. */
  readonly hostNames?: "localhost" | "pod" | "address";
  /** Exporters name the devices that claims gave pods, as with KUBERNETES_ENABLE_DRA. */
  readonly claims?: boolean;
  /** Single samples of free cards name a pod that holds another card of the node. */
  readonly strays?: boolean;
  /** From when on the first card of every node is another device in the same slot: it has another UUID. Absent: never. */
  readonly exchangedAt?: Instant;
  /** MiB that old drivers count as used on each whole card of nodes that have a card which nobody ever holds. */
  readonly driverReserves?: number;
  /** The exporter is that of a managed cloud, and the reservation pods are those of the KAI scheduler. */
  readonly managed?: "gke" | "aks";
  /** On every second node nvidia_gpu_exporter runs instead: other names, no pods, no counters, and UUIDs without their prefix. */
  readonly gpuExporters?: boolean;
  /** The labels of pods change in the middle of their life, and are missing for a while before that. */
  readonly podLabelsChange?: boolean;
  /** Labels are lost, scrapes doubled and hosts named otherwise in this time alone; absent: always. */
  readonly during?: Interval;
}

export interface Holding {
  readonly labels: { readonly pod: string; readonly namespace: string; readonly container: string };
  /** The claim that gave it the card, by name. */
  readonly claim?: string;
}
export type Holder = Holding | null;

/** How the labels of a card look in one time. */
export interface Look {
  readonly span: Span;
  /** Whether its exporter names its host otherwise. */
  readonly isOdd: boolean;
  readonly uuid: string;
}

export const ALL: Span = { from: 0, to: Number.MAX_SAFE_INTEGER };

/** Where labels are odd, and where they are not. */
export function oddSpans({ during }: LabelSwitches, step: number): readonly (readonly [Span, isOdd: boolean])[] {
  if (!during) return [[ALL, true]];
  const odd = spanOf(during, step);
  return [
    [{ from: ALL.from, to: odd.from }, false],
    [odd, true],
    [{ from: odd.to, to: ALL.to }, false],
  ];
}

/** The times in which the labels of a card look alike, ascending. */
export function looksOf(switches: LabelSwitches, card: Card): Look[] {
  const odd: ReturnType<typeof oddSpans> = switches.hostNames ? oddSpans(switches, card.step) : [[ALL, true]];
  const isExchanged = switches.exchangedAt !== undefined && card.index === 0;
  const edge = isExchanged ? Math.ceil((switches.exchangedAt ?? 0) / card.step) : ALL.to;
  const after = `GPU-${uuidOf(`${card.uuid}/exchanged`)}`;
  return odd.flatMap(([{ from, to }, isOdd]) =>
    [
      { span: { from, to: Math.min(to, edge) }, isOdd, uuid: card.uuid },
      { span: { from: Math.max(from, edge), to }, isOdd, uuid: after },
    ].filter(({ span }) => span.from < span.to),
  );
}

/** An address of the node, as an exporter in its network is scraped. */
function addressOf(node: string): string {
  const hash = hashText(node);
  return `10.${hash & 127}.${(hash >>> 7) & 255}.${(hash >>> 15) & 255}`;
}

function hostOf(switches: LabelSwitches, card: Card, isOdd: boolean): Readonly<Record<"host" | "instance", string>> {
  const { hostNames } = switches;
  const [{ name }, address] = [card.node, addressOf(card.node.name)];
  if (!hostNames || !isOdd) return { host: name, instance: `${name}:9400` };
  const host = hostNames === "pod" ? exporterOf(switches, card).pod : hostNames === "address" ? address : hostNames;
  return { host, instance: `${address}:9400` };
}

const EXPORTERS = {
  operator: { pod: "nvidia-dcgm-exporter", namespace: "gpu-operator", container: "nvidia-dcgm-exporter" },
  gke: { pod: "gpu-metrics-agent", namespace: "gke-managed-system", container: "gpu-metrics-agent" },
  aks: { pod: "managed-gpu-node", namespace: "kube-system", container: "metrics" },
} as const;

function exporterOf({ managed }: LabelSwitches, card: Card): Holding["labels"] {
  const { pod, ...rest } = EXPORTERS[managed ?? "operator"];
  return { pod: `${pod}-${hashText(card.node.name).toString(36).slice(0, 5)}`, ...rest };
}

function claimLabels(card: Card, holder: Holder): Record<string, string> {
  if (!holder?.claim) return {};
  return {
    ...{ dra_claim_name: holder.claim, dra_claim_namespace: holder.labels.namespace },
    ...{ dra_driver_name: "gpu.nvidia.com", dra_pool_name: card.node.name, dra_device_name: `gpu-${card.index}` },
  };
}

/** Whether nvidia_gpu_exporter runs on the node of a card. */
export function isGpuExporter({ gpuExporters }: LabelSwitches, { node }: Card): boolean {
  return Boolean(gpuExporters) && !node.sharing && hashText(node.name) % 2 === 0;
}

/** The labels of a card in one look. */
export function deviceLabels(
  switches: LabelSwitches,
  card: Card,
  holder: Holder,
  { isOdd, uuid }: Look,
): Record<string, string> {
  const { host, instance } = hostOf(switches, card, isOdd);
  if (isGpuExporter(switches, card))
    return { uuid: uuid.replace("GPU-", ""), job: "nvidia-gpu-exporter", instance: `${card.node.name}:9835` };
  const exporter = exporterOf(switches, card);
  const own = switches.honorLabels ? (holder?.labels ?? exporter) : exporter;
  const exported: Record<string, string> =
    switches.honorLabels || !holder
      ? {}
      : {
          exported_pod: holder.labels.pod,
          exported_namespace: holder.labels.namespace,
          exported_container: holder.labels.container,
        };
  return {
    gpu: String(card.index),
    UUID: uuid,
    device: `nvidia${card.index}`,
    modelName: profileOf(card.node.gpuModel).name,
    [switches.lowercaseHostname ? "hostname" : "Hostname"]: host,
    DCGM_FI_DRIVER_VERSION: "570.158.01",
    job: "nvidia-dcgm-exporter",
    instance,
    ...claimLabels(card, holder),
    ...own,
    ...exported,
  };
}

/** A pod as the exporter names it. */
export function podHolder(timeline: Timeline, { claims }: LabelSwitches, { pod, workload }: Slot): Holding {
  const namespace = timeline.project.get(workload.projectId)?.namespace ?? "";
  const labels = { pod: pod.name, namespace, container: "main" };
  return { labels, ...(claims && usesClaims(workload) ? { claim: `${pod.name}-gpus` } : {}) };
}

/** The pod that keeps a card for parts of it, as the scheduler names it. */
export function reservationHolder({ managed }: LabelSwitches, card: Card, since: number): Holding {
  const pod = reservationPod(card, since);
  if (!managed) return { labels: { pod, namespace: "runai-reservation", container: "container-1" } };
  const labels = {
    pod: pod.replace("runai-", "gpu-"),
    namespace: "kai-resource-reservation",
    container: "reservation",
  };
  return { labels };
}
