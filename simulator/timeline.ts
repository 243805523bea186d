import { type Instant, type Interval, intersect, subtract, union } from "@/lib/time.ts";
import { type Curve, curveOf } from "./curves.ts";
import { hashText, uuidOf } from "./random.ts";
import {
  milliOf,
  type NodeSpec,
  type PodSpec,
  type ProjectSpec,
  podEnd,
  type Scenario,
  type WorkloadSpec,
} from "./scenario.ts";

/** Grid indices `[from, to)`; index `i` is the instant `i * stepSeconds`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A card, or a part of one, held by one pod in `[start, end)`. */
export interface Slot {
  readonly pod: PodSpec;
  readonly workload: WorkloadSpec;
  readonly card: Card;
  readonly milli: number;
  /** The MIG slice, where the card is divided. */
  readonly slice: number | null;
  /** Held from its binding on; `spans` begin when its containers started. */
  readonly start: Instant;
  /** The start of its containers: from here on the card shows it. */
  readonly runsFrom: Instant;
  readonly end: Instant;
  readonly curve: Curve;
  /** Where samples of it exist: it runs, its card is there, and the metrics are. */
  readonly spans: readonly Span[];
}

export interface Card {
  readonly node: NodeSpec;
  readonly index: number;
  /** Seconds between samples. */
  readonly step: number;
  readonly uuid: string;
  /** Where the exporter shows the card. */
  readonly spans: readonly Span[];
  /** By start, then pod id. */
  readonly slots: Slot[];
}

/** One pod's part of the timeline. Pods without cards have no slots. */
export interface PodRun {
  readonly pod: PodSpec;
  readonly workload: WorkloadSpec;
  readonly start: Instant;
  readonly end: Instant;
  readonly slots: readonly Slot[];
  /** Drives CPU figures, also of pods without cards. */
  readonly curve: Curve;
}

/** The scenario, indexed for serving. Built once; everything in it is read-only. */
export interface Timeline {
  readonly scenario: Scenario;
  readonly step: number;
  readonly cards: readonly Card[];
  readonly cardsOfNode: ReadonlyMap<string, readonly Card[]>;
  readonly slots: readonly Slot[];
  readonly runsOfWorkload: ReadonlyMap<string, readonly PodRun[]>;
  readonly runOfPod: ReadonlyMap<string, PodRun>;
  readonly workload: ReadonlyMap<string, WorkloadSpec>;
  readonly workloadOfPod: ReadonlyMap<string, WorkloadSpec>;
  readonly project: ReadonlyMap<string, ProjectSpec>;
  readonly node: ReadonlyMap<string, NodeSpec>;
  /** Where metrics of a cluster exist at all. */
  readonly seenOfCluster: ReadonlyMap<string, readonly Span[]>;
}

/** Grid indices whose instant lies in `[start, end)`. */
export function spanOf(interval: Interval, step: number): Span {
  return { from: Math.ceil(interval.start / step), to: Math.ceil(interval.end / step) };
}

function spansOf(intervals: readonly Interval[], step: number): Span[] {
  return intervals.map((i) => spanOf(i, step)).filter((s) => s.from < s.to);
}

/** The common part of a span and of ascending disjoint spans. */
export function clipSpans(spans: readonly Span[], from: number, to: number): Span[] {
  const out: Span[] = [];
  for (const s of spans) {
    if (s.to <= from) continue;
    if (s.from >= to) break;
    out.push({ from: Math.max(s.from, from), to: Math.min(s.to, to) });
  }
  return out;
}

/** The name of a card, stable for node and index. */
export function cardUuid(node: NodeSpec, index: number): string {
  return `GPU-${uuidOf(`${node.id}/${index}`)}`;
}

/** When a node is part of the cluster's capacity. */
export function nodeLife(scenario: Scenario, node: NodeSpec): Interval {
  return { start: Math.max(scenario.range.start, node.createdAt), end: scenario.range.end };
}

function buildCards(scenario: Scenario): Map<string, Card[]> {
  const cards = new Map<string, Card[]>();
  for (const node of scenario.nodes) {
    const outages = scenario.outages.filter((o) => o.clusterId === node.clusterId);
    const list: Card[] = [];
    for (let index = 0; index < node.gpuCount; index++) {
      const lost = node.lostCards.filter((l) => l.index === index);
      const seen = subtract(nodeLife(scenario, node), [...node.down, ...lost, ...outages]);
      const spans = spansOf(seen, scenario.stepSeconds);
      list.push({ node, index, step: scenario.stepSeconds, uuid: cardUuid(node, index), spans, slots: [] });
    }
    cards.set(node.name, list);
  }
  return cards;
}

/** Work that runs under others, as Run:ai 3.0 has it. */
const isBackground = (workload: WorkloadSpec): boolean => workload.priorityClass === "background";

function runOf(scenario: Scenario, cards: Map<string, Card[]>, workload: WorkloadSpec, pod: PodSpec): PodRun | null {
  if (pod.startedAt === null) return null;
  const whole = intersect(scenario.range, { start: pod.startedAt, end: podEnd(pod) ?? scenario.range.end });
  if (!whole) return null;
  const { start, end } = whole;
  const common = {
    seed: scenario.seed,
    workloadId: workload.id,
    podId: pod.id,
    kind: workload.kind,
    start,
    step: scenario.stepSeconds,
  };
  const slots: Slot[] = [];
  for (const gpu of pod.gpus) {
    const card = cards.get(pod.node ?? "")?.[gpu.index];
    if (!card) throw new Error(`Pod ${pod.name} holds card ${gpu.index} of node ${pod.node}, which does not exist.`);
    const { memoryMibPerGpu, gpuModel } = card.node;
    const curve = curveOf({ ...common, gpu: gpu.index, fraction: gpu.fraction, memoryMib: memoryMibPerGpu, gpuModel });
    const slice = gpu.slice ?? null;
    const milli = slice === null ? milliOf(gpu.fraction) : 1000 * gpu.fraction;
    const heldFrom = Math.max(scenario.range.start, pod.boundAt ?? start);
    const parts = isBackground(workload) ? subtract(whole, union(card.slots)) : [{ start: heldFrom, end }];
    const own = parts.map((part): Slot => {
      const runsFrom = Math.max(part.start, start);
      const shown = spanOf({ start: runsFrom, end: part.end }, scenario.stepSeconds);
      const spans = clipSpans(card.spans, shown.from, shown.to);
      return { pod, workload, card, milli, slice, ...part, runsFrom, curve, spans };
    });
    card.slots.push(...own);
    slots.push(...own);
  }
  const curve = slots[0]?.curve ?? curveOf({ ...common, gpu: 0, fraction: 1, memoryMib: 0, gpuModel: "" });
  return { pod, workload, start, end, slots, curve };
}

/** Indexes a scenario. @throws Error when a pod names a node or card that does not exist. */
export function buildTimeline(scenario: Scenario): Timeline {
  const cardsOfNode = buildCards(scenario);
  const cards = [...cardsOfNode.values()].flat();
  const runsOfWorkload = new Map<string, PodRun[]>();
  const runOfPod = new Map<string, PodRun>();
  const workloadOfPod = new Map<string, WorkloadSpec>();
  const slots: Slot[] = [];
  // What runs under others gets what they leave.
  const inOrder = [...scenario.workloads].sort((a, b) => Number(isBackground(a)) - Number(isBackground(b)));
  for (const workload of inOrder) {
    const runs: PodRun[] = [];
    for (const pod of workload.pods) {
      workloadOfPod.set(pod.id, workload);
      const run = runOf(scenario, cardsOfNode, workload, pod);
      if (!run) continue;
      runs.push(run);
      runOfPod.set(pod.id, run);
      for (const slot of run.slots) slots.push(slot);
    }
    runsOfWorkload.set(workload.id, runs);
  }
  for (const card of cards) card.slots.sort((a, b) => a.start - b.start || (a.pod.id < b.pod.id ? -1 : 1));
  const seenOfCluster = new Map(
    scenario.clusters.map((c) => {
      const out = scenario.outages.filter((o) => o.clusterId === c.id);
      return [c.id, spansOf(subtract(scenario.range, out), scenario.stepSeconds)] as const;
    }),
  );
  return {
    scenario,
    step: scenario.stepSeconds,
    cards,
    cardsOfNode,
    slots,
    runsOfWorkload,
    runOfPod,
    workload: new Map(scenario.workloads.map((w) => [w.id, w])),
    workloadOfPod,
    project: new Map(scenario.projects.map((p) => [p.id, p])),
    node: new Map(scenario.nodes.map((n) => [n.name, n])),
    seenOfCluster,
  };
}

/** A span of constant holders: `items` are what the sweep found live throughout `[from, to)`. */
export interface Piece<T> extends Span {
  readonly items: readonly T[];
}

/** Cuts overlapping spans into pieces with a constant set of items, ascending, without empty sets. */
export function sweep<T>(input: readonly (readonly [Span, T])[]): Piece<T>[] {
  if (input.length === 1) {
    const [span, item] = input[0] as readonly [Span, T];
    return span.from < span.to ? [{ from: span.from, to: span.to, items: [item] }] : [];
  }
  const edges = input.flatMap(([span, item]) => [
    { at: span.from, open: true, item },
    { at: span.to, open: false, item },
  ]);
  edges.sort((a, b) => a.at - b.at);
  const live = new Set<T>();
  const out: Piece<T>[] = [];
  let from = 0;
  for (const edge of edges) {
    if (live.size > 0 && edge.at > from) out.push({ from, to: edge.at, items: [...live] });
    from = edge.at;
    if (edge.open) live.add(edge.item);
    else live.delete(edge.item);
  }
  return out;
}

/** The pod that Run:ai puts on a card while parts of it are held. */
export function reservationPod(card: Card, since: number): string {
  return `runai-reservation-gpu-${hashText(`${card.uuid}/${since}`).toString(36).padStart(7, "0").slice(0, 5)}`;
}
