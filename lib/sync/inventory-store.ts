import { getTableColumns, type SQL } from "drizzle-orm";
import { type Reader, sql, type Tx } from "@/db/client";
import { clusters, departments, nodePools, nodeStates, nodes, phases, pods, projects, workloads } from "@/db/schema";
import { workloadEnd } from "@/db/schema/inventory";
import type {
  ClusterFact,
  DepartmentFact,
  NodeFact,
  NodePoolFact,
  PhaseRecord,
  PodFact,
  ProjectFact,
  WorkloadFact,
} from "@/lib/sources/source";
import { type Instant, type Interval, union } from "@/lib/time";

/** An interval's end for what has not ended. */
export const OPEN_END: Instant = 253_402_300_799;
/** Looks further apart than this leave the time between them unseen. */
const SIGHT_HOLD_SECONDS = 900;

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

/**
 * One look at the nodes of some clusters. A node that is no longer listed was removed when it was last seen.
 * A node that is not ready and names no cards keeps the cards it had: they are down, not gone.
 */
export async function saveNodes(
  tx: Tx,
  clusterIds: readonly string[],
  facts: readonly NodeFact[],
  now: Instant,
): Promise<void> {
  for (const clusterId of clusterIds) {
    type Known = { name: string; gpuModel: string; gpuCount: number; firstSeenAt: number };
    const known = await tx.all<Known>(
      sql`select name, gpu_model as "gpuModel", gpu_count as "gpuCount", first_seen_at as "firstSeenAt" from ${nodes} where cluster_id = ${clusterId}`,
    );
    const before = new Map(known.map((k) => [k.name, k]));
    const rows = facts
      .filter((f) => f.clusterId === clusterId)
      .map((f) => {
        const old = before.get(f.name);
        const lostSight = f.ready !== true && f.gpuCount === 0 && old !== undefined;
        const gpuCount = lostSight ? old.gpuCount : f.gpuCount;
        const gpuModel = f.gpuModel ?? (lostSight ? old.gpuModel : "");
        const ready = f.ready === null ? null : Number(f.ready);
        return {
          clusterId,
          name: f.name,
          nodeId: f.id,
          nodePool: f.nodePool,
          gpuModel,
          gpuCount,
          ready,
          createdAt: f.createdAt,
          firstSeenAt: old?.firstSeenAt ?? now,
          lastSeenAt: now,
          removedAt: null,
        };
      });
    await tx.insert(nodes, rows, { target: [nodes.clusterId, nodes.name], update: "all" });
    await tx.run(
      sql`update ${nodes} set removed_at = last_seen_at where cluster_id = ${clusterId} and last_seen_at < ${now} and removed_at is null`,
    );
    await saveNodeStates(tx, clusterId, rows, now);
  }
}

type NodeRow = { name: string; nodePool: string; gpuModel: string; gpuCount: number; ready: number | null };

async function saveNodeStates(tx: Tx, clusterId: string, rows: readonly NodeRow[], now: Instant): Promise<void> {
  type State = NodeRow & { fromAt: number; untilAt: number };
  const last =
    await tx.all<State>(sql`select s.node as "name", s.from_at as "fromAt", s.until_at as "untilAt", s.node_pool as "nodePool",
    s.gpu_model as "gpuModel", s.gpu_count as "gpuCount", s.ready from ${nodeStates} s
    join (select node, max(from_at) as newest from ${nodeStates} where cluster_id = ${clusterId} group by node) n
    on n.node = s.node and n.newest = s.from_at where s.cluster_id = ${clusterId}`);
  const newest = new Map(last.map((s) => [s.name, s]));
  const states = rows.map(({ name, nodePool, gpuModel, gpuCount, ready }) => {
    const old = newest.get(name);
    const same =
      old && old.nodePool === nodePool && old.gpuModel === gpuModel && old.gpuCount === gpuCount && old.ready === ready;
    const near = old && now - old.untilAt <= SIGHT_HOLD_SECONDS;
    // A change is dated to the look that saw it; what was seen before holds until then.
    const fromAt = same && near ? old.fromAt : near ? Math.max(old.untilAt, now) : now;
    return { clusterId, node: name, fromAt, untilAt: Math.max(now + 1, fromAt), nodePool, gpuModel, gpuCount, ready };
  });
  for (const state of states) {
    const old = newest.get(state.node);
    if (old && old.fromAt !== state.fromAt && state.fromAt - old.untilAt <= SIGHT_HOLD_SECONDS)
      await tx.run(
        sql`update ${nodeStates} set until_at = ${state.fromAt} where cluster_id = ${clusterId} and node = ${state.node} and from_at = ${old.fromAt}`,
      );
  }
  await tx.insert(nodeStates, states, {
    target: [nodeStates.clusterId, nodeStates.node, nodeStates.fromAt],
    update: "all",
  });
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
export async function saveWorkloads(tx: Tx, facts: readonly WorkloadFact[], now: Instant): Promise<void> {
  const named = new Map(facts.map((f) => [`${f.clusterId}/${f.projectId}`, f]));
  await tx.insert(
    projects,
    [...named.values()].map((f) => ({
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
    firstSeenAt: _first,
    ...overwritten
  } = getTableColumns(workloads);
  await tx.insert(workloads, rows, { target: [clusterId, id], update: Object.values(overwritten) });
}

async function projectKeys(tx: Reader): Promise<Map<string, number>> {
  const rows = await tx.all<{ key: number; clusterId: string; id: string }>(
    sql`select key, cluster_id as "clusterId", id from ${projects}`,
  );
  return new Map(rows.map((r) => [`${r.clusterId}/${r.id}`, r.key]));
}

/** What changed of the time that pods held: per cluster, the stretches to meter again. */
export type Changes = Map<string, Interval[]>;

/** A page of pods. A pod's GPUs, once known, are not forgotten when the source stops saying them. */
export async function savePods(tx: Tx, facts: readonly PodFact[], now: Instant): Promise<Changes> {
  const changes: Changes = new Map();
  if (!facts.length) return changes;
  const workloadKeys = await keysOfWorkloads(tx, facts, now);
  const before = await knownPods(tx, facts);
  const rows = facts.map((f) => {
    const old = before.get(`${f.clusterId}/${f.id}`);
    const endedAt = f.completedAt ?? f.deletedAt ?? OPEN_END;
    const gpuMilli = f.gpuMilli || (old?.gpuMilli ?? f.gpuMilli);
    const startedAt = f.startedAt ?? old?.startedAt ?? null;
    const changed =
      !old ||
      old.startedAt !== startedAt ||
      old.endedAt !== endedAt ||
      old.gpuMilli !== gpuMilli ||
      old.node !== (f.node ?? old.node);
    if (changed && startedAt !== null) {
      const span = {
        start: Math.min(startedAt, old?.startedAt ?? startedAt),
        end: Math.max(endedAt, old?.endedAt ?? endedAt),
      };
      changes.set(f.clusterId, union([...(changes.get(f.clusterId) ?? []), span]));
    }
    return {
      clusterId: f.clusterId,
      id: f.id,
      workloadKey: workloadKeys.get(`${f.clusterId}/${f.workloadId}`) ?? 0,
      name: f.name,
      node: f.node ?? old?.node ?? "",
      nodePool: f.nodePool ?? "",
      phase: f.phase,
      createdAt: f.createdAt,
      startedAt,
      endedAt,
      gpuMilli,
      gpuMemoryRequestMib: f.gpuMemoryRequestMib,
      lastSeenAt: now,
    };
  });
  await tx.insert(pods, rows, { target: [pods.clusterId, pods.id], update: "all" });
  return changes;
}

async function knownPods(tx: Reader, facts: readonly PodFact[]) {
  type Known = {
    clusterId: string;
    id: string;
    node: string;
    startedAt: number | null;
    endedAt: number;
    gpuMilli: number | null;
  };
  const rows =
    await tx.all<Known>(sql`select cluster_id as "clusterId", id, node, started_at as "startedAt", ended_at as "endedAt",
    gpu_milli as "gpuMilli" from ${pods} where ${named(facts, (f) => f.id)}`);
  return new Map(rows.map((r) => [`${r.clusterId}/${r.id}`, r]));
}

/** `cluster_id in (…) and id in (…)`: the clusters too, for the indexes begin with them. May name more than the facts do. */
function named(facts: readonly PodFact[], idOf: (fact: PodFact) => string): SQL {
  const list = (values: Iterable<string>) =>
    sql.join(
      [...new Set(values)].map((v) => sql`${v}`),
      sql`, `,
    );
  return sql`cluster_id in (${list(facts.map((f) => f.clusterId))}) and id in (${list(facts.map(idOf))})`;
}

/** Keys of the pods' workloads. A workload that no list names any more gets a row that says so: its pods are billed all the same. */
async function keysOfWorkloads(tx: Tx, facts: readonly PodFact[], now: Instant): Promise<Map<string, number>> {
  const read = async () => {
    const rows = await tx.all<{ key: number; clusterId: string; id: string }>(
      sql`select key, cluster_id as "clusterId", id from ${workloads} where ${named(facts, (f) => f.workloadId)}`,
    );
    return new Map(rows.map((r) => [`${r.clusterId}/${r.id}`, r.key]));
  };
  const keys = await read();
  const missing = facts.filter((f) => !keys.has(`${f.clusterId}/${f.workloadId}`));
  if (!missing.length) return keys;
  await saveWorkloads(
    tx,
    missing.map((f) => unlisted(f)),
    now,
  );
  return read();
}

function unlisted(pod: PodFact): WorkloadFact {
  return {
    clusterId: pod.clusterId,
    id: pod.workloadId,
    name: pod.workloadId ? `(not listed) ${pod.workloadId}` : "(no workload)",
    type: "",
    category: "Other",
    namespace: "",
    projectId: "",
    projectName: "(unknown project)",
    departmentId: "",
    departmentName: "",
    submittedBy: "",
    phase: "Unknown",
    preemptible: null,
    priorityClass: "",
    nodePool: pod.nodePool ?? "",
    createdAt: pod.createdAt,
    phaseUpdatedAt: null,
    completedAt: null,
    deletedAt: null,
    gpuRequestMilli: null,
    gpuRequestPerPodMilli: null,
    gpuMemoryRequestMib: null,
    cpuRequestMilli: null,
    cpuLimitMilli: null,
    cpuMemoryRequestMib: null,
    cpuMemoryLimitMib: null,
    pendingSeconds: null,
    runningSeconds: null,
    images: [],
  };
}

/** Pods and workloads that the complete lists of this run no longer name ended when they were last seen. */
export async function endVanished(tx: Tx, clusterIds: readonly string[], seenAt: Instant): Promise<Changes> {
  const changes: Changes = new Map();
  for (const clusterId of clusterIds) {
    const gone = await tx.all<{
      start: number | null;
      end: number;
    }>(sql`select started_at as "start", last_seen_at as "end" from ${pods}
      where cluster_id = ${clusterId} and ended_at = ${OPEN_END} and last_seen_at < ${seenAt}`);
    if (gone.length) {
      await tx.run(
        sql`update ${pods} set ended_at = last_seen_at where cluster_id = ${clusterId} and ended_at = ${OPEN_END} and last_seen_at < ${seenAt}`,
      );
      changes.set(clusterId, union(gone.flatMap((g) => (g.start === null ? [] : [{ start: g.end, end: seenAt }]))));
    }
    await tx.run(sql`update ${workloads} set deleted_at = last_seen_at where cluster_id = ${clusterId}
      and ${workloadEnd()} = ${OPEN_END} and last_seen_at < ${seenAt}`);
  }
  return changes;
}

export interface PhasesWanted {
  readonly key: number;
  readonly clusterId: string;
  readonly id: string;
  readonly phaseUpdatedAt: number | null;
}

/**
 * Workloads of a period whose history must be read: it changed since it was read, and their pods do not account for the
 * time they are said to have run. `all` asks for the others too.
 */
export async function phasesWanted(
  db: Reader,
  period: Interval,
  now: Instant,
  all: boolean,
  limit: number,
): Promise<PhasesWanted[]> {
  type Row = PhasesWanted & { runningSeconds: number | null; gpus: number };
  const rows =
    await db.all<Row>(sql`select w.key, w.cluster_id as "clusterId", w.id, w.phase_updated_at as "phaseUpdatedAt",
    w.running_seconds as "runningSeconds", coalesce(w.gpu_request_milli, 1) as gpus from ${workloads} w
    where w.created_at < ${period.end} and coalesce(w.completed_at, w.deleted_at, ${OPEN_END}) > ${period.start}
    and (w.phases_read_at is null or w.phases_read_at < w.phase_updated_at) order by w.created_at desc, w.id`);
  if (all) return rows.slice(0, limit);
  const spans = await db.all<{
    key: number;
    start: number;
    end: number;
  }>(sql`select w.key, p.started_at as "start", p.ended_at as "end"
    from ${workloads} w join ${pods} p on p.workload_key = w.key
    where w.created_at < ${period.end} and coalesce(w.completed_at, w.deleted_at, ${OPEN_END}) > ${period.start}
    and (w.phases_read_at is null or w.phases_read_at < w.phase_updated_at) and p.started_at is not null`);
  const byWorkload = Map.groupBy(spans, (s) => s.key);
  return rows
    .filter((w) => {
      const ran = union(byWorkload.get(w.key) ?? []).reduce((sum, s) => sum + Math.min(s.end, now) - s.start, 0);
      return w.gpus > 0 && (ran === 0 || w.runningSeconds === null || w.runningSeconds - ran > 60);
    })
    .slice(0, limit);
}

export async function savePhases(
  tx: Tx,
  workload: PhasesWanted,
  records: readonly PhaseRecord[],
  now: Instant,
): Promise<void> {
  const rows = records.map((r) => ({ workloadKey: workload.key, at: r.at, phase: r.phase }));
  await tx.insert(phases, rows, { target: [phases.workloadKey, phases.at, phases.phase], update: [] });
  await tx.run(
    sql`update ${workloads} set phases_read_at = ${workload.phaseUpdatedAt ?? now} where key = ${workload.key}`,
  );
}
