import { getTableColumns, type SQL } from "drizzle-orm";
import { type Reader, sql, type Tx } from "@/db/client";
import { clusters, departments, nodePools, type pods, projects, workloads } from "@/db/schema";
import type { ClusterFact, DepartmentFact, NodePoolFact, ProjectFact, WorkloadFact } from "@/lib/sources/source";
import type { Instant } from "@/lib/time";

export async function saveClusters(tx: Tx, facts: readonly ClusterFact[], now: Instant): Promise<void> {
  const rows = facts.map((f) => ({ ...f, firstSeenAt: now, lastSeenAt: now }));
  const { name, version, state, lastLivenessAt, createdAt, deletedAt, lastSeenAt } = clusters;
  await tx.insert(clusters, rows, {
    target: [clusters.id],
    update: [name, version, state, lastLivenessAt, createdAt, deletedAt, lastSeenAt],
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

export async function saveProjects(
  tx: Tx,
  facts: readonly ProjectFact[],
  departmentNames: ReadonlyMap<string, string>,
  now: Instant,
): Promise<void> {
  const rows = facts.map((f) => ({
    clusterId: f.clusterId,
    id: f.id,
    name: f.name,
    departmentId: f.departmentId,
    departmentName: departmentNames.get(`${f.clusterId}/${f.departmentId}`) ?? "",
    namespace: f.namespace ?? "",
    quota: JSON.stringify(f.quotaMilli),
    lastSeenAt: now,
  }));
  await tx.insert(projects, rows, { target: [projects.clusterId, projects.id], update: "all" });
}

/** A page of workloads; projects that no project list named are made from what the workloads say of them. */
export async function saveWorkloads(tx: Tx, listed: readonly WorkloadFact[], now: Instant): Promise<void> {
  const newer = await seenLater(tx, workloads, listed, now);
  const facts = listed.filter((f) => !newer.has(`${f.clusterId}/${f.id}`));
  const ofProjects = new Map(facts.map((f) => [`${f.clusterId}/${f.projectId}`, f]));
  await tx.insert(
    projects,
    [...ofProjects.values()].map((f) => ({
      clusterId: f.clusterId,
      id: f.projectId,
      name: f.projectName,
      departmentId: f.departmentId,
      departmentName: f.departmentName,
      namespace: f.namespace,
      quota: "{}",
      lastSeenAt: now,
    })),
    { target: [projects.clusterId, projects.id], update: [] },
  );
  const keys = await projectKeys(tx);
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
    return {
      ...rest,
      projectKey: keys.get(`${f.clusterId}/${projectId}`) ?? 0,
      preemptible: preemptible === null ? null : Number(preemptible),
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
    // Another source tells them (label-store.ts).
    labels: _labels,
    firstSeenAt: _first,
    ...overwritten
  } = getTableColumns(workloads);
  await tx.insert(workloads, rows, { target: [clusterId, id], update: Object.values(overwritten) });
}

/** What another sync, which began later than this one, has seen already: its word is newer. */
export async function seenLater(
  tx: Reader,
  table: typeof workloads | typeof pods,
  facts: readonly { readonly clusterId: string; readonly id: string }[],
  now: Instant,
): Promise<Set<string>> {
  if (!facts.length) return new Set();
  const rows = await tx.all<{ clusterId: string; id: string }>(
    sql`select cluster_id as "clusterId", id from ${table} where ${named(facts, (f) => f.id)} and last_seen_at > ${now}`,
  );
  return new Set(rows.map((r) => `${r.clusterId}/${r.id}`));
}

async function projectKeys(tx: Reader): Promise<Map<string, number>> {
  const rows = await tx.all<{ key: number; clusterId: string; id: string }>(
    sql`select key, cluster_id as "clusterId", id from ${projects}`,
  );
  return new Map(rows.map((r) => [`${r.clusterId}/${r.id}`, r.key]));
}

/** `cluster_id in (…) and id in (…)`: the clusters too, for the indexes begin with them. May name more than the facts do. */
export function named<T extends { readonly clusterId: string }>(facts: readonly T[], idOf: (fact: T) => string): SQL {
  const list = (values: Iterable<string>) =>
    sql.join(
      [...new Set(values)].map((v) => sql`${v}`),
      sql`, `,
    );
  return sql`cluster_id in (${list(facts.map((f) => f.clusterId))}) and id in (${list(facts.map(idOf))})`;
}
