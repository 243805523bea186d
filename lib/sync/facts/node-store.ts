import { sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { nodeStates, nodes, pods } from "@/db/schema/index.ts";
import type { ListEnd, NodeFact } from "@/lib/sources/source.ts";
import type { Instant } from "@/lib/time.ts";
import { addChanges, type Changes } from "./inventory-store.ts";
import { OPEN_END } from "./running-episodes.ts";
import { UNSEEN_SECONDS, WHOLE, wasReading } from "./unseen-store.ts";

/** Between two looks that are further apart than this, in seconds, the state of a node is unknown. */
const SIGHT_HOLD_SECONDS = 900;

/**
 * Stores one look at the nodes of some clusters.
 *
 * One odd look changes nothing: a node that is not listed counts as removed, when it was last seen, once a second look
 * does not list it either; and one that returns with the same creation never left. A node that reports no cards keeps
 * those it had. A node that was created again under its name keeps its first creation.
 * @param read how far the list was read: a node that an incomplete list does not name counts as removed after a day of such lists, and one
 *   that is listed and cannot be read never.
 * @returns the intervals to meter again, because capacity in them changed.
 */
export async function saveNodes(
  tx: Tx,
  clusterIds: readonly string[],
  facts: readonly NodeFact[],
  now: Instant,
  { isWhole, unread }: ListEnd = WHOLE,
): Promise<Changes> {
  const changes: Changes = new Map();
  for (const clusterId of clusterIds) {
    const known = await tx.all(sql`select ${columnsOf(nodes)} from ${nodes} where cluster_id = ${clusterId}`);
    // A later sync has already stored a newer look.
    if (known.some((k) => k.lastSeenAt > now)) continue;
    const isLong = !isWhole && (await wasReading(tx, clusterId, now));
    const before = new Map(known.map((k) => [k.name, k]));
    const busy = await nodesInUse(tx, clusterId);
    const looks = facts
      .filter((f) => f.clusterId === clusterId)
      .map((f) => lookOf(f, before.get(f.name), busy.has(f.name), now));
    await tx.insert(
      nodes,
      looks.map((l) => l.row),
      { target: [nodes.clusterId, nodes.name], update: "all" },
    );
    const listed = new Set(looks.map((l) => l.row.name));
    const absent = known.filter((k) => !listed.has(k.name) && !unread.includes(k.nodeId) && k.removedAt === null);
    const gone = absent.filter((k) =>
      isWhole ? k.missingAt !== null && k.missingAt < now : isLong && k.lastSeenAt < now - UNSEEN_SECONDS,
    );
    for (const { name } of isWhole ? absent.filter((k) => k.missingAt === null) : [])
      await tx.run(
        sql`update ${nodes} set missing_at = ${now} where cluster_id = ${clusterId} and name = ${name} and last_seen_at < ${now}`,
      );
    for (const { name } of gone)
      await tx.run(
        sql`update ${nodes} set removed_at = last_seen_at where cluster_id = ${clusterId} and name = ${name}`,
      );
    const back = looks.flatMap(({ row }) => before.get(row.name) ?? []).filter((k) => k.missingAt !== null);
    for (const { lastSeenAt } of [...gone, ...back]) addChanges(changes, clusterId, [{ start: lastSeenAt, end: now }]);
    for (const k of back.filter((n) => looks.some((l) => l.row.name === n.name && l.neverLeft)))
      await forgetAbsence(tx, k);
    // If it returns later as another node, it was absent in between.
    const absences = gone.map((k) => ({ ...k, gpuCount: 0, ready: null }));
    await saveNodeStates(
      tx,
      clusterId,
      looks.map((l) => l.state),
      now,
      absences,
    );
  }
  return changes;
}

type Node = typeof nodes.$inferSelect;

/** A listed node: its row, its state at this look, and whether it was missed by mistake. */
function lookOf(f: NodeFact, old: Node | undefined, isBusy: boolean, now: Instant) {
  const isSilent = f.gpuCount === 0 && old !== undefined && old.gpuCount > 0;
  const keepsState = isSilent && (f.ready !== true || isBusy);
  const gpuCount = isSilent ? old.gpuCount : f.gpuCount;
  // A look that names no model leaves the one that is known.
  const gpuModel = f.gpuModel || (old?.gpuModel ?? "");
  const ready = f.ready === null ? null : Number(f.ready);
  const createdAt =
    f.createdAt === null || old?.createdAt === null || !old
      ? (f.createdAt ?? old?.createdAt ?? null)
      : Math.min(f.createdAt, old.createdAt);
  const row: Node = {
    ...{
      clusterId: f.clusterId,
      name: f.name,
      nodeId: f.id,
      nodePool: f.nodePool,
      gpuModel,
      gpuCount,
      ready,
      createdAt,
    },
    ...{ firstSeenAt: old?.firstSeenAt ?? now, lastSeenAt: now, missingAt: null, removedAt: null },
  };
  const state: NodeRow = keepsState ? row : { ...row, gpuCount: f.gpuCount };
  return { row, state, neverLeft: f.createdAt !== null && f.createdAt === old?.createdAt };
}

/** How many cards samples showed in a state of a node. */
export interface ProvenCards {
  readonly node: string;
  readonly fromAt: Instant;
  readonly cards: number;
}

/** Keeps the numbers of cards that samples showed, for the time when those samples are removed. */
export async function saveProvenCards(tx: Tx, clusterId: string, list: readonly ProvenCards[]): Promise<void> {
  for (const { node, fromAt, cards } of list)
    await tx.run(sql`update ${nodeStates} set cards = ${cards}
      where cluster_id = ${clusterId} and node = ${node} and from_at = ${fromAt}`);
}

/** Removes the states in which a node that never left was absent. */
async function forgetAbsence(tx: Tx, { clusterId, name, lastSeenAt }: Node): Promise<void> {
  await tx.run(sql`delete from ${nodeStates} where cluster_id = ${clusterId} and node = ${name}
    and gpu_count = 0 and ready is null and from_at >= ${lastSeenAt}`);
}

/** Nodes with a pod that asks for GPUs in any way and has not ended, whether it started or is only bound. */
async function nodesInUse(tx: Tx, clusterId: string): Promise<Set<string>> {
  const rows = await tx.all<{ node: string }>(sql`select distinct node from ${pods}
    where cluster_id = ${clusterId} and ended_at = ${OPEN_END} and node <> ''
    and (gpu_milli > 0 or gpu_resources <> '' or gpu_memory_request_mib > 0)`);
  return new Set(rows.map((r) => r.node));
}

type NodeRow = { name: string; nodePool: string; gpuModel: string; gpuCount: number; ready: number | null };

async function saveNodeStates(
  tx: Tx,
  clusterId: string,
  rows: readonly NodeRow[],
  now: Instant,
  absences: readonly (NodeRow & { readonly lastSeenAt: Instant })[],
): Promise<void> {
  const last = await tx.all(sql`select ${columnsOf(nodeStates, undefined, "s")} from ${nodeStates} s
    join (select node, max(from_at) as newest from ${nodeStates} where cluster_id = ${clusterId} group by node) n
    on n.node = s.node and n.newest = s.from_at where s.cluster_id = ${clusterId}`);
  const newest = new Map(last.map((s) => [s.node, s]));
  const states = rows.map(({ name, nodePool, gpuModel, gpuCount, ready }) => {
    const old = newest.get(name);
    const same =
      old && old.nodePool === nodePool && old.gpuModel === gpuModel && old.gpuCount === gpuCount && old.ready === ready;
    const near = old && now - old.untilAt <= SIGHT_HOLD_SECONDS;
    // A change counts from the look that saw it; the state before it holds until then.
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
  const absent = absences.map(({ name, nodePool, gpuModel, gpuCount, ready, lastSeenAt }) => {
    const fromAt = Math.max(lastSeenAt, (newest.get(name)?.fromAt ?? 0) + 1);
    return { clusterId, node: name, fromAt, untilAt: Math.max(now, fromAt + 1), nodePool, gpuModel, gpuCount, ready };
  });
  await tx.insert(nodeStates, [...states, ...absent], {
    target: [nodeStates.clusterId, nodeStates.node, nodeStates.fromAt],
    update: "all",
  });
}
