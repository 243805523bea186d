import { hashText, mix, Random } from "./random.ts";
import type { CurveKind } from "./scenario.ts";

/** What a card of a product can do; unknown products get the figures of an A100. */
export interface CardProfile {
  readonly idleWatts: number;
  readonly maxWatts: number;
  readonly name: string;
}

const PROFILES: Readonly<Record<string, CardProfile>> = {
  "NVIDIA-H100-80GB-HBM3": { idleWatts: 69, maxWatts: 700, name: "NVIDIA H100 80GB HBM3" },
  "NVIDIA-A100-SXM4-80GB": { idleWatts: 61, maxWatts: 400, name: "NVIDIA A100-SXM4-80GB" },
  "NVIDIA-L40S": { idleWatts: 34, maxWatts: 350, name: "NVIDIA L40S" },
  "Tesla-V100-SXM2-32GB": { idleWatts: 41, maxWatts: 300, name: "Tesla V100-SXM2-32GB" },
};

/** `name` is DCGM's spelling of the product: spaces where the node label has dashes. */
export function profileOf(gpuModel: string): CardProfile {
  return PROFILES[gpuModel] ?? { idleWatts: 61, maxWatts: 400, name: gpuModel.replace(/^NVIDIA-/, "NVIDIA ") };
}

const KINDS: readonly CurveKind[] = [
  "training",
  "notebook",
  "inference",
  "idle-holding",
  "dead",
  "hung",
  "data-starved",
];
const TRAINING = 0;
const NOTEBOOK = 1;
const INFERENCE = 2;
const IDLE_HOLDING = 3;
const DEAD = 4;
const HUNG = 5;

/** Chance in 256 that a person works at a notebook in an hour of the day, on a weekday. */
const DESK = [4, 3, 2, 2, 3, 6, 14, 40, 90, 128, 140, 138, 104, 124, 142, 140, 128, 98, 62, 44, 36, 28, 18, 9];
/** Requests per hour of the day, in 256ths of the peak. */
const TRAFFIC = [
  38, 26, 16, 12, 14, 26, 58, 104, 156, 200, 224, 238, 226, 232, 246, 256, 244, 222, 198, 188, 172, 138, 96, 62,
];

/** Everything that one pod's part of one card needs to answer for any instant. Indices count grid steps since 1970. */
export interface Curve {
  readonly kind: number;
  readonly seed: number;
  readonly step: number;
  /** First grid index of the pod. */
  readonly first: number;
  readonly warm: number;
  readonly base: number;
  readonly jitter: number;
  readonly period: number;
  readonly dip: number;
  /** Index from which idle-holding pods idle and hung ones hang. */
  readonly quietFrom: number;
  readonly memoryMib: number;
  readonly smShare: number;
  readonly dramShare: number;
  readonly tensorShare: number;
  /** Whole cards may show memory or SM activity while utilisation reads 0; parts of a card never do. */
  readonly whole: boolean;
  readonly idleWatts: number;
  readonly maxWatts: number;
}

export interface CurveInput {
  readonly seed: number;
  readonly workloadId: string;
  readonly podId: string;
  readonly gpu: number;
  readonly kind: CurveKind;
  readonly start: number;
  readonly step: number;
  readonly fraction: number;
  readonly memoryMib: number;
  readonly gpuModel: string;
}

interface Shape {
  readonly base: readonly [number, number];
  readonly jitter: readonly [number, number];
  readonly warmSeconds: readonly [number, number];
  readonly memory: readonly [number, number];
  readonly sm: readonly [number, number];
}

const SHAPES: Readonly<Record<CurveKind, Shape>> = {
  training: { base: [84, 98], jitter: [3, 12], warmSeconds: [45, 420], memory: [0.55, 0.94], sm: [0.55, 0.88] },
  notebook: { base: [18, 72], jitter: [20, 50], warmSeconds: [120, 1500], memory: [0.12, 0.55], sm: [0.25, 0.6] },
  inference: { base: [34, 74], jitter: [8, 22], warmSeconds: [60, 300], memory: [0.6, 0.9], sm: [0.35, 0.6] },
  "idle-holding": { base: [70, 95], jitter: [4, 14], warmSeconds: [60, 300], memory: [0.35, 0.9], sm: [0.5, 0.8] },
  dead: { base: [0, 0], jitter: [0, 0], warmSeconds: [0, 0], memory: [0, 0.005], sm: [0, 0] },
  hung: { base: [85, 97], jitter: [3, 9], warmSeconds: [60, 300], memory: [0.6, 0.9], sm: [0.6, 0.85] },
  "data-starved": { base: [7, 17], jitter: [5, 14], warmSeconds: [60, 600], memory: [0.4, 0.85], sm: [0.3, 0.55] },
};

/**
 * Parameters of one pod's part of one card. What belongs to the job (level, period, hang) is drawn per workload, so that
 * cards of one job move together; the noise is drawn per card.
 */
export function curveOf(input: CurveInput): Curve {
  const job = new Random(mix(input.seed, hashText(input.workloadId)));
  const card = new Random(mix(input.seed, hashText(`${input.podId}/${input.gpu}`)));
  const shape = SHAPES[input.kind];
  const profile = profileOf(input.gpuModel);
  const { step } = input;
  const first = Math.ceil(input.start / step);
  const sm = job.float(...shape.sm);
  const samples = (seconds: number) => Math.max(1, Math.round(seconds / step));
  const dead = input.kind === "dead";
  return {
    kind: KINDS.indexOf(input.kind),
    seed: mix(input.seed, hashText(`${input.podId}#${input.gpu}`)),
    step,
    first,
    base: job.float(...shape.base),
    jitter: job.float(...shape.jitter),
    warm: dead ? 0 : samples(job.float(...shape.warmSeconds)),
    period: samples(job.float(1200, 7200)),
    dip: samples(job.float(30, 200)),
    quietFrom: first + samples(input.kind === "hung" ? job.lognormal(9000, 0.8) : job.lognormal(5400, 0.9)),
    memoryMib: dead
      ? card.int(3, 430)
      : Math.round(input.memoryMib * input.fraction * (job.float(...shape.memory) + card.float(-0.01, 0.01))),
    smShare: sm,
    dramShare: sm * job.float(0.3, 0.62),
    tensorShare: sm * job.float(0.25, 0.7),
    whole: input.fraction >= 1,
    idleWatts: profile.idleWatts * input.fraction,
    maxWatts: profile.maxWatts * input.fraction,
  };
}

function clampPercent(value: number): number {
  return value <= 0 ? 0 : value >= 100 ? 100 : Math.round(value);
}

function busy(c: Curve, i: number, level: number): number {
  const drift = ((mix(c.seed ^ 0x51ed, (i * c.step) >>> 12) & 15) - 8) * 0.4;
  return clampPercent(level + drift + ((mix(c.seed, i) & 1023) / 1023 - 0.5) * c.jitter);
}

function trainingAt(c: Curve, i: number): number {
  const since = i - c.first - c.warm;
  if (since < 0) return 0;
  const inPeriod = (since + (c.period >> 1)) % c.period;
  if (inPeriod < c.dip) return (mix(c.seed, i) & 3) === 0 ? 0 : mix(c.seed, i) % 38;
  return busy(c, i, c.base);
}

function notebookAt(c: Curve, i: number): number {
  if (i - c.first < c.warm) return 0;
  const t = i * c.step;
  const hour = Math.floor(t / 3600);
  const day = Math.floor(hour / 24);
  const weekend = (day + 4) % 7 === 0 || (day + 4) % 7 === 6;
  // The first two hours are worked through: people open a notebook to use it.
  const fresh = t - c.first * c.step < 7200;
  const chance = fresh ? 220 : (DESK[hour % 24] as number) * (weekend ? 0.18 : 1);
  if ((mix(c.seed ^ 0x2f1b, Math.floor(t / 1500)) & 255) >= chance) return 0;
  if ((mix(c.seed ^ 0x77, Math.floor(t / 180)) & 7) < 4) return 0;
  return busy(c, i, c.base);
}

function inferenceAt(c: Curve, i: number): number {
  if (i - c.first < c.warm) return 0;
  const t = i * c.step;
  const hour = Math.floor(t / 3600) % 24;
  const weekend = (Math.floor(t / 86_400) + 4) % 7 === 0 || (Math.floor(t / 86_400) + 4) % 7 === 6;
  const load = ((TRAFFIC[hour] as number) / 256) * (weekend ? 0.55 : 1);
  // At night whole quarters of an hour pass without a request.
  if (load < 0.3 && (mix(c.seed ^ 0x3c1, Math.floor(t / 1800)) & 255) >= load * 700) return 0;
  return busy(c, i, c.base * load);
}

/** Utilisation of the part held, whole percent 0..100, for the grid index `i` (instant `i * step`), at any `i >= first`. */
export function utilisationAt(c: Curve, i: number): number {
  switch (c.kind) {
    case TRAINING:
      return trainingAt(c, i);
    case NOTEBOOK:
      return notebookAt(c, i);
    case INFERENCE:
      return inferenceAt(c, i);
    case IDLE_HOLDING:
      return i >= c.quietFrom ? 0 : trainingAt(c, i);
    case DEAD:
      return 0;
    case HUNG:
      return i >= c.quietFrom ? 100 : trainingAt(c, i);
    default:
      return i - c.first < c.warm ? 0 : busy(c, i, c.base);
  }
}

function hangs(c: Curve, i: number): boolean {
  return c.kind === HUNG && i >= c.quietFrom;
}

/** A whole card that is read at 0 % now and then moves memory: activity that utilisation alone would miss. */
function quietActivity(c: Curve, i: number): boolean {
  return (
    c.whole &&
    (c.kind === TRAINING || c.kind === INFERENCE) &&
    i - c.first >= c.warm &&
    (mix(c.seed ^ 0x9d, i) & 255) === 0
  );
}

/** SM activity in ten-thousandths (1 % = 100). `u` is `utilisationAt(c, i)`. */
export function smAt(c: Curve, i: number, u: number): number {
  if (u === 0) return quietActivity(c, i) ? 120 + (mix(c.seed ^ 0xa1, i) & 255) : 0;
  if (hangs(c, i)) return 180 + (mix(c.seed ^ 0xa1, i) & 127);
  return Math.round(u * c.smShare * (94 + (mix(c.seed ^ 0xa1, i) & 7)));
}

/** Memory bandwidth activity in ten-thousandths. */
export function dramAt(c: Curve, i: number, u: number): number {
  if (u === 0) return quietActivity(c, i) ? 40 + (mix(c.seed ^ 0xd7, i) & 255) : 0;
  if (hangs(c, i)) return 8 + (mix(c.seed ^ 0xd7, i) & 15);
  return Math.round(u * c.dramShare * (92 + (mix(c.seed ^ 0xd7, i) & 15)));
}

/** Tensor pipe activity in ten-thousandths. */
export function tensorAt(c: Curve, i: number, u: number): number {
  if (u === 0 || hangs(c, i)) return 0;
  return Math.round(u * c.tensorShare * (92 + (mix(c.seed ^ 0x7e, i) & 15)));
}

/** Frame buffer held, MiB. Little before the first work, then the job's level, growing a little with time. */
export function memoryAt(c: Curve, i: number): number {
  if (c.kind === DEAD) return c.memoryMib;
  const since = i - c.first;
  if (since < c.warm) return since * 2 < c.warm ? 5 : Math.round(c.memoryMib * 0.4);
  return c.memoryMib + (mix(c.seed ^ 0x11, (i * c.step) >>> 14) & 63);
}

/** Board power in tenths of a watt. */
export function powerAt(c: Curve, i: number, u: number): number {
  const noise = (mix(c.seed ^ 0xb0, i) & 63) - 32;
  const load = hangs(c, i) ? 0.09 : (u / 100) * (0.28 + 0.8 * c.smShare);
  return Math.round(10 * (c.idleWatts + Math.min(1, load) * (c.maxWatts - c.idleWatts))) + noise;
}

/** Degrees Celsius from power in tenths of a watt. */
export function temperatureAt(c: { readonly idleWatts: number; readonly maxWatts: number }, power: number): number {
  return Math.round(29 + 38 * Math.max(0, Math.min(1, (power / 10 - c.idleWatts) / (c.maxWatts - c.idleWatts))));
}

/** CPU used by the pod, thousandths of a core, given what it asked for. */
export function cpuMilliAt(c: Curve, i: number, u: number, requestMilli: number): number {
  const share = c.kind === KINDS.length - 1 ? 0.93 : u === 0 ? 0.01 : 0.2 + 0.004 * u;
  return Math.round(requestMilli * share * (0.9 + (mix(c.seed ^ 0xc9, i) & 255) / 1275));
}
