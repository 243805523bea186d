import type { PodInput, WorkloadInput } from "./held/workload-input.ts";
import type { NodeInput } from "./node-capacity.ts";
import type { MeterInput } from "./records.ts";
import { type Steps, toSteps } from "./timeline.ts";
import { DEFAULT_RULES } from "./types.ts";

/** Parts of a metering input for tables of cases: an hour from instant 0, in which a case says only what it is about. */
export const HOUR_RANGE = { start: 0, end: 3600 };

export const podOf = (startedAt: number | null, endedAt: number, change: Partial<PodInput> = {}): PodInput => ({
  id: "p",
  node: "n1",
  nodePool: "pool",
  createdAt: 0,
  startedAt,
  boundAt: null,
  endedAt,
  gpuMilli: 1000,
  gpuResources: "",
  gpuMemoryRequestMib: null,
  ...change,
});

export const workloadOf = (change: Partial<WorkloadInput> = {}): WorkloadInput => ({
  key: 1,
  id: "w",
  projectKey: 1,
  category: "Train",
  phase: "Completed",
  nodePool: "pool",
  createdAt: 0,
  phaseUpdatedAt: null,
  endedAt: null,
  runningSeconds: null,
  gpuRequestMilli: null,
  gpuRequestPerPodMilli: null,
  gpuMemoryRequestMib: null,
  gpuResources: "",
  cpuRequestMilli: null,
  cpuLimitMilli: null,
  cpuMemoryRequestMib: null,
  cpuMemoryLimitMib: null,
  pods: [],
  phases: [],
  signals: new Map(),
  ...change,
});

export const nodeOf = (name: string, change: Partial<NodeInput> = {}): NodeInput => ({
  name,
  nodePool: "pool",
  gpuModel: "H100",
  gpuCount: 4,
  since: 0,
  removedAt: null,
  states: [],
  cardsSeen: new Map(),
  freeCardsSeen: change.cardsSeen ?? new Map(),
  cardsKnown: change.cardsSeen?.size ?? 0,
  ...change,
});

type Sample = readonly [at: number, value: number];

/** Samples that hold 150 s at most. */
export const stepsOf = (...list: Sample[]): Steps =>
  toSteps(
    list.map(([at]) => at),
    list.map(([, value]) => value),
    list.map(() => 150),
  );

/** One value a minute over the whole hour. */
export const hourOf = (value: number): Steps =>
  stepsOf(...Array.from({ length: 60 }, (_, i) => [i * 60, value] as const));

export const inputOf = (change: Partial<MeterInput>): MeterInput => ({
  clusterId: "c",
  range: HOUR_RANGE,
  loaded: HOUR_RANGE,
  rules: DEFAULT_RULES,
  nodes: [],
  sight: { cards: [], totals: [] },
  workloads: [],
  podSignals: new Map(),
  cardSignals: new Map(),
  wantFleet: false,
  ...change,
});
