import { memoryAt, utilisationAt } from "@/simulator/curves.ts";
import { DEVICE_METRICS } from "@/simulator/device.ts";
import { clipSpans, type Piece, type Slot, type Span, spanOf, sweep, type Timeline } from "@/simulator/timeline.ts";
import { containerFamilies, labelFamily, readyFamily, tokenFamilies } from "./containers.ts";
import { deviceFamilies, GPU_EXPORTER } from "./device-series.ts";
import type { LabelSwitches } from "./exporter-labels.ts";
import { bySortedKey, type Family, ofReplicas, type PromSeries, type SeriesPiece, series } from "./family.ts";
import { RENAMED } from "./upgrade.ts";

function clusterOf(timeline: Timeline, slotOrWorkload: { readonly projectId: string }): string {
  return timeline.project.get(slotOrWorkload.projectId)?.clusterId ?? "";
}

function podGpuFamilies(timeline: Timeline): Family[] {
  // Of cards that the device plugin shares, Run:ai shows none.
  const own = timeline.slots.filter((slot) => !slot.card.node.sharing);
  const list = bySortedKey(
    own.map((slot) =>
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
    // Three decimals, rounded down: slices are sevenths of a card.
    const milli = Math.floor(run.slots.reduce((sum, s) => sum + s.milli, 0) + 1e-6);
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
  for (const m of DEVICE_METRICS) {
    if (!switches.profiling && m.name.includes("_PROF_")) continue;
    const renamed = switches.upgradedAt === undefined ? undefined : RENAMED[m.name]?.name;
    const other = switches.gpuExporters ? GPU_EXPORTER[m.name]?.name : undefined;
    for (const name of [m.name, ...(renamed ? [renamed] : []), ...(other ? [other] : [])])
      out.set(name, () => device().get(name) as Family);
  }
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
    once(() => labelFamily(timeline, switches)),
  );
  out.set(
    "kube_pod_status_ready",
    once(() => readyFamily(timeline)),
  );
  const containers = once(() => new Map(containerFamilies(timeline).map((f) => [f.name, f])));
  for (const name of ["container_cpu_usage_seconds_total", "container_memory_working_set_bytes"])
    out.set(name, () => containers().get(name) as Family);
  const tokens = once(() => new Map(tokenFamilies(timeline).map((f) => [f.name, f])));
  for (const name of ["vllm:prompt_tokens_total", "vllm:generation_tokens_total"])
    out.set(name, () => tokens().get(name) as Family);
  if (!switches.replicas) return out;
  return new Map([...out].map(([name, build]) => [name, once(() => ofReplicas(build()))]));
}
