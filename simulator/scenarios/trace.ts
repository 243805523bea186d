import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { floorTo, HOUR, type Instant } from "@/lib/time.ts";
import { uuidOf } from "@/simulator/random.ts";
import type { NodeSpec, PodSpec, Scenario, WorkloadSpec } from "@/simulator/scenario.ts";

/** Rows of a gzipped CSV without quoted fields, as maps from column to text. @throws Error when the file is absent. */
export function readTrace(folder: string, file: string): ReadonlyMap<string, string>[] {
  const lines = gunzipSync(readFileSync(join(folder, file)))
    .toString("utf8")
    .split("\n");
  const names = (lines[0] ?? "").split(",");
  return lines
    .slice(1)
    .filter((line) => line !== "")
    .map((line) => new Map(line.split(",").map((value, n) => [names[n] as string, value])));
}

/** A job of a trace, in our words. */
export interface TraceJob {
  readonly name: string;
  readonly project: string;
  readonly user: string;
  readonly category: "Train" | "Build" | "Deploy";
  /** Whole cards, or a part of one. */
  readonly gpus: number;
  readonly submitAt: Instant;
  readonly start: Instant;
  readonly end: Instant;
  readonly outcome: "completed" | "failed" | "cancelled";
  readonly gpuModel: string;
}

export interface TraceOptions {
  readonly name: string;
  readonly stepSeconds: number;
  readonly cardsPerNode: number;
  readonly memoryMibPerGpu: number;
}

interface NodeState {
  readonly spec: NodeSpec;
  readonly free: number[];
  whole: number;
}

/** Free cards by model; takes a new node when none fits, so that every job starts when the trace says. */
class GrowingCluster {
  readonly nodes: NodeState[] = [];
  readonly #byModel = new Map<string, NodeState[]>();
  readonly #options: TraceOptions;
  readonly #clusterId: string;
  readonly #createdAt: Instant;

  constructor(options: TraceOptions, clusterId: string, createdAt: Instant) {
    this.#options = options;
    this.#clusterId = clusterId;
    this.#createdAt = createdAt;
  }

  take(gpuModel: string, need: number): { state: NodeState; indices: number[]; milli: number } {
    const nodes = this.#byModel.get(gpuModel) ?? [];
    this.#byModel.set(gpuModel, nodes);
    const state =
      nodes.find((n) => (need < 1000 ? n.free.some((f) => f >= need) : n.whole * 1000 >= need)) ??
      this.#grow(gpuModel, nodes);
    const { free } = state;
    if (need < 1000) {
      const fits = free.map((f, i) => [f, i] as const).filter(([f]) => f >= need);
      const [left, index] = fits.reduce((a, b) => (b[0] < a[0] ? b : a));
      if (left === 1000) state.whole--;
      free[index] = left - need;
      return { state, indices: [index], milli: need };
    }
    const indices = free
      .map((_, i) => i)
      .filter((i) => free[i] === 1000)
      .slice(0, need / 1000);
    for (const i of indices) free[i] = 0;
    state.whole -= indices.length;
    return { state, indices, milli: 1000 };
  }

  give(state: NodeState, indices: readonly number[], milli: number): void {
    for (const i of indices) {
      const free = (state.free[i] as number) + milli;
      state.free[i] = free;
      if (free === 1000) state.whole++;
    }
  }

  #grow(gpuModel: string, nodes: NodeState[]): NodeState {
    const { name, cardsPerNode, memoryMibPerGpu } = this.#options;
    const node = `${name}-${String(this.nodes.length + 1).padStart(4, "0")}`;
    const spec: NodeSpec = {
      id: uuidOf(node),
      name: node,
      clusterId: this.#clusterId,
      pool: gpuModel.toLowerCase(),
      gpuModel,
      gpuCount: cardsPerNode,
      memoryMibPerGpu,
      createdAt: this.#createdAt,
      down: [],
      lostCards: [],
    };
    const state = { spec, free: Array<number>(cardsPerNode).fill(1000), whole: cardsPerNode };
    nodes.push(state);
    this.nodes.push(state);
    return state;
  }
}

function workloadOf(job: TraceJob, id: string, projectId: string, pods: readonly PodSpec[]): WorkloadSpec {
  const failed = job.outcome === "failed";
  return {
    id,
    name: job.name,
    type:
      job.category === "Build"
        ? "Workspace"
        : job.category === "Deploy"
          ? "Inference"
          : pods.length > 1
            ? "Distributed"
            : "Training",
    category: job.category,
    projectId,
    user: job.user,
    pool: job.gpuModel.toLowerCase(),
    kind: job.category === "Deploy" ? "inference" : job.category === "Build" ? "notebook" : "training",
    preemptible: false,
    priorityClass: "train",
    image: "registry.example.com/replay:1",
    createdAt: job.submitAt,
    deletedAt: null,
    phases: [
      { at: job.submitAt, phase: "Pending", message: "" },
      { at: job.start, phase: "Running", message: "" },
      { at: job.end, phase: failed ? "Failed" : "Completed", message: job.outcome },
    ],
    pods,
    request: {
      pods: pods.length,
      minPods: null,
      maxPods: null,
      gpuPerPod: pods[0]?.gpus.reduce((s, g) => s + g.fraction, 0) ?? 0,
      cpuMilliPerPod: 4000,
      memoryMibPerPod: 16_384,
    },
  };
}

/** Plays jobs on nodes made as needed. Jobs larger than a node become several pods; a job of no length has no pods. */
export function traceScenario(jobs: readonly TraceJob[], options: TraceOptions): Scenario {
  const sorted = [...jobs].sort((a, b) => a.start - b.start);
  const start = floorTo(Math.min(...jobs.map((j) => j.submitAt)), HOUR);
  const end =
    floorTo(
      jobs.reduce((max, j) => Math.max(max, j.end), 0),
      HOUR,
    ) + HOUR;
  const clusterId = uuidOf(`replay/${options.name}`);
  const cluster = new GrowingCluster(options, clusterId, start);
  const names = [...new Set(jobs.map((j) => j.project))].sort();
  const projectId = new Map(names.map((n, i) => [n, String(100 + i)]));
  const ends: { at: Instant; give: () => void }[] = [];
  const workloads = sorted.map((job, n) => {
    // Ends are few at a time; the earliest first.
    while ((ends.at(-1)?.at ?? Number.POSITIVE_INFINITY) <= job.start) ends.pop()?.give();
    const id = uuidOf(`${options.name}/${n}`);
    const pods: PodSpec[] = [];
    for (let left = Math.round(job.gpus * 1000); left > 0 && job.end > job.start; ) {
      const need = Math.min(left, options.cardsPerNode * 1000);
      const { state, indices, milli } = cluster.take(job.gpuModel, need);
      left -= need;
      insertByEnd(ends, { at: job.end, give: () => cluster.give(state, indices, milli) });
      pods.push({
        id: uuidOf(`${id}/${pods.length}`),
        name: `${job.name}-${pods.length}`,
        node: state.spec.name,
        createdAt: job.submitAt,
        startedAt: job.start,
        completedAt: job.end,
        deletedAt: null,
        failed: job.outcome === "failed",
        gpus: indices.map((index) => ({ index, fraction: milli / 1000 })),
      });
    }
    return workloadOf(job, id, projectId.get(job.project) ?? "", pods);
  });
  workloads.sort((a, b) => a.createdAt - b.createdAt);
  const pools = [...new Set(cluster.nodes.map((n) => n.spec.pool))];
  return {
    seed: 1,
    stepSeconds: options.stepSeconds,
    range: { start, end },
    clusters: [{ id: clusterId, name: options.name, version: "2.24.0", createdAt: start }],
    nodePools: pools.map((name, i) => ({ id: String(i + 1), name, clusterId })),
    nodes: cluster.nodes.map((n) => n.spec),
    departments: [{ id: "1", name: options.name, clusterId }],
    projects: names.map((name) => ({
      id: projectId.get(name) ?? "",
      name,
      clusterId,
      departmentId: "1",
      namespace: `runai-${name}`,
      quota: {},
      createdAt: start,
    })),
    workloads,
    outages: [],
  };
}

/** Keeps the list ordered by falling end. */
function insertByEnd(list: { at: Instant; give: () => void }[], entry: { at: Instant; give: () => void }): void {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle] as { at: Instant }).at > entry.at) low = middle + 1;
    else high = middle;
  }
  list.splice(low, 0, entry);
}
