import type { Listed } from "@/lib/sources/source.ts";
import { isAbsent, type List, type RunaiClient } from "./client.ts";
import * as wire from "./wire.ts";

const byId = (item: { id: string }) => item.id;

export const NODE_POOLS: List<wire.WireNodePool> = {
  path: "/api/v1/node-pools",
  count: "/api/v1/node-pools/count",
  key: "nodepools",
  item: wire.nodePool,
  identity: byId,
  sortBy: "createdAt",
};

/** The same department or project id may exist in two clusters. */
const byCluster = (item: { id: string; clusterId?: string | null | undefined }) => `${item.clusterId} ${item.id}`;

export const DEPARTMENTS: List<wire.WireDepartment> = {
  path: "/api/v1/org-unit/departments",
  count: "/api/v1/org-unit/departments/count",
  key: "departments",
  item: wire.department,
  identity: byCluster,
  sortBy: "createdAt",
};

export const PROJECTS: List<wire.WireProject> = {
  path: "/api/v1/org-unit/projects",
  count: "/api/v1/org-unit/projects/count",
  key: "projects",
  item: wire.project,
  identity: byCluster,
  sortBy: "createdAt",
};

/**
 * Without `deleted` the API returns what exists, including what has finished; with it, only what was deleted in the
 * last 14 days.
 */
const deletedOnly = (which: "active" | "deleted") => (which === "deleted" ? { deleted: true } : {});

export function workloads(which: "active" | "deleted"): List<wire.WireWorkload> {
  return {
    path: "/api/v1/workloads",
    count: "/api/v1/workloads/count",
    key: "workloads",
    item: wire.workload,
    identity: byId,
    query: deletedOnly(which),
    sortBy: "createdAt",
  };
}

export function pods(which: "active" | "deleted"): List<wire.WirePod> {
  return {
    path: "/api/v1/workloads/pods",
    count: "/api/v1/workloads/pods/count",
    key: "pods",
    item: wire.pod,
    identity: byId,
    query: { ...deletedOnly(which), verbosity: "full" },
    sortBy: "createdAt",
  };
}

export function history(workloadId: string): List<wire.WireHistoryRecord> {
  return {
    path: `/api/v1/workloads/${encodeURIComponent(workloadId)}/history`,
    key: "records",
    item: wire.historyRecord,
    identity: (r) => `${r.meta?.creationTimestamp} ${r.meta?.type} ${r.spec?.phaseUpdate?.phase}`,
  };
}

/** The clusters: a bare array, never paged. */
export const CLUSTERS: List<wire.WireCluster> = {
  path: "/api/v1/clusters",
  key: "clusters",
  item: wire.cluster,
  identity: (cluster) => cluster.uuid,
};

function nodes(path: string): List<wire.WireNode> {
  const identity = (n: wire.WireNode) => n.id ?? `${n.clusterUuid} ${n.name}`;
  return { path, count: `${path}/count`, key: "nodes", item: wire.node, identity, sortBy: "name" };
}

/** The nodes of these clusters: from one list since 2.23, before that from one list for each cluster. */
export async function listNodes(
  client: RunaiClient,
  clusterIds: readonly string[],
): Promise<Listed<{ node: wire.WireNode; clusterId: string }>> {
  try {
    const { items, ...end } = await client.listed(nodes("/api/v1/nodes"));
    const wanted = new Set(clusterIds);
    const own = items.flatMap((node) => {
      const clusterId = node.clusterUuid ?? (clusterIds.length === 1 ? (clusterIds[0] as string) : "");
      return wanted.has(clusterId) ? [{ node, clusterId }] : [];
    });
    return { items: own, ...end };
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
  const lists = await Promise.all(
    clusterIds.map(async (clusterId) => {
      const path = `/api/v1/clusters/${encodeURIComponent(clusterId)}/nodes`;
      const { items, ...end } = await client.listedOrNone(nodes(path));
      return { items: items.map((node) => ({ node, clusterId })), ...end };
    }),
  );
  return {
    items: lists.flatMap((l) => l.items),
    isWhole: lists.every((l) => l.isWhole),
    unread: lists.flatMap((l) => l.unread),
  };
}
