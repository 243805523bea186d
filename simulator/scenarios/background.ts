import { HOUR, type Instant, MINUTE } from "@/lib/time.ts";
import { Random, uuidOf } from "@/simulator/random.ts";
import type { NodeSpec, Scenario, WorkloadSpec } from "@/simulator/scenario.ts";

const NODE = "night-1";
const POOL = "night";
const SMALL_CARD: Pick<NodeSpec, "gpuModel" | "memoryMibPerGpu"> = { gpuModel: "NVIDIA-A10", memoryMibPerGpu: 23_028 };

/**
 * The scenario with one node more, of one card: background work has it for all of the range, and others take it now and then for an
 * hour or so, at least ten minutes apart.
 */
export function withBackground(scenario: Scenario, range = scenario.range, card = SMALL_CARD): Scenario {
  const { seed, clusters } = scenario;
  const clusterId = clusters[0]?.id ?? "";
  const rng = new Random(seed ^ 0x0b61);
  const node: NodeSpec = {
    ...{ id: uuidOf(`background/${NODE}`), name: NODE, clusterId, pool: POOL, gpuCount: 1, ...card },
    ...{ createdAt: range.start - HOUR, down: [], lostCards: [] },
  };
  const workloads = [workloadOf(scenario, "background", range.start + 7 * MINUTE, range.end - 5 * MINUTE, 0)];
  for (let at = range.start + rng.int(20, 60) * MINUTE; at < range.end - HOUR; ) {
    const end = at + rng.int(20 * MINUTE, 70 * MINUTE);
    workloads.push(workloadOf(scenario, "train", at, end, workloads.length));
    at = end + rng.int(11 * MINUTE, 80 * MINUTE);
  }
  return {
    ...scenario,
    nodePools: [...scenario.nodePools, { id: POOL, name: POOL, clusterId }],
    nodes: [...scenario.nodes, node],
    workloads: [...scenario.workloads, ...workloads],
  };
}

function workloadOf(scenario: Scenario, priorityClass: string, start: Instant, end: Instant, n: number): WorkloadSpec {
  const id = uuidOf(`background/${scenario.seed}/${n}`);
  const createdAt = start - 20;
  return {
    ...{ id, name: `${priorityClass}-${n}`, kind: n % 2 === 0 ? "notebook" : "training", category: "Train", createdAt },
    ...{ type: "Training", projectId: scenario.projects[n % scenario.projects.length]?.id ?? "", pool: POOL },
    ...{ user: "night@example.com", preemptible: true, priorityClass, deletedAt: null },
    image: "registry.example.com/night:1",
    phases: [
      { at: createdAt, phase: "Creating", message: "" },
      { at: start, phase: "Running", message: "" },
      { at: end, phase: "Completed", message: "" },
    ],
    pods: [
      {
        ...{ id: uuidOf(`${id}/pod`), name: `${priorityClass}-${n}-0`, node: NODE, createdAt: start - 5 },
        ...{ startedAt: start, completedAt: end, deletedAt: null, failed: false },
        gpus: [{ index: 0, fraction: 1 }],
      },
    ],
    request: {
      ...{ pods: 1, minPods: null, maxPods: null, gpuPerPod: 1 },
      ...{ cpuMilliPerPod: 4000, memoryMibPerPod: 16_384 },
    },
  };
}
