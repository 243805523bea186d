import { HOUR, MINUTE } from "@/lib/time.ts";
import { mix } from "@/simulator/random.ts";

/** One reading of a card: percent, and memory and power as parts of what the card has. */
export interface Reading {
  readonly util: number;
  readonly memory: number;
  readonly sm: number;
  readonly dram: number;
  readonly tensor: number;
  readonly power: number;
}

/** What a labelled workload does. `expects`: rules that must find it; `may`: rules that may as well. */
export interface Behaviour {
  readonly name: string;
  readonly expects: readonly string[];
  readonly may?: readonly string[];
  readonly category: "Train" | "Build" | "Deploy";
  readonly hours: number;
  readonly cards?: number;
  /** Nodes that its cards are on, and the cards of one; by default one node of 8. */
  readonly nodes?: number;
  readonly nodeGpus?: number;
  /** Its pods end after so many minutes, and others take their place; by default they run to its end. */
  readonly podMinutes?: number;
  /** Its containers start again within their pods after so many minutes. */
  readonly restartMinutes?: number;
  /** By default one of a known registry. */
  readonly images?: readonly string[];
  readonly cores?: { readonly request: number; readonly used: number };
  readonly hostGib?: { readonly request: number; readonly used: number };
  /** @param t seconds since the start. @param u uniform in [0, 1) of this sample. @param card index of the card. */
  read(t: number, u: number, card: number, seed: number): Reading;
}

const rest = (memory: number): Reading => ({ util: 0, memory, sm: 0, dram: 0, tensor: 0, power: 0.01 });
const work = (util: number, memory: number, more: Partial<Reading> = {}): Reading => ({
  ...{ util, memory, sm: util * 0.7, dram: util * 0.3, tensor: util * 0.35, power: 0.15 + util * 0.0065 },
  ...more,
});
const near = (level: number, spread: number, u: number): number =>
  Math.min(100, Math.max(1, level + (u - 0.5) * 2 * spread));
const train = (u: number): Reading => work(near(92, 6, u), 0.8);
const minutes = (t: number): number => t / MINUTE;

/** A keep-alive that runs for 0.3 s every so often, as counters see it that look at the last second. */
const keepAlive = (interval: number): Behaviour => ({
  ...{
    name: `keep-alive every ${interval} s`,
    expects: ["keep-alive"],
    may: ["dead-idle", "allocated-unused"],
    category: "Train",
    hours: 9,
  },
  read: (_t, u, _card, seed) => {
    const hit = (mix(seed, Math.floor(u * 1e9)) % 10_000) / 10_000 < Math.min(1, 1.3 / interval);
    const sm = 30 / Math.max(interval, 1.5);
    return {
      util: hit ? near(24, 6, u) : 0,
      memory: 0.0125,
      sm: Math.min(3, sm * 0.1),
      dram: 0.1,
      tensor: 0,
      power: 0.06,
    };
  },
});

export const BEHAVIOURS: readonly Behaviour[] = [
  {
    name: "training",
    expects: [],
    category: "Train",
    hours: 8,
    cards: 2,
    read: (t, u) => (t % 1800 < 60 ? rest(0.8) : train(u)),
  },
  {
    ...{ name: "training with evaluation pauses", expects: [], category: "Train", hours: 9 },
    read: (t, u) => (minutes(t) % 58 < 8 ? rest(0.8) : train(u)),
  },
  { name: "dead", expects: ["dead-idle", "allocated-unused"], category: "Train", hours: 5, read: () => rest(0.003) },
  {
    ...{ name: "dead for 24 min, then training", expects: [], category: "Train", hours: 5 },
    read: (t, u) => (minutes(t) < 24 ? rest(0.003) : train(u)),
  },
  {
    ...{ name: "idle after work", expects: ["idle-held"], category: "Build", hours: 7 },
    read: (t, u) => (t < 1.5 * HOUR ? work(near(70, 15, u), 0.5) : rest(0.5)),
  },
  {
    ...{ name: "pause of 50 min", expects: [], category: "Train", hours: 6 },
    read: (t, u) => (minutes(t) >= 120 && minutes(t) < 170 ? rest(0.5) : train(u)),
  },
  {
    ...{ name: "pause of 100 min", expects: ["idle-held"], category: "Train", hours: 7 },
    read: (t, u) => (minutes(t) >= 120 && minutes(t) < 220 ? rest(0.5) : train(u)),
  },
  {
    ...{ name: "loaded and never used", category: "Build", hours: 7 },
    expects: ["idle-held", "allocated-unused", "starting-too-long"],
    read: () => rest(0.5),
  },
  {
    ...{ name: "slow start", expects: ["starting-too-long"], may: ["idle-held"], category: "Train", hours: 6 },
    read: (t, u) => (minutes(t) < 95 ? rest(0.3) : train(u)),
  },
  {
    ...{ name: "start of 20 min", expects: [], category: "Train", hours: 5 },
    read: (t, u) => (minutes(t) < 20 ? rest(0.3) : train(u)),
  },
  {
    ...{ name: "service with few requests", expects: ["warm-serving"], category: "Deploy", hours: 28 },
    read: (t, u) => (minutes(t) % 45 < 5 ? work(near(40, 15, u), 0.8) : rest(0.8)),
  },
  {
    ...{ name: "service in use", expects: [], category: "Deploy", hours: 28 },
    read: (t, u) => (minutes(t) % 60 < 8 ? rest(0.8) : work(near(40, 20, u), 0.8)),
  },
  {
    ...{ name: "hung", expects: ["hung"], category: "Train", hours: 6, cards: 2 },
    read: (t, u) =>
      t < 2 * HOUR ? train(u) : { util: 100, memory: 0.8, sm: 2 + u, dram: 0.2, tensor: 0, power: 0.22 },
  },
  {
    ...{ name: "waiting for the network", expects: [], category: "Train", hours: 6 },
    read: (_t, u) => work(near(97, 2, u), 0.8, { sm: near(35, 5, u), dram: 12, tensor: 9, power: 0.5 }),
  },
  {
    ...{ name: "starved, flat", expects: ["data-starved"], category: "Train", hours: 6 },
    read: (_t, u) => work(near(11, 6, u), 0.6),
  },
  {
    ...{ name: "starved, bursts", expects: ["data-starved"], category: "Train", hours: 6 },
    read: (_t, u) => (u < 0.2 ? work(near(60, 100 * u, u), 0.6) : work(1 + u * 3, 0.6)),
  },
  { name: "half used", expects: [], category: "Train", hours: 6, read: (_t, u) => work(near(45, 12, u), 0.6) },
  {
    ...{ name: "notebook at work", expects: [], category: "Build", hours: 8 },
    read: (t, u) =>
      minutes(t) % 33 < 25 ? work(near(40, 25, u), 0.35 + (Math.floor(minutes(t) / 10) % 4) * 0.03) : rest(0.4),
  },
  {
    ...{ name: "notebook for days", category: "Build", hours: 66 },
    ...{ expects: ["long-notebook", "idle-held"], may: ["long-low-utilisation", "odd-hours"] },
    read: (t, u) => (t % (24 * HOUR) < 2 * HOUR ? work(near(45, 25, u), 0.4) : rest(0.4)),
  },
  {
    ...{ name: "one card of four does nothing", expects: ["one-card-of-many"], category: "Train", hours: 5, cards: 4 },
    read: (_t, u, card) => (card === 2 ? rest(0.05) : train(u)),
  },
  {
    ...{ name: "pipeline of four stages", expects: [], category: "Train", hours: 5, cards: 4 },
    read: (_t, u, card) => work(near([92, 80, 62, 40][card] ?? 50, 6, u), 0.7),
  },
  {
    ...{ name: "small on a large card", expects: ["wrong-card", "memory-oversized"], category: "Train", hours: 9 },
    read: (t, u) => work(near(36, 8, u), 0.055 + (Math.floor(minutes(t) / 30) % 5) * 0.004, { sm: near(12, 3, u) }),
  },
  {
    ...{ name: "right card", expects: [], category: "Train", hours: 9 },
    read: (_t, u) => work(near(46, 10, u), 0.42, { sm: near(32, 5, u) }),
  },
  {
    ...{ name: "little for a day", expects: ["long-low-utilisation"], category: "Train", hours: 32 },
    read: (t, u) => (minutes(t) % 45 < 10 ? work(near(25, 8, u), 0.5) : rest(0.5)),
  },
  {
    ...{ name: "more for a day", expects: [], category: "Train", hours: 32 },
    read: (t, u) => (minutes(t) % 45 < 12 ? work(near(58, 10, u), 0.5) : rest(0.5)),
  },
  ...[1, 5, 15, 30, 60].map(keepAlive),
  {
    ...{ name: "notebook with small steps", expects: [], may: ["idle-held", "dead-idle"], category: "Build", hours: 8 },
    read: (t, u) =>
      minutes(t) % 12 < 1
        ? work(near(20, 8, u), 0.05 + (Math.floor(minutes(t) / 12) % 7) * 0.003, { tensor: 0, sm: 9, power: 0.15 })
        : rest(0.05 + (Math.floor(minutes(t) / 12) % 7) * 0.003),
  },
  {
    ...{
      name: "hash work in a notebook",
      expects: ["unusual-pattern"],
      may: ["odd-hours"],
      category: "Build",
      hours: 7,
    },
    read: (_t, u) => ({ util: near(99, 1, u), memory: 0.06, sm: 96, dram: 45, tensor: 0, power: 0.93 }),
  },
  {
    ...{ name: "molecular dynamics", expects: [], category: "Train", hours: 9 },
    read: (_t, u) => ({ util: near(96, 2, u), memory: 0.31, sm: 70, dram: 35, tensor: 0, power: 0.7 }),
  },
  {
    ...{ name: "profiling counters stuck at 0", expects: ["sensor-contradicts"], category: "Train", hours: 6 },
    read: (t, u) => (t < HOUR ? train(u) : { ...train(u), sm: 0, dram: 0, tensor: 0 }),
  },
  {
    ...{
      name: "host memory unused",
      expects: ["memory-underused"],
      category: "Train",
      hours: 8,
      hostGib: { request: 200, used: 6 },
    },
    read: (_t, u) => train(u),
  },
  {
    ...{ name: "host memory used", expects: [], category: "Train", hours: 8, hostGib: { request: 200, used: 90 } },
    read: (_t, u) => train(u),
  },
  {
    ...{
      name: "64 cores for one card",
      expects: ["cpu-oversized"],
      category: "Train",
      hours: 6,
      cores: { request: 64, used: 5 },
    },
    read: (_t, u) => train(u),
  },
  {
    ...{ name: "16 cores for one card", expects: [], category: "Train", hours: 6, cores: { request: 16, used: 5 } },
    read: (_t, u) => train(u),
  },
  {
    ...{
      name: "four cards on four nodes",
      expects: ["nodes-fragmented"],
      category: "Train",
      hours: 5,
      cards: 4,
      nodes: 4,
    },
    read: (_t, u) => train(u),
  },
  {
    ...{
      name: "four cards on two small nodes",
      expects: [],
      category: "Train",
      hours: 5,
      cards: 4,
      nodes: 2,
      nodeGpus: 2,
    },
    read: (_t, u) => train(u),
  },
  {
    ...{ name: "pods that end after 9 min", expects: ["restart-loop"], category: "Train", hours: 6, podMinutes: 9 },
    read: (t, u) => (minutes(t) % 9 < 2 ? rest(0.4) : train(u)),
  },
  {
    ...{ name: "pods that end after 40 min", expects: [], category: "Train", hours: 6, cards: 2, podMinutes: 40 },
    read: (t, u) => (minutes(t) % 40 < 2 ? rest(0.4) : train(u)),
  },
  {
    ...{ name: "containers that crash after 6 min", expects: ["restart-loop"], category: "Train", hours: 6 },
    restartMinutes: 6,
    read: (t, u) => (minutes(t) % 6 < 1.5 ? rest(0.4) : train(u)),
  },
  {
    ...{ name: "a container that restarts every 45 min", expects: [], category: "Train", hours: 6 },
    restartMinutes: 45,
    read: (t, u) => (minutes(t) % 45 < 2 ? rest(0.4) : train(u)),
  },
  {
    ...{ name: "training from an unknown registry", expects: ["unknown-image"], category: "Train", hours: 5 },
    images: ["docker.io/someone/fast-train:latest"],
    read: (_t, u) => train(u),
  },
  {
    ...{ name: "a side container from an unknown registry", expects: ["unknown-image"], category: "Deploy", hours: 5 },
    images: ["registry.example.com/ml/serve:4", "ghcr.io/other/proxy:1"],
    read: (_t, u) => train(u),
  },
  {
    ...{ name: "a path like that of a known registry", expects: ["unknown-image"], category: "Build", hours: 5 },
    images: ["quay.io/mirror/nvcr.io/nvidia/pytorch:26.10"],
    read: (_t, u) => train(u),
  },
  {
    ...{ name: "a known registry in capitals", expects: [], category: "Build", hours: 5 },
    images: ["Registry.Example.com/ML/notebook@sha256:0a1b", "NVCR.io/nvidia/tritonserver:26.09"],
    read: (_t, u) => train(u),
  },
  {
    ...{ name: "at night only", category: "Build", hours: 46 },
    ...{ expects: ["odd-hours", "idle-held"], may: ["long-notebook", "allocated-unused", "starting-too-long"] },
    read: (t, u) => {
      const hour = (8 + t / HOUR) % 24;
      return hour >= 21.5 || hour < 6 ? work(near(85, 8, u), 0.5) : rest(0.5);
    },
  },
];
