import { type Db, sql } from "@/db/client.ts";
import { inKeys } from "@/db/keys.ts";
import { charges, hardware, nodes, podRestarts, pods, workloads } from "@/db/schema/index.ts";
import type { WorkloadFacts } from "@/lib/insights/cells/view.ts";
import type { Instant, Interval } from "@/lib/time.ts";
import { containerRuns } from "./container-runs.ts";
import type { ExceptionRow } from "./tracked-store.ts";

export interface LoadedFacts extends WorkloadFacts {
  readonly clusterId: string;
  readonly projectKey: number;
}

/** What rules may know beside the samples and facts of one workload, the same for all workloads of a cluster. */
export interface LedgerKnowledge {
  /** Whole cards of each node, by name. */
  readonly nodeGpus: Readonly<Record<string, number>>;
  readonly offers: WorkloadFacts["offers"];
  readonly hourOf: (at: Instant) => number;
  /** Patterns of known images; empty: there is no list. */
  readonly knownImages: readonly string[];
}

/** Facts that are not columns of the workload. */
type Facts = "images" | "runs" | "podNames" | "podsCreated" | "nodeGpus" | "offers" | "imagesKnown" | "hourOf";

type Row = Omit<LoadedFacts, Facts> & {
  readonly images: string;
};

interface PodRow extends Interval {
  readonly workloadKey: number;
  readonly id: string;
  readonly name: string;
  readonly createdAt: Instant;
  readonly startedAt: Instant | null;
}

/** Facts of workloads that rules read, by key. */
export async function loadFacts(
  db: Db,
  clusterId: string,
  keys: readonly number[],
  knowledge: LedgerKnowledge,
): Promise<Map<number, LoadedFacts>> {
  const rows = await db.all<Row>(sql`select w.key as "key", w.id as "id", w.name as "name", w.category as "category",
    w.type as "type", w.submitted_by as "user", w.images as "images", w.created_at as "createdAt",
    (select min(p.started_at) from ${pods} p where p.workload_key = w.key and p.started_at > 0) as "startedAt",
    w.cpu_request_milli as "cpuRequestMilli", w.cpu_memory_request_mib as "cpuMemoryRequestMib",
    w.cluster_id as "clusterId", w.project_key as "projectKey"
    from ${workloads} w where ${inKeys(db.dialect, "w.key", keys)}`);
  const [ran, restarts] = await Promise.all([
    // A pod whose containers no source reports the start of ran from when it was bound, if a counter saw them restart.
    db.all<PodRow>(sql`select workload_key as "workloadKey", id as "id", name as "name", created_at as "createdAt",
      coalesce(started_at, bound_at, created_at) as "start", ended_at as "end", started_at as "startedAt" from ${pods}
      where ${inKeys(db.dialect, "workload_key", keys)} order by "start", id`),
    db.all<{ pod: string; at: Instant }>(sql`select pod_id as "pod", at as "at" from ${podRestarts}
      where ${inKeys(db.dialect, "workload_key", keys)} and cluster_id = ${clusterId}`),
  ]);
  const restartsOf = Map.groupBy(restarts, (r) => r.pod);
  const podsOf = Map.groupBy(ran, (p) => p.workloadKey);
  const runs = ran.flatMap(({ workloadKey, id, start, end, startedAt }) => {
    const own = (restartsOf.get(id) ?? []).map((r) => r.at);
    const hasRun = startedAt !== null || own.length > 0;
    return hasRun ? containerRuns({ start, end }, own).map((run) => ({ ...run, workloadKey })) : [];
  });
  const runsOf = Map.groupBy(runs, (p) => p.workloadKey);
  return new Map(
    rows.map((row) => {
      const images = textsOf(row.images);
      const { knownImages, ...same } = knowledge;
      const known = imagesKnown(images, knownImages);
      const own = podsOf.get(row.key) ?? [];
      const podNames = Object.fromEntries(own.map((p) => [p.id, p.name]));
      const podsCreated = Object.fromEntries(own.map((p) => [p.id, p.createdAt]));
      const runs = runsOf.get(row.key) ?? [];
      return [row.key, { ...row, ...same, images, imagesKnown: known, podNames, podsCreated, runs }];
    }),
  );
}

/** The newest standard price of each GPU model in the ledger, for a GPU-hour. */
export function loadOffers(db: Db): Promise<{ model: string; hourNanos: number }[]> {
  return db.all(sql`select h.gpu_model as "model", max(c.unit_price_nanos) as "hourNanos" from ${charges} c
    join ${hardware} h on h.key = c.hardware_key
    where c.sku = 'gpu' and h.gpu_model <> '' and c.day = (select max(day) from ${charges} where sku = 'gpu')
    group by h.gpu_model order by h.gpu_model`);
}

/** Whole cards of each node of a cluster, by name. */
export async function loadNodeGpus(db: Db, clusterId: string): Promise<Record<string, number>> {
  const rows = await db.all<{ name: string; gpuCount: number }>(
    sql`select name as "name", gpu_count as "gpuCount" from ${nodes} where cluster_id = ${clusterId}`,
  );
  return Object.fromEntries(rows.map((n) => [n.name, n.gpuCount]));
}

/** Texts of a JSON list; what is no text is left out. */
export function textsOf(json: string): string[] {
  const value: unknown = JSON.parse(json || "[]");
  return Array.isArray(value) ? value.filter((v): v is string => typeof v === "string") : [];
}

const matchesAny = (text: string, patterns: readonly string[]): boolean => patterns.some((p) => matches(text, p));

/** `*` stands for any run of characters; letters' case does not matter. */
export function matches(text: string, pattern: string): boolean {
  const parts = pattern.split("*").map((p) => p.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "i").test(text);
}

/** Whether all images of a workload are known; null: there is no list, or no image is. */
export const imagesKnown = (images: readonly string[], known: readonly string[]): boolean | null =>
  known.length && images.length ? images.every((i) => matchesAny(i, known)) : null;

/** Whether an exception is about a rule and a workload. */
export function exceptionConcerns(
  e: ExceptionRow,
  rule: string,
  facts: Pick<LoadedFacts, "id" | "name" | "user" | "images" | "projectKey">,
): boolean {
  if (e.rule !== "" && e.rule !== rule) return false;
  if (e.kind === "user") return matches(facts.user, e.pattern);
  if (e.kind === "image") return facts.images.some((i) => matches(i, e.pattern));
  if (e.kind === "project") return String(facts.projectKey) === e.pattern;
  return e.kind === "workload" && (matches(facts.name, e.pattern) || facts.id === e.pattern);
}
