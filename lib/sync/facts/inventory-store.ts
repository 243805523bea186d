import { getTableColumns, type SQL } from "drizzle-orm";
import { type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf, selecting } from "@/db/columns-of.ts";
import { inList } from "@/db/in-list.ts";
import { clusters, departments, nodePools, pods, projects, workloads } from "@/db/schema/index.ts";
import { workloadEnd } from "@/db/schema/inventory.ts";
import type { ClusterFact, DepartmentFact, NodePoolFact, ProjectFact, WorkloadFact } from "@/lib/sources/source.ts";
import { type Instant, type Interval, union } from "@/lib/time.ts";
import { type Former, keepFormer, type ProjectFacts, type WorkloadFacts } from "./former-facts-store.ts";
import { OPEN_END } from "./running-episodes.ts";

/** Stores clusters as a source lists them; from now on that source owns them. */
export async function saveClusters(
  tx: Tx,
  ofSource: string,
  facts: readonly ClusterFact[],
  now: Instant,
): Promise<void> {
  const rows = facts.map((f) => ({ ...f, source: ofSource, firstSeenAt: now, lastSeenAt: now, missingAt: null }));
  const { source, name, version, state, lastLivenessAt, createdAt, deletedAt, lastSeenAt, missingAt } = clusters;
  await tx.insert(clusters, rows, {
    target: [clusters.id],
    update: [source, name, version, state, lastLivenessAt, createdAt, deletedAt, lastSeenAt, missingAt],
  });
}

export async function saveNodePools(tx: Tx, facts: readonly NodePoolFact[], now: Instant): Promise<void> {
  const rows = facts.map(({ clusterId, id, name }) => ({ clusterId, name, poolId: id, lastSeenAt: now }));
  await tx.insert(nodePools, rows, { target: [nodePools.clusterId, nodePools.name], update: "all" });
}

export async function saveDepartments(tx: Tx, facts: readonly DepartmentFact[], now: Instant): Promise<void> {
  await tx.insert(
    departments,
    facts.map((f) => ({ ...f, lastSeenAt: now })),
    { target: [departments.clusterId, departments.id], update: "all" },
  );
}

/**
 * Stores projects as they are now. What changed of one – name, department, namespace or quota – keeps its former value
 * for the time before; a project that is new to a known ledger had no quota before. A value that was unknown before
 * counts from the beginning of the project. Skips a project that a later sync has already updated.
 * @param isOwn false for clusters of other sources, whose projects stay as they are.
 * @param isWhole false for a list that may lack projects: then the quota of one that it does not name stays.
 * @returns from when on charges change; null if none do.
 */
export async function saveProjects(
  tx: Tx,
  facts: readonly ProjectFact[],
  departmentNames: ReadonlyMap<string, string>,
  now: Instant,
  isOwn: (clusterId: string) => boolean = () => true,
  isWhole = true,
): Promise<Instant | null> {
  const before = new Map([...(await knownProjects(tx))].filter(([, p]) => isOwn(p.clusterId)));
  const [changed, created] = [[] as Former<ProjectFacts>[], new Map<string, ProjectFacts>()];
  let since: Instant | null = null;
  const rows = [...new Map(facts.map((f) => [`${f.clusterId}/${f.id}`, f]))].flatMap(([id, f]) => {
    const old = before.get(id);
    if (old && old.lastSeenAt > now) return [];
    const sameDepartment = old?.departmentId === f.departmentId ? old.department : "";
    const reported: ProjectFacts = {
      name: f.name,
      department: departmentNames.get(`${f.clusterId}/${f.departmentId}`) ?? sameDepartment,
      namespace: f.namespace ?? "",
      quota: quotaText(f.quotaMilli),
    };
    if (old) {
      const was = {
        ...factsOf(old),
        department: old.department || reported.department,
        namespace: old.namespace || reported.namespace,
      };
      if (!sameFacts(was, reported)) changed.push({ key: old.key, untilAt: now, facts: was });
      if (!sameFacts(was, old)) since = 0;
    } else if (before.size > 0 && reported.quota !== NO_QUOTA) created.set(id, reported);
    const { department: departmentName, ...rest } = reported;
    return [
      { ...rest, clusterId: f.clusterId, id: f.id, departmentId: f.departmentId, departmentName, lastSeenAt: now },
    ];
  });
  await tx.insert(projects, rows, { target: [projects.clusterId, projects.id], update: "all" });
  if (isWhole) changed.push(...(await endQuotas(tx, before, facts, now)));
  const keys = created.size > 0 ? await projectKeys(tx) : new Map<string, number>();
  const uncreated = [...created].map(([id, reported]) => {
    return { key: keys.get(id) as number, untilAt: now, facts: { ...reported, quota: NO_QUOTA } };
  });
  await keepFormer(tx, "project", [...changed, ...uncreated]);
  return since ?? (changed.length + uncreated.length > 0 ? now : null);
}

/**
 * Ends the quota of projects that are no longer listed. An empty list ends none, because it may be a failure of the
 * source.
 * @returns the former facts of these projects.
 */
async function endQuotas(
  tx: Tx,
  before: ReadonlyMap<string, KnownProject>,
  facts: readonly ProjectFact[],
  now: Instant,
): Promise<Former<ProjectFacts>[]> {
  if (facts.length === 0) return [];
  const named = new Set(facts.map((f) => `${f.clusterId}/${f.id}`));
  const gone = [...before].flatMap(([id, p]) =>
    named.has(id) || p.quota === NO_QUOTA || p.lastSeenAt > now ? [] : [p],
  );
  for (const { key } of gone) await tx.run(sql`update ${projects} set quota = ${NO_QUOTA} where key = ${key}`);
  return gone.map((p) => ({ key: p.key, untilAt: now, facts: factsOf(p) }));
}

const NO_QUOTA = "{}";
/** Ordered by pool, because a source lists pools in any order. */
const quotaText = (quota: Readonly<Record<string, number>>): string =>
  JSON.stringify(Object.fromEntries(Object.entries(quota).sort(([a], [b]) => (a < b ? -1 : 1))));

interface KnownProject extends ProjectFacts {
  readonly lastSeenAt: Instant;
  readonly key: number;
  readonly clusterId: string;
  readonly id: string;
  readonly departmentId: string;
}

const factsOf = ({ name, department, namespace, quota }: ProjectFacts): ProjectFacts => ({
  ...{ name, department, namespace },
  quota: quotaText(JSON.parse(quota) as Record<string, number>),
});
const sameFacts = (a: ProjectFacts, b: ProjectFacts): boolean =>
  JSON.stringify(factsOf(a)) === JSON.stringify(factsOf(b));

async function knownProjects(tx: Reader): Promise<Map<string, KnownProject>> {
  const rows = await tx.all<KnownProject>(sql`select key, cluster_id as "clusterId", id, name, namespace, quota,
    department_id as "departmentId", department_name as department, last_seen_at as "lastSeenAt" from ${projects}`);
  return new Map(rows.map((r) => [`${r.clusterId}/${r.id}`, r]));
}

/** By cluster, the half-open intervals to meter again, because what pods held in them changed, or their workload. */
export type Changes = Map<string, Interval[]>;

/** Adds intervals of a cluster. */
export function addChanges(changes: Changes, clusterId: string, spans: readonly Interval[]): void {
  if (spans.length) changes.set(clusterId, union([...(changes.get(clusterId) ?? []), ...spans]));
}

/** What storing a page of workloads changed. */
export interface WorkloadChanges {
  /** The lifetimes of workloads whose project or category changed: to meter again. */
  readonly spans: Changes;
  /** From when on charges change; null if none do. */
  readonly since: Instant | null;
}

/**
 * Stores a page of workloads, and projects that only workloads name. Skips a workload that a later sync has already
 * updated. A changed value counts from the beginning of the workload; only whether it can be pre-empted may change
 * while it runs, and keeps its former value for the time before.
 */
export async function saveWorkloads(tx: Tx, listed: readonly WorkloadFact[], now: Instant): Promise<WorkloadChanges> {
  const spans: Changes = new Map();
  const former: Former<WorkloadFacts>[] = [];
  let since: Instant | null = null;
  const before = await knownWorkloads(tx, listed);
  const facts = listed.filter((f) => !((before.get(`${f.clusterId}/${f.id}`)?.lastSeenAt ?? 0) > now));
  await saveNamedProjects(tx, facts, now);
  const keys = await projectKeys(tx);
  const withOpenPods = await keysWithOpenPods(tx, facts, before);
  const rows = facts.map((f) => {
    const {
      projectId,
      projectName: _name,
      departmentId: _id,
      departmentName: _department,
      images,
      preemptible,
      ...rest
    } = f;
    const projectKey = keys.get(`${f.clusterId}/${projectId}`) ?? 0;
    const old = before.get(`${f.clusterId}/${f.id}`);
    const reported = preemptible === null ? (old?.preemptible ?? null) : Number(preemptible);
    // A value that a list no longer reports stays.
    const [namespace, submittedBy] = [f.namespace || (old?.namespace ?? ""), f.submittedBy || (old?.submittedBy ?? "")];
    if (old) {
      const created = Math.min(old.createdAt, f.createdAt);
      // Its end is that of its pods without one.
      const endedAt = f.completedAt ?? f.deletedAt ?? OPEN_END;
      if (withOpenPods.has(old.key)) addChanges(spans, f.clusterId, [between(old.endedAt, endedAt)]);
      if (old.projectKey !== projectKey || old.category !== f.category)
        addChanges(spans, f.clusterId, [{ start: created, end: old.endedAt }]);
      const turned = old.preemptible !== null && old.preemptible !== reported;
      if (turned) former.push({ key: old.key, untilAt: now, facts: { preemptible: old.preemptible } });
      const learned =
        old.namespace !== namespace ||
        old.submittedBy !== submittedBy ||
        old.projectKey !== projectKey ||
        (!turned && old.preemptible !== reported);
      if (learned || turned) since = Math.min(since ?? now, learned ? created : now);
    }
    return {
      ...rest,
      ...{ namespace, submittedBy },
      projectKey,
      preemptible: reported,
      gpuResources: f.gpuResources ?? "",
      images: JSON.stringify(images),
      phasesReadAt: null,
      firstSeenAt: now,
      lastSeenAt: now,
    };
  });
  const {
    key: _key,
    clusterId,
    id,
    phasesReadAt: _read,
    // Another source may report them (label-store.ts).
    labels: _labels,
    labelHistory: _history,
    firstSeenAt: _first,
    ...overwritten
  } = getTableColumns(workloads);
  await keepFormer(tx, "workload", former);
  await tx.insert(workloads, rows, { target: [clusterId, id], update: Object.values(overwritten) });
  return { spans, since };
}

/** Stores projects that only workloads name. */
async function saveNamedProjects(tx: Tx, facts: readonly WorkloadFact[], now: Instant): Promise<void> {
  const ofProjects = new Map(facts.map((f) => [`${f.clusterId}/${f.projectId}`, f]));
  const rows = [...ofProjects.values()].map((f) => ({
    clusterId: f.clusterId,
    id: f.projectId,
    name: f.projectName,
    departmentId: f.departmentId,
    departmentName: f.departmentName,
    namespace: f.namespace,
    quota: "{}",
    lastSeenAt: now,
  }));
  await tx.insert(projects, rows, { target: [projects.clusterId, projects.id], update: [] });
}

const between = (a: Instant, b: Instant): Interval => ({ start: Math.min(a, b), end: Math.max(a, b) });

/** Workloads of a page whose end changed while they have pods without an end. */
async function keysWithOpenPods(
  tx: Reader,
  facts: readonly WorkloadFact[],
  before: ReadonlyMap<string, { readonly key: number; readonly endedAt: Instant }>,
): Promise<ReadonlySet<number>> {
  const keys = facts.flatMap((f) => {
    const old = before.get(`${f.clusterId}/${f.id}`);
    return old && old.endedAt !== (f.completedAt ?? f.deletedAt ?? OPEN_END) ? [old.key] : [];
  });
  if (!keys.length) return new Set();
  const rows = await tx.all<{ key: number }>(sql`select distinct workload_key as key from ${pods}
    where workload_key in ${inList(keys)} and ended_at = ${OPEN_END}`);
  return new Set(rows.map((r) => r.key));
}

const KNOWN = columnsOf(workloads, [
  "key",
  "clusterId",
  "id",
  "projectKey",
  "category",
  "namespace",
  "submittedBy",
  "preemptible",
  "createdAt",
  "lastSeenAt",
]);

/** The stored workloads of a page, by cluster and id. */
async function knownWorkloads(tx: Reader, facts: readonly WorkloadFact[]) {
  if (!facts.length) return new Map<string, never>();
  const end = selecting<{ endedAt: Instant }>(sql`${workloadEnd()} as "endedAt"`);
  const rows = await tx.all(sql`select ${KNOWN}, ${end} from ${workloads} where ${named(facts, (f) => f.id)}`);
  return new Map(rows.map((r) => [`${r.clusterId}/${r.id}`, r]));
}

async function projectKeys(tx: Reader): Promise<Map<string, number>> {
  const rows = await tx.all(sql`select ${columnsOf(projects, ["key", "clusterId", "id"])} from ${projects}`);
  return new Map(rows.map((r) => [`${r.clusterId}/${r.id}`, r.key]));
}

/**
 * `cluster_id in (…) and id in (…)`: with the clusters, because indexes begin with them. May match more rows than the
 * facts name.
 */
export function named<T extends { readonly clusterId: string }>(facts: readonly T[], idOf: (fact: T) => string): SQL {
  const distinct = (of: (fact: T) => string) => inList(new Set(facts.map(of)));
  return sql`cluster_id in ${distinct((f) => f.clusterId)} and id in ${distinct(idOf)}`;
}
