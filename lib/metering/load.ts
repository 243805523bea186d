import type { SQL } from "drizzle-orm";
import { type Db, type Reader, sql } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { inList } from "@/db/in-list.ts";
import { inKeys, inTexts } from "@/db/keys.ts";
import { chunks, nodeStates, nodes, phases, pods, series, workloads } from "@/db/schema/index.ts";
import { workloadEnd } from "@/db/schema/inventory.ts";
import { isBackground } from "@/lib/sources/source.ts";
import { CHUNK_SECONDS, decodeChunk } from "@/lib/sync/samples/chunk.ts";
import { WIDEST_STEP } from "@/lib/sync/samples/sample-store.ts";
import { floorTo, type Instant, type Interval, subtract, union } from "@/lib/time.ts";
import { cardLivesOfNodes } from "./card-life-store.ts";
import { cardOf } from "./card-of.ts";
import { withCardLives } from "./divided-node.ts";
import type { WorkloadInput } from "./held/workload-input.ts";
import type { NodeInput, NodeState } from "./node-capacity.ts";
import type { MeterInput } from "./records.ts";
import { everCountsParts, withCards } from "./shared/replicas.ts";
import { nameNodes } from "./signals/card-place-store.ts";
import { joinSteps, type Steps } from "./timeline.ts";
import type { MeterRules } from "./types.ts";

/** Metrics that metering reads; the other stored ones are evidence for pages and findings. */
const METERED = [
  "gpu_utilisation_percent",
  "gpu_memory_used_mib",
  "sm_active_percent",
  "dram_active_percent",
  "gpu_allocation",
  "gpu_memory_request_mib",
  "cpu_cores",
  "cpu_request_cores",
  "cpu_limit_cores",
  "cpu_memory_mib",
  "cpu_memory_request_mib",
  "cpu_memory_limit_mib",
  "total_gpu",
  "allocated_gpu",
  "claimed_gpu",
];

export interface MeterPart {
  /** Only these workloads, and the samples of them and their pods: not what capacity needs. */
  readonly workloadKeys?: readonly number[];
  /** Other metrics than metering reads. */
  readonly metrics?: readonly string[];
  /** The nodes of the cluster, where they are loaded already (loadInventory). */
  readonly nodes?: readonly NodeInput[];
}

/** The nodes of a cluster without what samples show of them: what placing workloads needs. */
export const loadInventory = (db: Db, clusterId: string): Promise<NodeInput[]> =>
  loadNodes(db, clusterId, { cardsSeen: new Map(), freeCardsSeen: new Map() });

/**
 * Facts and samples of a cluster for a range and its margin: the input of `meter`.
 * @param part for readers other than metering.
 */
export async function loadMeterInput(
  db: Db,
  clusterId: string,
  range: Interval,
  marginSeconds: number,
  horizon: Instant,
  rules: MeterRules,
  part: MeterPart = {},
): Promise<Omit<MeterInput, "wantFleet">> {
  const loaded = {
    start: range.start - marginSeconds,
    end: Math.min(range.end + marginSeconds, Math.max(horizon, range.end)),
  };
  const facts = await loadWorkloads(db, clusterId, loaded, part.workloadKeys);
  const subjects = part.workloadKeys && facts.flatMap((w) => [w.id, ...w.pods.map((p) => p.id)]);
  const samples = await loadSamples(
    db,
    clusterId,
    loaded,
    rules,
    part.metrics ?? METERED,
    subjects && {
      ...{ subjects, nodes: [...new Set(facts.flatMap((w) => w.pods.map((p) => p.node)))] },
    },
  );
  return {
    clusterId,
    range,
    loaded,
    rules,
    nodes: part.nodes ?? (await loadNodes(db, clusterId, samples)),
    totalGpu: samples.ofCluster.get("total_gpu"),
    allocatedGpu: samples.ofCluster.get("allocated_gpu"),
    sight: samples.sight,
    workloads: facts.map((w) => ({ ...w, signals: samples.workloads.get(w.id) ?? new Map() })),
    podSignals: samples.pods,
    cardSignals: samples.cards,
    unnamedSignals: samples.unnamed,
  };
}

/** A card that only pods name, and by its index, is of a series that never shows free cards: it cannot fall silent. */
const UUID = /^GPU-/;

const STATE = columnsOf(nodeStates, {
  node: "node",
  start: "fromAt",
  end: "untilAt",
  ready: "ready",
  nodePool: "nodePool",
  gpuModel: "gpuModel",
  gpuCount: "gpuCount",
  cards: "cards",
});

async function loadNodes(
  db: Db,
  clusterId: string,
  { cardsSeen, freeCardsSeen }: Pick<Awaited<ReturnType<typeof loadSamples>>, "cardsSeen" | "freeCardsSeen">,
): Promise<NodeInput[]> {
  const rows = await db.all(
    sql`select ${columnsOf(nodes)} from ${nodes} where cluster_id = ${clusterId} order by name`,
  );
  const states = await db.all(
    sql`select ${STATE} from ${nodeStates} where cluster_id = ${clusterId} order by node, from_at`,
  );
  const firstPods = await firstPodOfNodes(db, clusterId);
  const known = await cardsOfNodes(
    db,
    clusterId,
    rows.map((r) => r.name),
  );
  const byNode = Map.groupBy(states, (s) => s.node);
  // What the inventory counts as no card, and the exporter shows as some, has those: cards that are divided.
  const countless = rows.filter(
    (r) =>
      everCountsParts(r, byNode.get(r.name)) || (r.gpuCount === 0 && !byNode.get(r.name)?.some((s) => s.gpuCount > 0)),
  );
  const lives = await cardLivesOfNodes(
    db,
    clusterId,
    countless.map((r) => r.name),
  );
  return rows.map((row): NodeInput => {
    const seen = cardsSeen.get(row.name) ?? new Map<string, Interval[]>();
    const cards = known.get(row.name) ?? new Set<string>();
    const free = freeCardsSeen.get(row.name) ?? new Map<string, Interval[]>();
    const looks = byNode.get(row.name) ?? [];
    // Before the first look that names a model, it was that one.
    const firstModel = looks.find((s) => s.gpuModel)?.gpuModel ?? row.gpuModel;
    const ownStates = looks.map(
      (s): NodeState => ({
        ...s,
        gpuModel: s.gpuModel || firstModel,
        ready: s.ready === null ? null : s.ready === 1,
      }),
    );
    const node: NodeInput = {
      name: row.name,
      nodePool: row.nodePool,
      gpuModel: row.gpuModel,
      gpuCount: row.gpuCount,
      // A node that was created again under its name was there before: since it was first seen, or its first pod ran.
      since: Math.min(row.createdAt ?? row.firstSeenAt, row.firstSeenAt, firstPods.get(row.name) ?? row.firstSeenAt),
      removedAt: row.removedAt,
      states: ownStates,
      cardsSeen: seen,
      freeCardsSeen: free,
      cardsKnown: new Set([...[...seen.keys()].filter((card) => free.has(card) || UUID.test(card)), ...cards]).size,
    };
    const own = lives.get(row.name) ?? [];
    return everCountsParts(row, looks) ? withCards(node, own) : withCardLives(node, own);
  });
}

/** The cards that were ever seen free on nodes, by node. */
async function cardsOfNodes(db: Db, clusterId: string, names: readonly string[]): Promise<Map<string, Set<string>>> {
  const rows = await db.all(sql`select ${columnsOf(series, ["subjectId", "gpu"])} from ${series}
    where ${inTexts(db.dialect, "subject_id", names)} and metric = 'gpu_utilisation_percent' and subject_kind = 'card'
    and cluster_id = ${clusterId}`);
  const byNode = Map.groupBy(rows, (r) => r.subjectId);
  return new Map([...byNode].map(([node, list]) => [node, new Set(list.map((r) => cardOf(r.gpu)))]));
}

/** The start of the first pod on each node. */
export const firstPodsSql = (
  clusterId: string,
): SQL => sql`select n.name as node, (select min(p.started_at) from ${pods} p
  where p.cluster_id = n.cluster_id and p.node = n.name) as "at" from ${nodes} n where n.cluster_id = ${clusterId}`;

async function firstPodOfNodes(db: Reader, clusterId: string): Promise<Map<string, Instant>> {
  const rows = await db.all<{ node: string; at: number | null }>(firstPodsSql(clusterId));
  return new Map(rows.flatMap((r) => (r.at === null ? [] : [[r.node, r.at]])));
}

const POD = columnsOf(pods, [
  "id",
  "workloadKey",
  "node",
  "nodePool",
  "createdAt",
  "startedAt",
  "boundAt",
  "endedAt",
  "gpuMilli",
  "gpuResources",
  "gpuMemoryRequestMib",
]);

async function loadWorkloads(
  db: Db,
  clusterId: string,
  loaded: Interval,
  only: readonly number[] | undefined,
): Promise<Omit<WorkloadInput, "signals">[]> {
  type Row = Omit<WorkloadInput, "pods" | "phases" | "signals" | "isBackground"> & { readonly priorityClass: string };
  const late = only ? [] : await outlived(db, clusterId, loaded);
  const outliving = late.length > 0 ? sql`or ${inKeys(db.dialect, "w.key", late)}` : sql``;
  // The person who names workloads chose them: one that held nothing in the range comes to nothing.
  const chosen = only
    ? inKeys(db.dialect, "w.key", only)
    : sql`((w.cluster_id = ${clusterId} and w.created_at < ${loaded.end} and ${workloadEnd("w.")} > ${loaded.start}) ${outliving})`;
  const rows =
    await db.all<Row>(sql`select w.key, w.id, w.project_key as "projectKey", w.category, w.priority_class as "priorityClass", w.phase, w.node_pool as "nodePool",
    w.created_at as "createdAt", w.phase_updated_at as "phaseUpdatedAt", coalesce(w.completed_at, w.deleted_at) as "endedAt",
    w.running_seconds as "runningSeconds", w.gpu_request_milli as "gpuRequestMilli", w.gpu_request_per_pod_milli as "gpuRequestPerPodMilli",
    w.gpu_memory_request_mib as "gpuMemoryRequestMib", w.gpu_resources as "gpuResources", w.cpu_request_milli as "cpuRequestMilli", w.cpu_limit_milli as "cpuLimitMilli",
    w.cpu_memory_request_mib as "cpuMemoryRequestMib", w.cpu_memory_limit_mib as "cpuMemoryLimitMib"
    from ${workloads} w where ${chosen}`);
  // Sorted here: the database would walk all workloads by id to avoid the sort.
  rows.sort((a, b) => (a.id < b.id ? -1 : 1));
  // By key: finding what existed in a range walks everything that ended after it; once is enough.
  const keys = rows.map((r) => r.key);
  const podRows = await db.all(sql`select ${POD} from ${pods}
    where ${inKeys(db.dialect, "workload_key", keys)} order by started_at, id`);
  const phaseRows = await db.all(sql`select ${columnsOf(phases)} from ${phases}
    where ${inKeys(db.dialect, "workload_key", keys)} order by workload_key, at`);
  const podsOf = Map.groupBy(podRows, (p) => p.workloadKey);
  const phasesOf = Map.groupBy(phaseRows, (p) => p.workloadKey);
  return rows.map(({ priorityClass, ...row }) => ({
    ...row,
    isBackground: isBackground(priorityClass),
    pods: podsOf.get(row.key) ?? [],
    phases: phasesOf.get(row.key) ?? [],
  }));
}

/** Workloads that ended before the range and have a pod that did not. */
async function outlived(db: Reader, clusterId: string, loaded: Interval): Promise<number[]> {
  const rows = await db.all<{ key: number }>(sql`select distinct p.workload_key as key from ${pods} p
    join ${workloads} w on w.key = p.workload_key where p.cluster_id = ${clusterId} and p.ended_at > ${loaded.start}
    and (p.started_at is null or p.started_at < ${loaded.end}) and p.created_at < ${loaded.end} and ${workloadEnd("w.")} <= ${loaded.start}`);
  return rows.map((r) => r.key);
}

const startsOf = (first: Instant, end: Instant): number[] =>
  Array.from({ length: Math.ceil((end - first) / CHUNK_SECONDS) }, (_, i) => first + i * CHUNK_SECONDS);

async function loadSamples(
  db: Db,
  clusterId: string,
  loaded: Interval,
  rules: MeterRules,
  metrics: readonly string[],
  only: { readonly subjects: readonly string[]; readonly nodes: readonly string[] } | undefined,
) {
  // The last sample before the range may hold into it.
  const first = floorTo(loaded.start - Math.ceil(rules.holdSteps * WIDEST_STEP), CHUNK_SECONDS);
  const spans = only ? sql`in ${inList(startsOf(first, loaded.end))}` : sql`>= ${first} and c.start_at < ${loaded.end}`;
  // Of some subjects, their series first: the database would walk every chunk of the time for each question.
  const tables = only ? sql`${series} s cross join ${chunks} c` : sql`${chunks} c cross join ${series} s`;
  const read = (which: SQL) =>
    db.all(sql`select ${columnsOf(series, ["subjectKind", "subjectId", "gpu", "metric", "node"], "s")},
    ${columnsOf(chunks, ["seriesKey", "startAt", "stepSeconds", "bytes"], "c")} from ${tables}
    where s.key = c.series_key and c.start_at ${spans} ${which} and s.cluster_id = ${clusterId} and s.metric in ${inList(metrics)}`);
  const rows = await read(only ? sql`and ${inTexts(db.dialect, "s.subject_id", only.subjects)}` : sql``);
  // What their cards showed while the exporter could not say who holds them.
  const gpus = only ? [...new Set(rows.flatMap((r) => (r.subjectKind === "gpu" ? [r.gpu] : [])))] : [];
  if (only && gpus.length)
    rows.push(
      ...(await read(sql`and s.subject_kind = 'card' and ${inTexts(db.dialect, "s.subject_id", only.nodes)}
        and ${inTexts(db.dialect, "s.gpu", gpus)}`)),
    );
  // Sorted here: the database would move all bytes to sort them.
  rows.sort((a, b) => a.seriesKey - b.seriesKey || a.startAt - b.startAt);
  await nameNodes(db, clusterId, rows);
  const cards = new Map<string, Map<string, Map<string, Steps>>>();
  const podsMap = new Map<string, Map<string, Steps>>();
  const workloadsMap = new Map<string, Map<string, Steps>>();
  const seen = new Map<string, Map<string, Interval[]>>();
  const free = new Map<string, Map<string, Interval[]>>();
  const held = new Map<string, Map<string, Interval[]>>();
  const unnamed = new Map<string, Map<string, Map<string, Steps>>>();
  const ofCluster = new Map<string, Steps>();
  for (let from = 0; from < rows.length; ) {
    const row = rows[from] as (typeof rows)[number];
    let to = from + 1;
    while (to < rows.length && rows[to]?.seriesKey === row.seriesKey) to++;
    const steps = joinChunks(rows.slice(from, to), loaded, rules);
    from = to;
    if (!steps.at.length) continue;
    if (row.subjectKind === "cluster") ofCluster.set(row.metric, steps);
    else if (row.subjectKind === "workload") mapIn(workloadsMap, row.subjectId).set(row.metric, steps);
    else if (row.subjectKind === "pod") mapIn(podsMap, row.subjectId).set(row.metric, steps);
    else if (row.subjectKind === "gpu") mapIn(mapIn(cards, row.subjectId), row.gpu).set(row.metric, steps);
    else if (row.subjectKind === "card") {
      const ofCard = mapIn(mapIn(unnamed, row.subjectId), row.gpu);
      const had = ofCard.get(row.metric);
      ofCard.set(row.metric, had ? joinSteps(had, steps) : steps);
    }
    if (
      row.node &&
      row.metric === "gpu_utilisation_percent" &&
      (row.subjectKind === "gpu" || row.subjectKind === "card")
    ) {
      const card = cardOf(row.gpu);
      for (const map of [seen, row.subjectKind === "card" ? free : held]) {
        const ofNode = mapIn(map, row.node);
        ofNode.set(card, union([...(ofNode.get(card) ?? []), ...spansOf(steps)]));
      }
    }
  }
  for (const [node, cards] of free)
    for (const [card, spans] of cards) {
      const parts = held.get(node)?.get(card);
      if (parts)
        cards.set(
          card,
          spans.flatMap((span) => subtract(span, parts)),
        );
    }
  const totalGpu = ofCluster.get("total_gpu");
  const sight = {
    cards: union([...seen.values()].flatMap((m) => [...m.values()].flat())),
    totals: totalGpu ? spansOf(totalGpu) : [],
  };
  return {
    cards,
    unnamed,
    pods: podsMap,
    workloads: workloadsMap,
    cardsSeen: seen,
    freeCardsSeen: free,
    ofCluster,
    sight,
  };
}

function joinChunks(
  rows: readonly Pick<typeof chunks.$inferSelect, "bytes" | "stepSeconds">[],
  loaded: Interval,
  rules: MeterRules,
): Steps {
  const parts = rows.map((row) => {
    const hold = Math.floor(row.stepSeconds * rules.holdSteps);
    return { samples: decodeChunk(row.bytes, loaded.start - hold + 1, loaded.end), hold };
  });
  const count = parts.reduce((sum, { samples }) => sum + samples.at.length, 0);
  const [at, until, value] = [new Array<number>(count), new Array<number>(count), new Array<number>(count)];
  let n = 0;
  for (const { samples, hold } of parts)
    for (let i = 0; i < samples.at.length; i++, n++) {
      const t = samples.at[i] as number;
      if (n > 0 && (until[n - 1] as number) > t) until[n - 1] = t;
      at[n] = t;
      until[n] = t + hold;
      value[n] = samples.value[i] as number;
    }
  return { at, until, value };
}

function spansOf(steps: Steps): Interval[] {
  const out: { start: number; end: number }[] = [];
  steps.at.forEach((start, i) => {
    const last = out.at(-1);
    const end = steps.until[i] as number;
    if (last && last.end >= start) last.end = end;
    else out.push({ start, end });
  });
  return out;
}

function mapIn<K, V>(outer: Map<string, Map<K, V>>, key: string): Map<K, V> {
  let inner = outer.get(key);
  if (!inner) {
    inner = new Map();
    outer.set(key, inner);
  }
  return inner;
}
