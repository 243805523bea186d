import { DAY, HOUR, type Instant, type Interval } from "@/lib/time.ts";
import { mix, Random } from "@/simulator/random.ts";
import type { CurveKind } from "@/simulator/scenario.ts";
import { DEMO_PROJECTS, type DemoProject, type DemoService } from "./demo-org.ts";

/** What somebody hands in; the scheduler (demo-scheduler.ts) decides when and where it runs. */
export interface Job {
  readonly name: string;
  readonly project: DemoProject;
  readonly user: string;
  readonly type: string;
  readonly category: "Train" | "Build" | "Deploy";
  readonly kind: CurveKind;
  readonly pool: string;
  readonly pods: number;
  /** Above `pods` for elastic jobs. */
  readonly maxPods: number;
  readonly gpuPerPod: number;
  readonly preemptible: boolean;
  readonly submitAt: Instant;
  /** Seconds of running until it ends by itself. */
  readonly runSeconds: number;
  readonly outcome: "completed" | "failed" | "cancelled";
  /** Suspended in the evening, resumed the next working morning. */
  readonly nightly: boolean;
  /** Seconds from its end until somebody deletes it; null: nobody does. */
  readonly deleteAfter: number | null;
  readonly seed: number;
}

/** Submissions by hour of the day (UTC) and by weekday from Sunday, relative: README.md, "Arrivals". */
const BY_HOUR = [
  0.55, 0.5, 0.45, 0.45, 0.45, 0.5, 0.65, 0.95, 1.4, 1.7, 1.75, 1.6, 1.25, 1.5, 1.75, 1.75, 1.6, 1.35, 1, 0.85, 0.75,
  0.7, 0.65, 0.6,
];
const BY_WEEKDAY = [0.5, 1.02, 1.16, 1.2, 1.22, 1.08, 0.58];

/** GPUs of a training job: pods × GPUs per pod, weight, median run in seconds, sigma (README.md, "Sizes" and "Durations"). */
const SIZES: readonly (readonly [size: readonly [number, number, number, number], weight: number])[] = [
  [[1, 1, 3000, 1.85], 58],
  [[1, 2, 6500, 1.75], 15],
  [[1, 4, 13_000, 1.5], 13],
  [[1, 8, 20_000, 1.25], 9.5],
  [[2, 8, 20_000, 1], 2.4],
  [[4, 8, 15_000, 0.8], 0.6],
];

const TRAIN_KINDS: readonly (readonly [CurveKind, number])[] = [
  ["training", 85.5],
  ["data-starved", 8],
  ["idle-holding", 3],
  ["dead", 2],
  ["hung", 1.5],
];

const VERBS = ["pretrain", "sft", "dpo", "sweep", "ablation", "eval", "distill", "ft", "baseline"];
const FRACTIONS: readonly (readonly [number, number])[] = [
  [0.5, 46],
  [0.25, 26],
  [0.8, 10],
  [1, 18],
];

function trainingJob(rng: Random, project: DemoProject, submitAt: Instant, seed: number): Job {
  const pool = rng.weighted(project.pools);
  const small = pool === "dev-l40s";
  const [wanted, perPod, median, sigma] = small ? [1, rng.weighted(FRACTIONS), 5400, 1.4] : rng.weighted(SIZES);
  const pods = pool === "h100" ? wanted : 1;
  const kind = rng.weighted(TRAIN_KINDS);
  const elastic = pods === 1 && perPod >= 1 && perPod <= 2 && rng.chance(0.06);
  const outcome = rng.weighted([
    ["completed", 62],
    ["failed", 20],
    ["cancelled", 18],
  ] as const);
  // Failures come early or late (Philly: median of failed attempts 76 s against 218 s of passed ones, but a heavier tail).
  const scale = outcome === "failed" ? (rng.chance(0.6) ? 0.08 : 1.6) : 1;
  const lingering = kind === "idle-holding" || kind === "dead" || kind === "hung" ? 2.2 : 1;
  const run = Math.min(6 * DAY, Math.max(40, rng.lognormal(median * lingering, sigma) * scale));
  const distributed = pods > 1 || elastic;
  return {
    name: `${rng.pick(project.models)}-${rng.pick(VERBS)}-${(seed % 997).toString().padStart(3, "0")}`,
    project,
    user: rng.pick([...project.users, ...project.users.slice(0, 2), project.users[0] as string]),
    type: distributed ? "Distributed" : rng.chance(0.12) ? "runai-job" : "Training",
    category: "Train",
    kind,
    pool,
    pods: elastic ? 2 : pods,
    maxPods: elastic ? rng.int(4, 6) : pods,
    gpuPerPod: perPod,
    preemptible: rng.chance(0.72),
    submitAt,
    runSeconds: Math.round(run),
    outcome,
    nightly: false,
    deleteAfter: rng.chance(0.55) ? Math.round(rng.lognormal(1.6 * DAY, 1)) : null,
    seed,
  };
}

function notebookJob(rng: Random, project: DemoProject, submitAt: Instant, seed: number): Job {
  const dev = rng.chance(0.62);
  const kind = rng.weighted<CurveKind>([
    ["notebook", 76],
    ["idle-holding", 17],
    ["dead", 7],
  ]);
  const user = rng.pick(project.users);
  const days = kind === "notebook" ? rng.lognormal(0.5, 1.1) : rng.lognormal(1.1, 0.9);
  return {
    name: `${user}-${rng.pick(["notebook", "explore", "debug", "jupyter", "vscode"])}-${(seed % 97).toString().padStart(2, "0")}`,
    project,
    user,
    type: "Workspace",
    category: "Build",
    kind,
    pool: dev ? "dev-l40s" : rng.weighted(project.pools),
    pods: 1,
    maxPods: 1,
    gpuPerPod: dev
      ? rng.weighted(FRACTIONS)
      : rng.weighted([
          [1, 86],
          [2, 14],
        ] as const),
    preemptible: false,
    submitAt,
    runSeconds: Math.round(Math.min(12, Math.max(0.02, days)) * DAY),
    outcome: rng.chance(0.75) ? "cancelled" : "completed",
    nightly: kind === "notebook" && rng.chance(0.3),
    deleteAfter: rng.chance(0.7) ? Math.round(rng.lognormal(DAY, 0.8)) : null,
    seed,
  };
}

function serviceJob(project: DemoProject, service: DemoService, submitAt: Instant, seed: number): Job {
  return {
    name: service.name,
    project,
    user: `svc-${project.name}`,
    type: "Inference",
    category: "Deploy",
    kind: "inference",
    pool: service.pool,
    pods: service.pods,
    maxPods: service.maxPods,
    gpuPerPod: service.gpuPerPod,
    preemptible: false,
    submitAt,
    runSeconds: 3650 * DAY,
    outcome: "completed",
    nightly: false,
    deleteAfter: null,
    seed,
  };
}

/** Every job handed in during `range`, by time. Hour by hour with its own seed: a longer range only adds to the end. */
export function demoJobs(seed: number, range: Interval, jobsPerDay: number): Job[] {
  const jobs: Job[] = [];
  for (const [p, project] of DEMO_PROJECTS.entries())
    for (const [s, service] of project.services.entries())
      jobs.push(
        serviceJob(project, service, range.start + service.fromDay * DAY + 60 * s, mix(seed, 7000 + 100 * p + s)),
      );
  const weights = DEMO_PROJECTS.map((project) => [project, project.share] as const);
  for (let hour = range.start; hour < range.end; hour += HOUR) {
    const rng = new Random(mix(seed, Math.floor(hour / HOUR)));
    const ofDay = Math.floor(hour / HOUR) % 24;
    const weekday = (Math.floor(hour / DAY) + 4) % 7;
    // The cluster is not empty when history begins.
    const opening = hour < range.start + 6 * HOUR ? 6 : 1;
    const rate = opening * (jobsPerDay / 24) * (BY_HOUR[ofDay] as number) * (BY_WEEKDAY[weekday] as number);
    let n = 0;
    for (let at = rng.exponential(1 / rate); at < 1; at += rng.exponential(1 / rate)) {
      const own = mix(seed ^ 0x5eed, mix(hour, n++));
      const draw = new Random(own);
      const project = draw.weighted(weights);
      const submitAt = hour + Math.floor(at * HOUR);
      jobs.push(
        draw.chance(project.notebooks)
          ? notebookJob(draw, project, submitAt, own)
          : trainingJob(draw, project, submitAt, own),
      );
    }
  }
  return jobs.sort((a, b) => a.submitAt - b.submitAt || a.seed - b.seed);
}
