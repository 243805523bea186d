import { HOUR, type Instant, type Interval, MINUTE } from "@/lib/time.ts";
import { Random, uuidOf } from "@/simulator/random.ts";
import type { CurveKind, NodeSpec, PhaseSpec, PodSpec, Scenario, WorkloadSpec } from "@/simulator/scenario.ts";
import { withBackground } from "./background.ts";
import { CardPool, type Placement } from "./card-pool.ts";
import { withSharedCards } from "./shared-cards.ts";
import { withSlowStarts } from "./slow-starts.ts";

export interface SmallOptions {
  readonly seed: number;
  /** Default: six hours before the end of October 2026 UTC, so that a month border lies inside. */
  readonly start?: Instant;
  readonly hours?: number;
  readonly stepSeconds?: number;
  readonly workloads?: number;
  /** Node down, card lost, outage. */
  readonly faults?: boolean;
  /** Two nodes more, whose cards are divided by MIG and shared by time-slicing. */
  readonly shared?: boolean;
  /** Some pods are bound to their node long before their containers start. */
  readonly slowStarts?: boolean;
  /** One node more, on which background work runs under others. */
  readonly background?: boolean;
  /** Every node has one card more, which nobody ever holds. */
  readonly spareCards?: boolean;
  /** The profiling counters of the first card of every node read 0 for some hours. */
  readonly deadCounters?: boolean;
}

const MODELS = [
  { pool: "h100", gpuModel: "NVIDIA-H100-80GB-HBM3", gpuCount: 4, memoryMib: 81_559 },
  { pool: "a100", gpuModel: "NVIDIA-A100-SXM4-80GB", gpuCount: 2, memoryMib: 81_920 },
] as const;
const KINDS: readonly CurveKind[] = [
  "training",
  "notebook",
  "inference",
  "idle-holding",
  "dead",
  "hung",
  "data-starved",
];
const CLUSTER_ID = uuidOf("small-cluster");
const NONE: ReadonlySet<string> = new Set();

interface Built {
  readonly workloads: WorkloadSpec[];
  readonly taken: { readonly placement: Placement; readonly start: Instant; readonly end: Instant }[];
}

function alignedInterval(rng: Random, range: Interval, step: number, low: number, high: number): Interval {
  const start = Math.ceil(rng.int(range.start, range.end - low) / step) * step;
  return { start, end: Math.min(range.end, start + Math.max(step, Math.round(rng.int(low, high) / step) * step)) };
}

function podsOf(rng: Random, id: string, placements: readonly Placement[], run: Interval, resumed: boolean): PodSpec[] {
  return placements.flatMap((placement, n) => {
    const base = { node: placement.node, gpus: placement.gpus, failed: false };
    const startedAt = run.start + (n > 0 ? rng.int(0, 90) : 0);
    const end = n > 0 && rng.chance(0.4) ? Math.floor((startedAt + run.end) / 2) : run.end;
    const pod = (k: number, from: Instant, to: Instant, deleted: boolean): PodSpec => ({
      ...base,
      id: uuidOf(`${id}/${n}/${k}`),
      name: `pod-${id.slice(0, 4)}-${n}-${k}`,
      createdAt: from - 5,
      startedAt: from,
      completedAt: deleted ? null : to,
      deletedAt: deleted ? to : null,
    });
    if (!resumed || end - startedAt < 1200) return [pod(0, startedAt, end, end !== run.end)];
    const pause = Math.floor(startedAt + (end - startedAt) * rng.float(0.2, 0.5));
    return [pod(0, startedAt, pause, true), pod(1, pause + rng.int(60, 500), end, false)];
  });
}

function phasesOf(createdAt: Instant, run: Interval | null, pods: readonly PodSpec[], range: Interval): PhaseSpec[] {
  const phases: PhaseSpec[] = [
    { at: createdAt, phase: "Creating", message: "" },
    { at: createdAt, phase: "Pending", message: "" },
  ];
  if (!run) return phases;
  phases.push({ at: run.start, phase: "Running", message: "" });
  const second = pods.find((p) => p.name.endsWith("-0-1"));
  const first = pods.find((p) => p.name.endsWith("-0-0"));
  if (second?.startedAt && first?.deletedAt) {
    phases.push(
      { at: first.deletedAt, phase: "Stopped", message: "" },
      { at: second.startedAt, phase: "Running", message: "" },
    );
  }
  if (run.end < range.end) phases.push({ at: run.end, phase: "Completed", message: "" });
  return phases;
}

function build(rng: Random, seed: number, range: Interval, count: number, nodes: readonly NodeSpec[]): Built {
  const pool = new CardPool(nodes);
  const taken: Built["taken"] = [];
  const starts = Array.from({ length: count }, () => rng.int(range.start + 10, range.end - 60)).sort((a, b) => a - b);
  const workloads = starts.map((start, n): WorkloadSpec => {
    for (let k = taken.length - 1; k >= 0; k--) {
      const t = taken[k] as Built["taken"][number] & { free?: boolean };
      if (t.end <= start && !t.free) {
        t.free = true;
        pool.release(t.placement);
      }
    }
    const id = uuidOf(`small/${seed}/${n}`);
    const kind = KINDS[n % KINDS.length] as CurveKind;
    const model = rng.pick(MODELS);
    const gpuPerPod = rng.weighted([
      [1, 40],
      [0.5, 20],
      [0.25, 12],
      [0.333, 4],
      [2, 20],
      [4, 4],
    ] as const);
    const wanted = gpuPerPod === 1 && rng.chance(0.3) ? 2 : 1;
    const length = Math.round(Math.min(range.end - start, rng.chance(0.2) ? rng.int(20, 500) : rng.lognormal(5400, 1)));
    const run = { start, end: start + Math.max(1, length) };
    const placements = Array.from({ length: wanted }, () => pool.place(model.pool, gpuPerPod, NONE)).filter(
      (p) => p !== null,
    );
    for (const placement of placements) taken.push({ placement, ...run });
    const pods = podsOf(rng, id, placements, run, rng.chance(0.15));
    const createdAt = start - rng.int(6, 400);
    const category =
      kind === "inference" ? "Deploy" : kind === "notebook" ? "Build" : rng.chance(0.15) ? "Deploy" : "Train";
    return {
      id,
      ...(n % 3 === 0 ? { labels: { "ai-finops.io/team": `squad-${n % 2}` } } : {}),
      name: `${kind}-${n}`,
      type: category === "Deploy" ? "Inference" : category === "Build" ? "Workspace" : "Training",
      category,
      projectId: String(11 + (n % 3)),
      user: `user${n % 5}@example.com`,
      pool: model.pool,
      kind,
      preemptible: rng.chance(0.5),
      priorityClass: "train",
      image: "registry.example.com/train:1",
      createdAt,
      deletedAt: rng.chance(0.2) && run.end < range.end ? run.end + rng.int(0, 3600) : null,
      phases: phasesOf(createdAt, placements.length > 0 ? run : null, pods, range),
      pods: pods.map((p) => (run.end >= range.end && p.completedAt === run.end ? { ...p, completedAt: null } : p)),
      request: { pods: wanted, minPods: null, maxPods: null, gpuPerPod, cpuMilliPerPod: 4000, memoryMibPerPod: 16_384 },
    };
  });
  return { workloads, taken };
}

/** A card that nobody holds throughout the interval, if there is one. */
function freeCard(nodes: readonly NodeSpec[], taken: Built["taken"], at: Interval): readonly [NodeSpec, number] | null {
  for (const node of nodes)
    for (let index = 0; index < node.gpuCount; index++) {
      const held = taken.some(
        (t) =>
          t.placement.node === node.name &&
          t.placement.gpus.some((g) => g.index === index) &&
          t.start < at.end &&
          at.start < t.end,
      );
      if (!held) return [node, index];
    }
  return null;
}

/** A small cluster with workloads of every kind, drawn from the seed: for properties and for tests that compare with the truth. */
export function smallScenario(options: SmallOptions): Scenario {
  const { seed } = options;
  const rng = new Random(seed);
  const step = options.stepSeconds ?? 30;
  const start = options.start ?? Date.UTC(2026, 9, 31, 18) / 1000;
  const range = { start, end: start + (options.hours ?? 12) * HOUR };
  const faults = options.faults ?? true;
  const plain = Array.from({ length: rng.int(2, 4) }, (_, n): NodeSpec => {
    const model = MODELS[n % 2] as (typeof MODELS)[number];
    const name = `node-${n + 1}`;
    const down = faults && rng.chance(0.35) ? [alignedInterval(rng, range, step, 10 * MINUTE, 3 * HOUR)] : [];
    const createdAt = range.start - HOUR;
    return {
      id: uuidOf(`small/${name}`),
      name,
      clusterId: CLUSTER_ID,
      pool: model.pool,
      gpuModel: model.gpuModel,
      gpuCount: model.gpuCount,
      memoryMibPerGpu: model.memoryMib,
      createdAt,
      down,
      lostCards: [],
    };
  });
  const { workloads, taken } = build(rng, seed, range, options.workloads ?? rng.int(10, 40), plain);
  const lostAt = alignedInterval(rng, range, step, 20 * MINUTE, 2 * HOUR);
  const lost = faults && rng.chance(0.5) ? freeCard(plain, taken, lostAt) : null;
  const nodes = plain.map((n) => ({
    ...n,
    ...(lost && lost[0] === n ? { lostCards: [{ index: lost[1], ...lostAt }] } : {}),
    gpuCount: n.gpuCount + Number(options.spareCards ?? false),
  }));
  const outages =
    faults && rng.chance(0.5)
      ? [{ clusterId: CLUSTER_ID, ...alignedInterval(rng, range, step, 2 * MINUTE, 2 * HOUR) }]
      : [];
  const clusterId = CLUSTER_ID;
  const scenario: Scenario = {
    seed,
    stepSeconds: step,
    range,
    clusters: [{ id: clusterId, name: "small", version: "2.24.1", createdAt: range.start - HOUR }],
    nodePools: MODELS.map((m, n) => ({ id: String(n + 1), name: m.pool, clusterId })),
    nodes,
    departments: [
      { id: "1", name: "research", clusterId },
      { id: "2", name: "products", clusterId },
    ],
    projects: [11, 12, 13].map((id) => ({
      id: String(id),
      name: `team-${id}`,
      clusterId,
      departmentId: id === 13 ? "2" : "1",
      namespace: id === 12 ? "custom-ns" : `runai-team-${id}`,
      quota: { h100: 2, a100: 1 },
      createdAt: range.start - HOUR,
    })),
    workloads,
    outages,
  };
  const slow = options.slowStarts ? withSlowStarts(scenario) : scenario;
  const dead = options.deadCounters ? withDeadCounters(slow) : slow;
  const night = options.background ? withBackground(dead) : dead;
  return options.shared ? withSharedCards(night) : night;
}

function withDeadCounters(scenario: Scenario): Scenario {
  const { start, end } = scenario.range;
  const deadCounters = [{ index: 0, start: start + HOUR, end: Math.max(start + 2 * HOUR, end - HOUR) }];
  return { ...scenario, nodes: scenario.nodes.map((n) => ({ ...n, deadCounters })) };
}
