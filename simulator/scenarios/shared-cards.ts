import { HOUR, type Instant, type Interval } from "@/lib/time.ts";
import { Random, uuidOf } from "@/simulator/random.ts";
import type {
  CurveKind,
  GpuSpec,
  MigSlice,
  NodeSpec,
  PhaseSpec,
  PodSpec,
  Scenario,
  WorkloadSpec,
} from "@/simulator/scenario.ts";

/** An 80 GB card divided as `nvidia-smi mig -cgi 3g.40gb,2g.20gb,1g.10gb,1g.10gb` does it. */
const SLICES: readonly MigSlice[] = [
  { id: 1, profile: "3g.40gb", milli: 3000 / 7 },
  { id: 3, profile: "2g.20gb", milli: 2000 / 7 },
  { id: 9, profile: "1g.10gb", milli: 1000 / 7 },
  { id: 10, profile: "1g.10gb", milli: 1000 / 7 },
];
const KINDS: readonly CurveKind[] = [
  "training",
  "notebook",
  "inference",
  "idle-holding",
  "dead",
  "hung",
  "data-starved",
];
/** Pods that share a card by turns ask for `nvidia.com/gpu.shared`, of which a card has four. */
const REPLICAS = 4;

interface Place {
  readonly node: NodeSpec;
  readonly gpu: GpuSpec;
}

/**
 * The scenario with two nodes more, whose cards the device plugin shares: one with MIG slices, one with time-slicing, and pods of
 * every kind on them. Pods come and go at least four samples apart on a card: no exporter reports who came and went within one sample.
 */
export function withSharedCards(scenario: Scenario): Scenario {
  const rng = new Random(scenario.seed ^ 0x5a17);
  const [mig, turns] = sharedNodes(scenario);
  const places: Place[][] = [];
  for (let index = 0; index < mig.gpuCount; index++)
    for (const { id, milli } of SLICES) places.push([{ node: mig, gpu: { index, fraction: milli / 1000, slice: id } }]);
  for (let index = 0; index < turns.gpuCount; index++)
    places.push(Array.from({ length: REPLICAS - 1 }, () => ({ node: turns, gpu: { index, fraction: 1 / REPLICAS } })));
  let n = 0;
  const workloads = places.flatMap((together) => {
    const edges: Instant[] = [];
    return together.flatMap((place) =>
      runs(rng, scenario, edges).map((run) => sharedWorkload(scenario, place, run, n++)),
    );
  });
  const pools = [mig.pool, turns.pool].map((name, i) => ({ id: `shared-${i}`, name, clusterId: mig.clusterId }));
  return {
    ...scenario,
    nodePools: [...scenario.nodePools, ...pools],
    nodes: [...scenario.nodes, mig, turns],
    workloads: [...scenario.workloads, ...workloads],
  };
}

function sharedNodes({ clusters, range }: Scenario): [NodeSpec, NodeSpec] {
  const clusterId = clusters[0]?.id ?? "";
  const common = { clusterId, createdAt: range.start - HOUR, down: [], lostCards: [], gpuCount: 2 };
  const node = (name: string, gpuModel: string, memoryMibPerGpu: number, sharing: NodeSpec["sharing"]): NodeSpec => {
    return {
      ...common,
      id: uuidOf(`shared/${name}`),
      name,
      pool: name,
      gpuModel,
      memoryMibPerGpu,
      ...(sharing && { sharing }),
    };
  };
  return [
    node("mig", "NVIDIA-H100-80GB-HBM3-MIG", 81_920, { kind: "mig", slices: SLICES }),
    node("by-turns", "NVIDIA-L40S", 49_152, { kind: "time-slicing", replicas: REPLICAS }),
  ];
}

/** Two or three stretches, one after the other, whose edges keep away from `edges` and join them. */
function runs(rng: Random, { range, stepSeconds }: Scenario, edges: Instant[]): Interval[] {
  const apart = 4 * stepSeconds;
  const draw = (low: Instant, high: Instant): Instant | null => {
    for (let i = 0; i < 50; i++) {
      const at = rng.int(low, high);
      if (edges.every((e) => Math.abs(e - at) > apart)) {
        edges.push(at);
        return at;
      }
    }
    return null;
  };
  const out: Interval[] = [];
  const count = rng.int(2, 3);
  const part = Math.floor((range.end - range.start) / count);
  for (let k = 0; k < count; k++) {
    const from = range.start + k * part + apart;
    const start = draw(from, from + Math.floor(part / 3));
    const end = draw(from + Math.floor(part / 2), range.start + (k + 1) * part - apart);
    if (start !== null && end !== null) out.push({ start, end });
  }
  return out;
}

function sharedWorkload(scenario: Scenario, { node, gpu }: Place, run: Interval, n: number): WorkloadSpec {
  const id = uuidOf(`shared/${scenario.seed}/${n}`);
  const kind = KINDS[n % KINDS.length] as CurveKind;
  const category = kind === "inference" ? "Deploy" : kind === "notebook" ? "Build" : "Train";
  const createdAt = run.start - 30;
  const phases: PhaseSpec[] = [
    { at: createdAt, phase: "Creating", message: "" },
    { at: run.start, phase: "Running", message: "" },
    { at: run.end, phase: "Completed", message: "" },
  ];
  const pod: PodSpec = {
    ...{ id: uuidOf(`${id}/pod`), name: `shared-${n}-0`, node: node.name, createdAt, startedAt: run.start },
    ...{ completedAt: run.end, deletedAt: null, failed: false, gpus: [gpu] },
  };
  return {
    ...{ id, name: `shared-${kind}-${n}`, kind, category, createdAt, deletedAt: null, phases, pods: [pod] },
    type: category === "Deploy" ? "Inference" : category === "Build" ? "Workspace" : "Training",
    projectId: scenario.projects[n % scenario.projects.length]?.id ?? "",
    user: `user${n % 5}@example.com`,
    pool: node.pool,
    preemptible: false,
    priorityClass: "train",
    image: "registry.example.com/train:1",
    request: {
      ...{ pods: 1, minPods: null, maxPods: null, gpuPerPod: gpu.fraction },
      ...{ cpuMilliPerPod: 4000, memoryMibPerPod: 16_384 },
    },
  };
}
