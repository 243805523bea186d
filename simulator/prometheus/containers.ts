import { type Instant, type Interval, subtract } from "@/lib/time.ts";
import { podCpuSpent, podMemoryMib } from "@/simulator/host.ts";
import { clipSpans, type PodRun, spanOf, type Timeline } from "@/simulator/timeline.ts";
import type { LabelSwitches } from "./exporter-labels.ts";
import { bySortedKey, type Family, type PromSeries, type SeriesPiece, series } from "./family.ts";

const BYTES_PER_MIB = 1_048_576;

/** Where the node's cAdvisor shows a pod: it runs, its node is up, and the metrics are there. */
function piecesOf(timeline: Timeline, run: PodRun, clusterId: string): SeriesPiece[] {
  const outages = timeline.scenario.outages.filter((o) => o.clusterId === clusterId);
  const down = timeline.node.get(run.pod.node ?? "")?.down ?? [];
  return subtract({ start: run.start, end: run.end }, [...down, ...outages])
    .map((i) => spanOf(i, timeline.step))
    .filter((s) => s.from < s.to)
    .map((s) => ({ ...s, items: [], constant: 0 }));
}

const LOST_SECONDS = 900;

/** When the labels of a pod change, where they do: in the middle of its life. */
export const changeOf = ({ start, end }: Interval): Instant => start + Math.floor((end - start) / 2);

/** What the value of a label becomes then. */
export const changed = (value = ""): string => `${value}-2`;

/** What kube-state-metrics reports of pods: the labels that it is configured to show, keys in its own spelling. */
export function labelFamily(timeline: Timeline, { podLabelsChange }: LabelSwitches): Family {
  const list = [...timeline.runOfPod.values()].flatMap((run) => {
    const project = timeline.project.get(run.workload.projectId);
    const labels = Object.entries(run.workload.labels ?? {}).map(([key, value]) => [
      `label_${key.replace(/[^a-zA-Z0-9_]/g, "_")}`,
      value,
    ]);
    const own = { namespace: project?.namespace ?? "", pod: run.pod.name, uid: run.pod.id };
    const pieces = piecesOf(timeline, run, project?.clusterId ?? "").map((piece) => ({ ...piece, constant: 1 }));
    const shown = (wanted: Record<string, string>, from: number, to: number) =>
      series(
        { ...own, ...wanted },
        null,
        pieces.flatMap((piece) => clipSpans([piece], from, to).map((part) => ({ ...piece, ...part }))),
      );
    const before = Object.fromEntries(labels);
    if (!podLabelsChange) return [shown(before, 0, Number.MAX_SAFE_INTEGER)];
    const change = spanOf({ start: changeOf(run), end: run.end }, timeline.step).from;
    const lost = Math.ceil(LOST_SECONDS / timeline.step);
    const after = Object.fromEntries(labels.map(([key, value]) => [key, changed(value)]));
    return [
      shown(before, 0, change - lost),
      shown({}, change - lost, change),
      shown(after, change, Number.MAX_SAFE_INTEGER),
    ];
  });
  const help = "Kubernetes labels converted to Prometheus labels.";
  return { name: "kube_pod_labels", help, decimals: 0, series: bySortedKey(list), at: (_s, piece) => piece.constant };
}

/** What cAdvisor reports of each pod's one container. `id` distinguishes pods of the same name, as its cgroup path does. */
export function containerFamilies(timeline: Timeline): Family[] {
  const runOf = new Map<PromSeries, PodRun>();
  for (const run of timeline.runOfPod.values()) {
    const project = timeline.project.get(run.workload.projectId);
    const labels = {
      container: "main",
      id: `/kubepods/pod${run.pod.id}`,
      namespace: project?.namespace ?? "",
      node: run.pod.node ?? "",
      pod: run.pod.name,
    };
    runOf.set(series(labels, null, piecesOf(timeline, run, project?.clusterId ?? "")), run);
  }
  const list = bySortedKey([...runOf.keys()]);
  const { step } = timeline;
  return [
    {
      name: "container_cpu_usage_seconds_total",
      help: "Cumulative cpu time consumed in seconds.",
      decimals: 3,
      isCounter: true,
      series: list,
      at: (s, _piece, i) => podCpuSpent(runOf.get(s) as PodRun, i, step),
    },
    {
      name: "container_memory_working_set_bytes",
      help: "Current working set in bytes.",
      decimals: 0,
      series: list,
      at: (s, _piece, i) => podMemoryMib(runOf.get(s) as PodRun, i) * BYTES_PER_MIB,
    },
  ];
}

/** A server that has several clusters names that of each series. */
function clusterLabelOf({ scenario: { clusters } }: Timeline, id = ""): string {
  return clusters.length > 1 ? (clusters.find((c) => c.id === id)?.name ?? "") : "";
}

/** What kube-state-metrics reports of pods that are ready: each from the start of its containers on. */
export function readyFamily(timeline: Timeline): Family {
  const list = [...timeline.runOfPod.values()].map((run) => {
    const project = timeline.project.get(run.workload.projectId);
    const own = { namespace: project?.namespace ?? "", pod: run.pod.name, uid: run.pod.id, condition: "true" };
    const cluster = clusterLabelOf(timeline, project?.clusterId);
    const of = (life: Interval, constant: number) =>
      piecesOf(timeline, { ...run, ...life }, project?.clusterId ?? "").map((piece) => ({ ...piece, constant }));
    return series({ ...own, cluster }, null, [
      ...of({ start: Math.min(run.pod.createdAt, run.start), end: run.start }, 0),
      ...of({ start: run.start, end: run.end }, 1),
    ]);
  });
  const help = "Describes whether the pod is ready to serve requests.";
  return { name: "kube_pod_status_ready", help, decimals: 0, series: bySortedKey(list), at: (_s, p) => p.constant };
}

/** Tokens that a pod of an inference workload reads and writes each second, from the instant on at which it runs. */
export const TOKENS_PER_SECOND = { prompt: 900, generation: 300 } as const;

/** What vLLM counts in each pod of an inference workload. */
export function tokenFamilies(timeline: Timeline): Family[] {
  const runOf = new Map<PromSeries, PodRun>();
  for (const run of timeline.runOfPod.values()) {
    if (run.workload.category !== "Deploy") continue;
    const project = timeline.project.get(run.workload.projectId);
    const own = { namespace: project?.namespace ?? "", pod: run.pod.name, container: "main" };
    const target = { instance: `${run.pod.id}:8000`, cluster: clusterLabelOf(timeline, project?.clusterId) };
    const labels = { ...own, ...target, model_name: run.workload.name, engine: "0" };
    runOf.set(series(labels, null, piecesOf(timeline, run, project?.clusterId ?? "")), run);
  }
  const { step } = timeline;
  return (["prompt", "generation"] as const).map((kind) => ({
    name: `vllm:${kind}_tokens_total`,
    help: `Number of ${kind} tokens processed.`,
    decimals: 0,
    isCounter: true,
    series: bySortedKey([...runOf.keys()]),
    at: (s, _piece, i) => TOKENS_PER_SECOND[kind] * Math.max(0, i * step - (runOf.get(s) as PodRun).start),
  }));
}
