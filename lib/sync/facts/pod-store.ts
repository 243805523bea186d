import type { SQL } from "drizzle-orm";
import { type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { inList } from "@/db/in-list.ts";
import { podRestarts, pods, workloads } from "@/db/schema/index.ts";
import { workloadEnd } from "@/db/schema/inventory.ts";
import type { ListEnd, PodFact, WorkloadFact } from "@/lib/sources/source.ts";
import { type Instant, union } from "@/lib/time.ts";
import { type PodTime, podChange } from "./held-change.ts";
import { addChanges, type Changes, named, saveWorkloads } from "./inventory-store.ts";
import type { LateFact } from "./late-facts.ts";
import { OPEN_END } from "./running-episodes.ts";
import { UNSEEN_SECONDS, wasReading } from "./unseen-store.ts";

/**
 * A pod younger than this, in seconds, may belong to a workload created after the workloads were listed: the next run
 * has both.
 */
const YOUNG_SECONDS = 600;

/**
 * Stores a page of pods. A known number of GPUs stays when the source no longer reports it, and so does the earliest
 * start; its end is the one that is reported now, also if it is earlier than before. A start of its containers that is later than
 * before is a restart.
 * @param late gets the pods that were not known, and their workloads, with the time in which they may have held GPUs.
 */
export async function savePods(
  tx: Tx,
  listed: readonly PodFact[],
  now: Instant,
  late: LateFact[] = [],
): Promise<Changes> {
  const changes: Changes = new Map();
  if (!listed.length) return changes;
  const before = await knownPods(tx, listed);
  // Skips pods that a later sync has already updated.
  const facts = listed.filter((f) => !((before.get(`${f.clusterId}/${f.id}`)?.lastSeenAt ?? 0) > now));
  if (!facts.length) return changes;
  const workloadKeys = await keysOfWorkloads(tx, facts, now);
  const placed = facts.filter((f) => workloadKeys.has(`${f.clusterId}/${f.workloadId}`));
  const rows = placed.map((f) => {
    const old = before.get(`${f.clusterId}/${f.id}`);
    const endedAt = endOf(f, old, now);
    const gpuMilli = f.gpuMilli || (old?.gpuMilli ?? f.gpuMilli);
    // A restart of a container moves its start, and frees nothing: the earliest one stays.
    const startedAt = earliest(f.startedAt, old?.startedAt ?? null);
    const node = f.node ?? old?.node ?? "";
    const isBound = f.node !== null && startedAt === null && endedAt === OPEN_END;
    const boundAt = old?.boundAt ?? (isBound ? now : null);
    const gpuResources = f.gpuResources || (old?.gpuResources ?? "");
    const gpuMemoryRequestMib = f.gpuMemoryRequestMib ?? old?.gpuMemoryRequestMib ?? null;
    const reported = { startedAt, boundAt, endedAt, gpuMilli, gpuResources, gpuMemoryRequestMib, node };
    const heldFrom = startedAt ?? (node === "" ? null : f.createdAt);
    if (!old && heldFrom !== null)
      for (const subject of [`pod/${f.id}`, `workload/${f.workloadId}`])
        late.push({ clusterId: f.clusterId, subject, start: heldFrom, end: endedAt });
    addChanges(changes, f.clusterId, podChange(old ? timeOf(old) : null, timeOf(reported)));
    return {
      clusterId: f.clusterId,
      id: f.id,
      workloadKey: workloadKeys.get(`${f.clusterId}/${f.workloadId}`) ?? 0,
      name: f.name,
      node,
      nodePool: f.nodePool ?? old?.nodePool ?? "",
      phase: f.phase,
      createdAt: Math.min(f.createdAt, old?.createdAt ?? f.createdAt),
      startedAt,
      latestStartAt: f.latestStartAt ?? old?.latestStartAt ?? null,
      boundAt,
      endedAt,
      gpuMilli,
      gpuMemoryRequestMib,
      gpuResources,
      lastSeenAt: now,
    };
  });
  await saveRestarts(tx, rows, before);
  await tx.insert(pods, rows, { target: [pods.clusterId, pods.id], update: "all" });
  return changes;
}

type Row = typeof pods.$inferSelect;

/** What was restarted since the last look: a pod whose containers started later than they had then. */
async function saveRestarts(tx: Tx, rows: readonly Row[], before: ReadonlyMap<string, Row>): Promise<void> {
  const restarts = rows.flatMap(({ clusterId, id, workloadKey, latestStartAt }) => {
    const known = before.get(`${clusterId}/${id}`)?.latestStartAt ?? null;
    const isLater = known !== null && latestStartAt !== null && latestStartAt > known;
    return isLater ? [{ clusterId, podId: id, at: latestStartAt, workloadKey }] : [];
  });
  await tx.insert(podRestarts, restarts, {
    ...{ target: [podRestarts.clusterId, podRestarts.podId, podRestarts.at], update: "all" },
  });
}

/** Restarts that a counter showed, of known pods whose starts of containers are not reported: no restart is stored twice. */
export async function saveCountedRestarts(
  tx: Tx,
  list: readonly { readonly clusterId: string; readonly podId: string; readonly at: Instant }[],
): Promise<void> {
  const known = await tx.all<{
    clusterId: string;
    id: string;
    workloadKey: number;
  }>(sql`select cluster_id as "clusterId",
    id as "id", workload_key as "workloadKey" from ${pods}
    where latest_start_at is null and workload_key <> 0 and ${named(list, (r) => r.podId)}`);
  const workloadOf = new Map(known.map((p) => [`${p.clusterId}/${p.id}`, p.workloadKey]));
  const rows = list.flatMap((r) => {
    const workloadKey = workloadOf.get(`${r.clusterId}/${r.podId}`);
    return workloadKey === undefined ? [] : [{ ...r, workloadKey }];
  });
  await tx.insert(podRestarts, rows, {
    ...{ target: [podRestarts.clusterId, podRestarts.podId, podRestarts.at], update: "all" },
  });
}

type Reported = Pick<
  Row,
  "startedAt" | "boundAt" | "endedAt" | "gpuMilli" | "gpuResources" | "gpuMemoryRequestMib" | "node"
>;

function timeOf({ gpuResources, gpuMemoryRequestMib, ...pod }: Reported): PodTime {
  const { endedAt, gpuMilli, node } = pod;
  const share = gpuMilli === null ? `${gpuResources}/${gpuMemoryRequestMib ?? ""}` : "";
  return { startedAt: earliest(pod.startedAt, pod.boundAt), endedAt, gpuMilli, share, node };
}

/**
 * A pod that is over without an instant of its end ended when that was first seen at the latest: it ends where it was
 * last seen running.
 */
function endOf(f: PodFact, old: Row | undefined, now: Instant): Instant {
  // Nothing completes after it was deleted.
  const reported = earliest(f.completedAt, f.deletedAt);
  if (reported !== null || f.isOver !== true) return reported ?? OPEN_END;
  return old === undefined ? now : old.endedAt === OPEN_END ? old.lastSeenAt : old.endedAt;
}

function earliest(a: Instant | null, b: Instant | null): Instant | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

async function knownPods(tx: Reader, facts: readonly PodFact[]) {
  const rows = await tx.all(sql`select ${columnsOf(pods)} from ${pods} where ${named(facts, (f) => f.id)}`);
  return new Map(rows.map((r) => [`${r.clusterId}/${r.id}`, r]));
}

/**
 * Keys of the workloads of pods. A workload that is in no list gets a row of its own, marked as such: its pods are
 * charged all the same.
 */
async function keysOfWorkloads(tx: Tx, facts: readonly PodFact[], now: Instant): Promise<Map<string, number>> {
  const read = async () => {
    const rows = await tx.all(sql`select ${columnsOf(workloads, ["key", "clusterId", "id"])} from ${workloads}
      where ${named(facts, (f) => f.workloadId)}`);
    return new Map(rows.map((r) => [`${r.clusterId}/${r.id}`, r.key]));
  };
  const keys = await read();
  const missing = facts.filter((f) => !keys.has(`${f.clusterId}/${f.workloadId}`) && now - f.createdAt > YOUNG_SECONDS);
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

/**
 * Ends pods and workloads that the lists of this run no longer name, where these are whole: a pod at the end of its
 * workload if that came after the pod was last seen, else when it was last seen. What is listed and cannot be read lives.
 * @param read how far each list was read; pods: null where the source lists none.
 * @returns the intervals to meter again.
 */
export async function endVanished(
  tx: Tx,
  clusterIds: readonly string[],
  seenAt: Instant,
  read: { readonly workloads: ListEnd; readonly pods: ListEnd | null },
): Promise<Changes> {
  const changes: Changes = new Map();
  for (const clusterId of clusterIds) {
    await touch(tx, sql`workloads`, clusterId, read.workloads.unread, seenAt);
    await touch(tx, sql`pods`, clusterId, read.pods?.unread ?? [], seenAt);
    if (read.pods?.isWhole) await endVanishedPods(tx, clusterId, seenAt, seenAt, changes);
    else if (read.pods && (await wasReading(tx, clusterId, seenAt)))
      await endVanishedPods(tx, clusterId, seenAt, seenAt - UNSEEN_SECONDS, changes);
    if (read.workloads.isWhole)
      await tx.run(sql`update ${workloads} set deleted_at = last_seen_at where cluster_id = ${clusterId}
        and ${workloadEnd()} = ${OPEN_END} and last_seen_at < ${seenAt}
        and not exists (select 1 from ${pods} p where p.workload_key = workloads.key and p.ended_at = ${OPEN_END})`);
  }
  return changes;
}

/** Marks rows as seen that are listed and cannot be read. */
async function touch(tx: Tx, table: SQL, clusterId: string, ids: readonly string[], seenAt: Instant): Promise<void> {
  for (let at = 0; at < ids.length; at += 500)
    await tx.run(sql`update ${table} set last_seen_at = ${seenAt} where cluster_id = ${clusterId}
      and id in ${inList(ids.slice(at, at + 500))} and last_seen_at < ${seenAt}`);
}

/** @param before pods that were last seen earlier end. */
async function endVanishedPods(
  tx: Tx,
  clusterId: string,
  seenAt: Instant,
  before: Instant,
  changes: Changes,
): Promise<void> {
  type Gone = { id: string; node: string; start: number | null; last: number; of: number | null };
  const gone = await tx.all<Gone>(sql`select p.id, p.node, p.started_at as "start", p.last_seen_at as "last",
    ${workloadEnd("w.")} as "of" from ${pods} p left join ${workloads} w on w.key = p.workload_key
    where p.cluster_id = ${clusterId} and p.ended_at = ${OPEN_END} and p.last_seen_at < ${before}`);
  for (const { id, last, of } of gone) {
    const end = of !== null && of > last && of <= seenAt ? of : last;
    await tx.run(sql`update ${pods} set ended_at = ${end} where cluster_id = ${clusterId} and id = ${id}`);
  }
  // One that is on a node held GPUs there, whether it started or not.
  const held = gone.filter((g) => g.start !== null || g.node !== "");
  const spans = union(held.map((g) => ({ start: g.last, end: seenAt })));
  if (spans.length) changes.set(clusterId, spans);
}
