import { memoryAt, profileOf, utilisationAt } from "../curves";
import { cardPieces, DEVICE_METRICS } from "../device";
import { hashText } from "../random";
import {
  type Card,
  clipSpans,
  type Piece,
  reservationPod,
  type Slot,
  type Span,
  spanOf,
  sweep,
  type Timeline,
} from "../timeline";
import { containerFamilies, labelFamily } from "./containers";
import { bySortedKey, type Family, type PromSeries, type SeriesPiece, series } from "./family";

/** How the scraped labels look. */
export interface LabelSwitches {
  /** True: the workload's labels keep their names, and a card nobody holds carries the exporter's own pod. */
  readonly honorLabels: boolean;
  /** `hostname` instead of `Hostname`, as newer exporters have it. */
  readonly lowercaseHostname: boolean;
  /** Without these the PROF metrics are absent. */
  readonly profiling: boolean;
}

function exporterOf(card: Card): { readonly pod: string; readonly namespace: string; readonly container: string } {
  return {
    pod: `nvidia-dcgm-exporter-${hashText(card.node.name).toString(36).slice(0, 5)}`,
    namespace: "gpu-operator",
    container: "nvidia-dcgm-exporter",
  };
}

function deviceLabels(
  switches: LabelSwitches,
  card: Card,
  holder: { pod: string; namespace: string; container: string } | null,
) {
  const exporter = exporterOf(card);
  const own = switches.honorLabels ? (holder ?? exporter) : exporter;
  const exported: Record<string, string> =
    switches.honorLabels || !holder
      ? {}
      : { exported_pod: holder.pod, exported_namespace: holder.namespace, exported_container: holder.container };
  return {
    gpu: String(card.index),
    UUID: card.uuid,
    device: `nvidia${card.index}`,
    modelName: profileOf(card.node.gpuModel).name,
    [switches.lowercaseHostname ? "hostname" : "Hostname"]: card.node.name,
    DCGM_FI_DRIVER_VERSION: "570.158.01",
    job: "nvidia-dcgm-exporter",
    instance: `${card.node.name}:9400`,
    ...own,
    ...exported,
  };
}

/** Cuts one card's time into series: one per pod that holds it whole, one per reservation of parts, one for nobody. */
function cardSeries(timeline: Timeline, switches: LabelSwitches, card: Card): PromSeries[] {
  const groups = new Map<string, { holder: Parameters<typeof deviceLabels>[2]; pieces: SeriesPiece[] }>();
  const add = (id: string, holder: Parameters<typeof deviceLabels>[2], span: Span, items: readonly Slot[]) => {
    const group = groups.get(id) ?? { holder, pieces: [] };
    for (const s of clipSpans(card.spans, span.from, span.to)) group.pieces.push({ ...s, items, constant: 0 });
    groups.set(id, group);
  };
  let at = spanOf(timeline.scenario.range, timeline.step).from;
  let reservedFrom: number | null = null;
  for (const piece of cardPieces(card, timeline.step)) {
    if (piece.from > at) {
      add("", null, { from: at, to: piece.from }, []);
      reservedFrom = null;
    }
    const [first] = piece.items as [Slot];
    if (first.milli === 1000) {
      const namespace = timeline.project.get(first.workload.projectId)?.namespace ?? "";
      add(first.pod.id, { pod: first.pod.name, namespace, container: "main" }, piece, piece.items);
      reservedFrom = null;
    } else {
      reservedFrom ??= piece.from;
      const pod = reservationPod(card, reservedFrom);
      add(pod, { pod, namespace: "runai-reservation", container: "container-1" }, piece, piece.items);
    }
    at = piece.to;
  }
  add("", null, { from: at, to: Number.MAX_SAFE_INTEGER }, []);
  return [...groups.values()].map((g) => series(deviceLabels(switches, card, g.holder), card, g.pieces));
}

function deviceFamilies(timeline: Timeline, switches: LabelSwitches): Family[] {
  const all = bySortedKey(timeline.cards.flatMap((card) => cardSeries(timeline, switches, card)));
  return DEVICE_METRICS.filter((m) => switches.profiling || !m.name.includes("_PROF_")).map((m) => ({
    name: m.name,
    help: m.help,
    decimals: m.decimals,
    series: all,
    at: (s, piece, i) => m.at(s.card as Card, piece.items, i),
  }));
}

function clusterOf(timeline: Timeline, slotOrWorkload: { readonly projectId: string }): string {
  return timeline.project.get(slotOrWorkload.projectId)?.clusterId ?? "";
}

function podGpuFamilies(timeline: Timeline): Family[] {
  const list = bySortedKey(
    timeline.slots.map((slot) =>
      series(
        {
          clusterId: clusterOf(timeline, slot.workload),
          pod_name: slot.pod.name,
          pod_uuid: slot.pod.id,
          pod_namespace: timeline.project.get(slot.workload.projectId)?.namespace ?? "",
          node: slot.card.node.name,
          gpu: String(slot.card.index),
        },
        slot.card,
        slot.spans.map((s) => ({ ...s, items: [slot], constant: 0 })),
      ),
    ),
  );
  const first = (piece: SeriesPiece) => piece.items[0] as Slot;
  return [
    {
      name: "runai_gpu_utilization_per_pod_per_gpu",
      help: "GPU utilization per pod per GPU, percent.",
      decimals: 0,
      series: list,
      at: (_s, p, i) => utilisationAt(first(p).curve, i),
    },
    {
      name: "runai_gpu_memory_used_mebibytes_per_pod_per_gpu",
      help: "GPU memory used per pod per GPU, MiB.",
      decimals: 0,
      series: list,
      at: (_s, p, i) => memoryAt(first(p).curve, i),
    },
  ];
}

function podFamily(timeline: Timeline): Family {
  const list: PromSeries[] = [];
  for (const run of timeline.runOfPod.values()) {
    if (run.slots.length === 0) continue;
    const clusterId = clusterOf(timeline, run.workload);
    const span = spanOf(run, timeline.step);
    const milli = run.slots.reduce((sum, s) => sum + s.milli, 0);
    const pieces = clipSpans(timeline.seenOfCluster.get(clusterId) ?? [], span.from, span.to).map((s) => ({
      ...s,
      items: [],
      constant: milli,
    }));
    const namespace = timeline.project.get(run.workload.projectId)?.namespace ?? "";
    list.push(
      series(
        { clusterId, pod_name: run.pod.name, pod_uuid: run.pod.id, pod_namespace: namespace, node: run.pod.node ?? "" },
        null,
        pieces,
      ),
    );
  }
  const help = "GPUs allocated to the pod.";
  return {
    name: "runai_allocated_gpu_count_per_pod",
    help,
    decimals: 3,
    series: bySortedKey(list),
    at: (_s, p) => p.constant,
  };
}

/** Cards of each node by readiness. A lost card is not counted; a node that is down counts as not ready. */
function nodeFamily(timeline: Timeline): Family {
  const list: PromSeries[] = [];
  for (const [name, cards] of timeline.cardsOfNode) {
    const node = cards[0]?.node;
    if (!node) continue;
    const seen = timeline.seenOfCluster.get(node.clusterId) ?? [];
    const from = Math.ceil(Math.max(node.createdAt, timeline.scenario.range.start) / timeline.step);
    const marks: (readonly [Span, string])[] = [[{ from, to: Number.MAX_SAFE_INTEGER }, "known"]];
    for (const d of node.down) marks.push([spanOf(d, timeline.step), "down"]);
    for (const l of node.lostCards) marks.push([spanOf(l, timeline.step), `lost${l.index}`]);
    const pieces = { true: [] as SeriesPiece[], false: [] as SeriesPiece[] };
    for (const p of sweep(marks) as Piece<string>[]) {
      const constant = node.gpuCount - p.items.filter((m) => m.startsWith("lost")).length;
      const target = p.items.includes("down") ? pieces.false : pieces.true;
      for (const s of clipSpans(seen, p.from, p.to)) target.push({ ...s, items: [], constant });
    }
    for (const ready of ["true", "false"] as const)
      list.push(
        series(
          { clusterId: node.clusterId, node: name, modelName: node.gpuModel, ready, schedulable: "true" },
          null,
          pieces[ready],
        ),
      );
  }
  const help = "GPUs of the node.";
  return {
    name: "runai_gpu_count_per_node",
    help,
    decimals: 0,
    series: bySortedKey(list),
    at: (_s, p) => p.constant,
  };
}

function workloadFamily(timeline: Timeline): Family {
  const list: PromSeries[] = [];
  for (const workload of timeline.scenario.workloads) {
    const runs = timeline.runsOfWorkload.get(workload.id) ?? [];
    const pieces = sweep(runs.flatMap((r) => r.slots.flatMap((slot) => slot.spans.map((s) => [s, slot] as const))));
    if (pieces.length === 0) continue;
    const labels = {
      clusterId: clusterOf(timeline, workload),
      workload_id: workload.id,
      workload_name: workload.name,
      workload_type: workload.type,
      user: workload.user,
    };
    list.push(
      series(
        labels,
        null,
        pieces.map((p) => ({ ...p, constant: 0 })),
      ),
    );
  }
  return {
    name: "runai_gpu_utilization_per_workload",
    help: "Mean GPU utilization of the workload, percent.",
    decimals: 2,
    series: bySortedKey(list),
    at: (_s, piece, i) => {
      let sum = 0;
      for (const slot of piece.items) sum += utilisationAt(slot.curve, i);
      return Math.round((100 * sum) / piece.items.length);
    },
  };
}

/** Every metric that the stand-in Prometheus holds, by name. Families are built when first asked for. */
export function families(timeline: Timeline, switches: LabelSwitches): Map<string, () => Family> {
  const once = <T>(build: () => T): (() => T) => {
    let built: T | null = null;
    return () => (built ??= build());
  };
  const device = once(() => new Map(deviceFamilies(timeline, switches).map((f) => [f.name, f])));
  const podGpu = once(() => new Map(podGpuFamilies(timeline).map((f) => [f.name, f])));
  const out = new Map<string, () => Family>();
  for (const m of DEVICE_METRICS)
    if (switches.profiling || !m.name.includes("_PROF_")) out.set(m.name, () => device().get(m.name) as Family);
  for (const name of ["runai_gpu_utilization_per_pod_per_gpu", "runai_gpu_memory_used_mebibytes_per_pod_per_gpu"])
    out.set(name, () => podGpu().get(name) as Family);
  out.set(
    "runai_allocated_gpu_count_per_pod",
    once(() => podFamily(timeline)),
  );
  out.set(
    "runai_gpu_count_per_node",
    once(() => nodeFamily(timeline)),
  );
  out.set(
    "runai_gpu_utilization_per_workload",
    once(() => workloadFamily(timeline)),
  );
  out.set(
    "kube_pod_labels",
    once(() => labelFamily(timeline)),
  );
  const containers = once(() => new Map(containerFamilies(timeline).map((f) => [f.name, f])));
  for (const name of ["container_cpu_usage_seconds_total", "container_memory_working_set_bytes"])
    out.set(name, () => containers().get(name) as Family);
  return out;
}
