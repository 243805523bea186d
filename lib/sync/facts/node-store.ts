import { sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { nodeStates, nodes, pods } from "@/db/schema/index.ts";
import type { NodeFact } from "@/lib/sources/source.ts";
import type { Instant } from "@/lib/time.ts";
import { OPEN_END } from "./running-episodes.ts";

/** Between two looks that are further apart than this, in seconds, the state of a node is unknown. */
const SIGHT_HOLD_SECONDS = 900;

/**
 * Stores one look at the nodes of some clusters. A node that is no longer listed counts as removed when it was last
 * seen. A node that reports no cards keeps those it had while it is not ready (they are down, not gone) or while pods
 * hold some of them (what reports them is restarting).
 */
export async function saveNodes(
  tx: Tx,
  clusterIds: readonly string[],
  facts: readonly NodeFact[],
  now: Instant,
): Promise<void> {
  for (const clusterId of clusterIds) {
    const known = await tx.all(sql`select ${columnsOf(nodes)} from ${nodes} where cluster_id = ${clusterId}`);
    // A later sync has already stored a newer look.
    if (known.some((k) => k.lastSeenAt > now)) continue;
    const before = new Map(known.map((k) => [k.name, k]));
    const busy = await nodesInUse(tx, clusterId);
    const rows = facts
      .filter((f) => f.clusterId === clusterId)
      .map((f) => {
        const old = before.get(f.name);
        const lostSight = f.gpuCount === 0 && old !== undefined && (f.ready !== true || busy.has(f.name));
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
    const listed = new Set(rows.map((r) => r.name));
    // If it returns later, it was absent in between.
    const gone = known.filter((k) => !listed.has(k.name)).map((k) => ({ ...k, gpuCount: 0, ready: null }));
    await saveNodeStates(tx, clusterId, [...rows, ...gone], now);
  }
}

async function nodesInUse(tx: Tx, clusterId: string): Promise<Set<string>> {
  const rows = await tx.all<{ node: string }>(sql`select distinct node from ${pods}
    where cluster_id = ${clusterId} and ended_at = ${OPEN_END} and started_at is not null and gpu_milli > 0`);
  return new Set(rows.map((r) => r.node));
}

type NodeRow = { name: string; nodePool: string; gpuModel: string; gpuCount: number; ready: number | null };

async function saveNodeStates(tx: Tx, clusterId: string, rows: readonly NodeRow[], now: Instant): Promise<void> {
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
  await tx.insert(nodeStates, states, {
    target: [nodeStates.clusterId, nodeStates.node, nodeStates.fromAt],
    update: "all",
  });
}
