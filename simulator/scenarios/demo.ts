import { DAY, floorTo, HOUR, type Instant, type Interval } from "@/lib/time.ts";
import { uuidOf } from "@/simulator/random.ts";
import type { LostCard, NodeSpec, Scenario, WorkloadSpec } from "@/simulator/scenario.ts";
import { demoJobs, type Job } from "./demo-jobs.ts";
import { DEMO_DEPARTMENTS, DEMO_POOLS, DEMO_PROJECTS } from "./demo-org.ts";
import { DemoScheduler, type JobRun } from "./demo-scheduler.ts";
import { withOddWeek } from "./odd-week.ts";

export interface DemoOptions {
  readonly seed?: number;
  /** The demo's present: history ends here, and the timeline goes on for `futureDays`. */
  readonly now: Instant;
  /** At least so many days of history; the start is moved back to a Monday. */
  readonly days?: number;
  /** Start of history instead of `days`. The same seed and start give the same past at any later `now`. */
  readonly start?: Instant;
  readonly futureDays?: number;
  readonly stepSeconds?: number;
  readonly jobsPerDay?: number;
}

export const DEMO_CLUSTER_ID = uuidOf("demo-cluster");

/** Faults of the demo, in days after its start: node (pool and number), hours. */
const NODE_DOWN: readonly (readonly [node: string, day: number, hour: number, hours: number])[] = [
  ["gpu-a100-04", 16, 9, 5.5],
  ["gpu-h100-11", 39, 13, 7],
  ["gpu-h100-06", 57, 22, 4],
];
const CARD_LOST: readonly (readonly [node: string, index: number, day: number, hour: number, hours: number])[] = [
  ["gpu-h100-03", 5, 29, 11, 25],
  ["gpu-a100-09", 2, 53, 6, 24],
];
const OUTAGES: readonly (readonly [day: number, hour: number, hours: number])[] = [
  [34, 14, 2],
  [55, 3, 0.75],
];

function stretch(start: Instant, day: number, hour: number, hours: number): Interval {
  const from = start + day * DAY + hour * HOUR;
  return { start: from, end: from + hours * HOUR };
}

function demoNodes(start: Instant): NodeSpec[] {
  return DEMO_POOLS.flatMap((pool) =>
    Array.from({ length: pool.nodes }, (_, n) => {
      const name = `gpu-${pool.name.replace("dev-", "")}-${String(n + 1).padStart(2, "0")}`;
      const down = NODE_DOWN.filter(([node]) => node === name).map(([, d, h, hours]) => stretch(start, d, h, hours));
      const lost = CARD_LOST.filter(([node]) => node === name);
      const lostCards: LostCard[] = lost.map(([, index, d, h, hours]) => ({ index, ...stretch(start, d, h, hours) }));
      return {
        id: uuidOf(`node/${name}`),
        name,
        clusterId: DEMO_CLUSTER_ID,
        pool: pool.name,
        gpuModel: pool.gpuModel,
        gpuCount: pool.gpusPerNode,
        memoryMibPerGpu: pool.memoryMib,
        createdAt: start - 200 * DAY,
        down,
        lostCards,
      };
    }),
  );
}

const IMAGES = {
  Train: "registry.example.com/train/pytorch:2.9",
  Build: "registry.example.com/lab/jupyter:4.4",
  Deploy: "registry.example.com/serve/vllm:0.11",
};

function request(job: Job): WorkloadSpec["request"] {
  const cards = Math.max(0.25, job.gpuPerPod);
  const elastic = job.maxPods > job.pods;
  return {
    pods: job.pods,
    minPods: elastic ? job.pods : null,
    maxPods: elastic ? job.maxPods : null,
    gpuPerPod: job.gpuPerPod,
    cpuMilliPerPod: Math.round(cards * 8000),
    memoryMibPerPod: Math.round(cards * 96 * 1024),
  };
}

function workloadOf(run: JobRun): WorkloadSpec {
  const { job } = run;
  return {
    id: run.id,
    ...(job.category === "Deploy" ? { labels: { "ai-finops.io/environment": "production" } } : {}),
    name: job.name,
    type: job.type,
    category: job.category,
    projectId: projectId(job.project.name),
    user: `${job.user}@example.com`,
    pool: job.pool,
    kind: job.kind,
    preemptible: job.preemptible,
    priorityClass: job.category === "Deploy" ? "inference" : job.category === "Build" ? "build" : "train",
    image: IMAGES[job.category],
    createdAt: job.submitAt,
    deletedAt: run.deletedAt,
    phases: run.phases,
    pods: run.pods,
    request: request(job),
  };
}

function projectId(name: string): string {
  return String(4_500_100 + DEMO_PROJECTS.findIndex((p) => p.name === name));
}

function departmentId(name: string): string {
  return String(4_500_000 + (DEMO_DEPARTMENTS as readonly string[]).indexOf(name));
}

function historyStart(options: DemoOptions): Instant {
  if (options.start !== undefined) return options.start;
  const day = floorTo(options.now - (options.days ?? 62) * DAY, DAY);
  const sinceMonday = (Math.floor(day / DAY) + 3) % 7;
  return day - sinceMonday * DAY;
}

/** The demo's cluster: 216 cards in three pools and five that join in its odd week, five departments, fourteen projects. Figures and sources: simulator/README.md. */
export function demoScenario(options: DemoOptions): Scenario {
  const seed = options.seed ?? 7;
  const start = historyStart(options);
  const end = floorTo(options.now + (options.futureDays ?? 2) * DAY, HOUR) + HOUR;
  const nodes = demoNodes(start);
  const jobs = demoJobs(seed, { start, end }, options.jobsPerDay ?? 156);
  const runs = new DemoScheduler(nodes, jobs).run(end);
  const clusterId = DEMO_CLUSTER_ID;
  return withOddWeek({
    seed,
    stepSeconds: options.stepSeconds ?? 60,
    range: { start, end },
    clusters: [{ id: clusterId, name: "atlas", version: "2.24.11", createdAt: start - 220 * DAY }],
    nodePools: DEMO_POOLS.map((p, i) => ({ id: String(i + 2), name: p.name, clusterId })),
    nodes,
    departments: DEMO_DEPARTMENTS.map((name) => ({ id: departmentId(name), name, clusterId })),
    projects: DEMO_PROJECTS.map((p) => ({
      id: projectId(p.name),
      name: p.name,
      clusterId,
      departmentId: departmentId(p.department),
      namespace: `runai-${p.name}`,
      quota: p.quota,
      createdAt: start - 180 * DAY,
    })),
    workloads: runs.map(workloadOf),
    outages: OUTAGES.map(([d, h, hours]) => ({ clusterId, ...stretch(start, d, h, hours) })),
  });
}
