import { utilisationAt } from "@/simulator/curves.ts";
import { DEVICE_METRICS, type DeviceMetric, holdersAt, spanAt } from "@/simulator/device.ts";
import type { Call, Reply } from "@/simulator/http.ts";
import type { Card, Span } from "@/simulator/timeline.ts";
import { hidesClaims, isListed, notFound, type RunaiContext, RunaiError, replicasOf } from "./context.ts";
import { type Measurement, metricRequest, metricsReply, type SampleAt } from "./metrics.ts";
import { findNode, isDown } from "./nodes.ts";
import { findDepartment, findProject, projectsOfDepartment } from "./org-units.ts";

const MIB = 1_048_576;

function device(name: string): DeviceMetric {
  return DEVICE_METRICS.find((m) => m.name === name) as DeviceMetric;
}

const UTIL = device("DCGM_FI_DEV_GPU_UTIL");
const USED = device("DCGM_FI_DEV_FB_USED");
const SM = device("DCGM_FI_PROF_SM_ACTIVE");
const DRAM = device("DCGM_FI_PROF_DRAM_ACTIVE");
const TENSOR = device("DCGM_FI_PROF_PIPE_TENSOR_ACTIVE");

type CardValue = (card: Card, step: number, i: number) => number;

const utilisation: CardValue = (card, step, i) => UTIL.at(card, holdersAt(card, step, i), i);
const memoryBytes: CardValue = (card, step, i) => USED.at(card, holdersAt(card, step, i), i) * MIB;
const allocation: CardValue = (card, step, i) => holdersAt(card, step, i).reduce((sum, s) => sum + s.milli, 0) / 1000;

/** Seconds since the card last worked, at most six hours back; 0 for a free card. */
const idleSeconds: CardValue = (card, step, i) => {
  const limit = Math.ceil(21_600 / step);
  for (let back = 0; back <= limit; back++) {
    const slots = holdersAt(card, step, i - back);
    if (slots.length === 0 || slots.some((s) => utilisationAt(s.curve, i - back) > 0)) return back * step;
  }
  return limit * step;
};

/** Per card; the second says how a node shows it: mean of its cards, sum, or not at all. */
const CARD_TYPES: Readonly<Record<string, readonly [CardValue, "mean" | "sum" | null]>> = {
  GPU_UTILIZATION: [utilisation, "mean"],
  GPU_MEMORY_UTILIZATION: [(c, step, i) => (100 * memoryBytes(c, step, i)) / (c.node.memoryMibPerGpu * MIB), "mean"],
  GPU_MEMORY_USAGE_BYTES: [memoryBytes, "sum"],
  GPU_ALLOCATION: [allocation, null],
  GPU_MEMORY_ALLOCATION_BYTES: [(c, step, i) => allocation(c, step, i) * c.node.memoryMibPerGpu * MIB, null],
  GPU_IDLE_TIME_SECONDS: [idleSeconds, null],
  GPU_GRAPHICS_ENGINE_ACTIVITY: [utilisation, null],
  GPU_SM_ACTIVITY: [(c, step, i) => SM.at(c, holdersAt(c, step, i), i) / 100, null],
  GPU_TENSOR_ACTIVITY: [(c, step, i) => TENSOR.at(c, holdersAt(c, step, i), i) / 100, null],
  GPU_MEMORY_BANDWIDTH_UTILIZATION: [(c, step, i) => DRAM.at(c, holdersAt(c, step, i), i) / 100, null],
};
const NODE_TYPES = new Set([
  ...Object.keys(CARD_TYPES).map((t) => `${t}_PER_GPU`),
  ...Object.entries(CARD_TYPES)
    .filter(([, [, whole]]) => whole)
    .map(([t]) => t),
  "CPU_USAGE_CORES",
  "CPU_UTILIZATION",
  "CPU_MEMORY_USAGE_BYTES",
  "CPU_MEMORY_UTILIZATION",
  "GPU_OOMKILL_BURST_COUNT_PER_GPU",
  "GPU_OOMKILL_IDLE_COUNT_PER_GPU",
  "GPU_OOMKILL_SWAP_OUT_OF_RAM_COUNT_PER_GPU",
]);

/** Mean or sum over the cards that are seen; null when none is. */
function overCards(cards: readonly Card[], step: number, value: CardValue, mean: boolean): SampleAt {
  return (i) => {
    let sum = 0;
    let n = 0;
    for (const card of cards)
      if (spanAt(card.spans, i)) {
        sum += value(card, step, i);
        n++;
      }
    return n === 0 ? null : mean ? sum / n : sum;
  };
}

/** `GET /nodes/{id}/metrics`. */
export function nodeMetrics(context: RunaiContext, call: Call, id: string): Reply {
  const node = findNode(context, id);
  const { step } = context.timeline;
  const cards = context.timeline.cardsOfNode.get(node.name) ?? [];
  const request = metricRequest(context, call, NODE_TYPES);
  const measurements = request.types.flatMap((type): Measurement[] => {
    const perGpu = CARD_TYPES[type.replace(/_PER_GPU$/, "")];
    if (type.endsWith("_PER_GPU"))
      return cards.map((card) => ({
        type,
        labels: { gpu: String(card.index) },
        key: `${id}/${card.index}/${type}`,
        at: (i) => (perGpu && spanAt(card.spans, i) ? perGpu[0](card, step, i) : null),
      }));
    const at = perGpu ? overCards(cards, step, perGpu[0], perGpu[1] === "mean") : () => null;
    return [{ type, labels: null, key: `${id}/${type}`, at }];
  });
  return metricsReply(context, call, request, measurements);
}

const ORG_TYPES = new Set([
  "GPU_QUOTA",
  "CPU_QUOTA_MILLICORES",
  "CPU_MEMORY_QUOTA_MB",
  "GPU_ALLOCATION",
  "CPU_ALLOCATION_MILLICORES",
  "CPU_MEMORY_ALLOCATION_MB",
  "GPU_MEMORY_UTILIZATION",
]);

function seenSpans(context: RunaiContext, clusterId: string): readonly Span[] {
  return context.timeline.seenOfCluster.get(clusterId) ?? [];
}

function orgMetrics(context: RunaiContext, call: Call, clusterId: string, projectIds: readonly string[]): Reply {
  const { timeline } = context;
  const request = metricRequest(context, call, ORG_TYPES);
  const pool = call.query.get("nodepoolName");
  const projects = projectIds.flatMap((id) => timeline.project.get(id) ?? []);
  const quota = projects.reduce(
    (sum, p) => sum + Object.entries(p.quota).reduce((s, [name, q]) => s + (!pool || name === pool ? q : 0), 0),
    0,
  );
  const mine = timeline.slots.filter(
    (s) => projectIds.includes(s.workload.projectId) && (!pool || s.workload.pool === pool),
  );
  const allocated = (i: number) => {
    const at = i * timeline.step;
    return mine.reduce((sum, s) => sum + (s.start <= at && at < s.end ? s.milli : 0), 0) / 1000;
  };
  const values: Readonly<Record<string, (i: number) => number>> = {
    GPU_QUOTA: () => quota,
    GPU_ALLOCATION: allocated,
    CPU_ALLOCATION_MILLICORES: (i) => allocated(i) * 8000,
    CPU_MEMORY_ALLOCATION_MB: (i) => allocated(i) * 98_304,
  };
  const seen = seenSpans(context, clusterId);
  return metricsReply(
    context,
    call,
    request,
    request.types.map((type) => ({
      type,
      labels: null,
      key: `${call.path}/${type}`,
      at: (i) => (spanAt(seen, i) ? (values[type]?.(i) ?? null) : null),
    })),
  );
}

export function projectMetrics(context: RunaiContext, call: Call, id: string): Reply {
  return orgMetrics(context, call, findProject(context, id).clusterId, [id]);
}

export function departmentMetrics(context: RunaiContext, call: Call, id: string): Reply {
  const department = findDepartment(context, id);
  return orgMetrics(
    context,
    call,
    department.clusterId,
    projectsOfDepartment(context, id).map((p) => p.id),
  );
}

const CLUSTER_TYPES = new Set([
  "GPU_UTILIZATION",
  "GPU_MEMORY_UTILIZATION",
  "CPU_UTILIZATION",
  "CPU_MEMORY_UTILIZATION",
  "TOTAL_GPU",
  "GPU_QUOTA",
  "ALLOCATED_GPU",
  "AVG_WORKLOAD_WAIT_TIME",
  "TOTAL_GPU_NODES",
  "GPU_UTILIZATION_DISTRIBUTION",
  "UNALLOCATED_GPU",
  "WORKLOADS_COUNT",
]);

/** Cards that the cluster counts: those of nodes it knows, down or not, without the lost ones. */
function countedCards(cards: readonly Card[], at: number): Card[] {
  return cards.filter(
    (c) => c.node.createdAt <= at && !c.node.lostCards.some((l) => l.index === c.index && l.start <= at && at < l.end),
  );
}

/** Cards that claims gave, which the scheduler does not count. */
function claimed(context: RunaiContext, card: Card, at: number): number {
  if (!context.switches.claims) return 0;
  const slots = card.slots.filter((s) => s.start <= at && at < s.end && hidesClaims(context, s.workload));
  return slots.reduce((sum, s) => sum + s.milli, 0) / 1000;
}

/** `GET /clusters/{uuid}/metrics` and `…/nodepools/{name}/metrics`. */
export function clusterMetrics(context: RunaiContext, call: Call, clusterId: string, pool?: string): Reply {
  const { timeline } = context;
  const isKnown = timeline.scenario.clusters.some((c) => c.id === clusterId);
  if (!isKnown || !isListed(context, clusterId)) throw notFound(clusterId);
  if (call.query.get("groupBy"))
    throw new RunaiError(422, "Validation failed - groupBy is not supported for this metric");
  const wanted = pool ?? call.query.get("nodepoolName");
  const { step } = timeline;
  const cards = timeline.cards.filter((c) => c.node.clusterId === clusterId && (!wanted || c.node.pool === wanted));
  const counted = (c: Card) => replicasOf(context, c.node.sharing);
  const total = (i: number) => countedCards(cards, i * step).reduce((sum, c) => sum + counted(c), 0);
  const held = (i: number) =>
    cards.reduce((sum, c) => sum + (allocation(c, step, i) - claimed(context, c, i * step)) * counted(c), 0);
  const values: Readonly<Record<string, SampleAt>> = {
    GPU_UTILIZATION: overCards(cards, step, utilisation, true),
    GPU_MEMORY_UTILIZATION: overCards(
      cards,
      step,
      (CARD_TYPES.GPU_MEMORY_UTILIZATION as (typeof CARD_TYPES)[string])[0],
      true,
    ),
    TOTAL_GPU: total,
    TOTAL_GPU_NODES: (i) => new Set(countedCards(cards, i * step).map((c) => c.node.id)).size,
    ALLOCATED_GPU: held,
    UNALLOCATED_GPU: (i) => countedCards(cards, i * step).filter((c) => !isDown(c.node, i * step)).length - held(i),
    GPU_QUOTA: () =>
      timeline.scenario.projects.reduce(
        (sum, p) => sum + Object.entries(p.quota).reduce((s, [name, q]) => s + (!wanted || name === wanted ? q : 0), 0),
        0,
      ),
  };
  const seen = seenSpans(context, clusterId);
  const request = metricRequest(context, call, CLUSTER_TYPES);
  return metricsReply(
    context,
    call,
    request,
    request.types.map((type) => ({
      type,
      labels: null,
      key: `${call.path}/${type}`,
      at: (i) => (spanAt(seen, i) ? (values[type]?.(i) ?? null) : null),
    })),
  );
}
