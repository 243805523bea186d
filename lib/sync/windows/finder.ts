import { type Reader, sql } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { nodes, pods, projects, workloads } from "@/db/schema/index.ts";
import type { FoundPod, PodFinder } from "@/lib/sources/find-pods.ts";
import { nodesOfCards } from "@/lib/sync/samples/card-node-store.ts";
import { type Interval, intersect } from "@/lib/time.ts";

interface Known extends Interval, FoundPod {}

/**
 * Finds the pods that existed in `window` by namespace and name, or by id; their namespaces; and the cluster of a node.
 */
export async function loadFinder(db: Reader, window: Interval): Promise<PodFinder> {
  type Row = {
    id: string;
    clusterId: string;
    name: string;
    namespace: string;
    node: string;
    start: number;
    end: number;
  };
  const rows =
    await db.all<Row>(sql`select p.id, p.cluster_id as "clusterId", p.name, p.node, w.namespace, p.created_at as "start", p.ended_at as "end"
    from ${pods} p join ${workloads} w on w.key = p.workload_key where p.created_at < ${window.end} and p.ended_at > ${window.start}`);
  const nodeRows = await db.all(sql`select ${columnsOf(nodes, ["name", "clusterId"])} from ${nodes}`);
  const projectRows = await db.all(
    sql`select ${columnsOf(projects, ["namespace"])} from ${projects} where namespace <> ''`,
  );
  const listed = new Set([...projectRows, ...rows].map((r) => r.namespace));
  const clusterIds = new Set(nodeRows.map((n) => n.clusterId));
  const byName = new Map<string, Known[]>();
  const byId = new Map<string, Known>();
  for (const { id, clusterId, name, node, namespace, start, end } of rows) {
    const known = { podId: id, clusterId, node, start, end };
    byId.set(id, known);
    const key = `${namespace}/${name}`;
    const list = byName.get(key);
    if (list) list.push(known);
    else byName.set(key, [known]);
  }
  const clusterOf = new Map(nodeRows.map((n) => [n.name, n.clusterId]));
  return {
    byName(namespace, pod, at) {
      const list = byName.get(`${namespace}/${pod}`);
      // A name can be used again: of the pods that existed then, the one created last.
      return list?.filter((k) => intersect(k, at)).sort((a, b) => b.start - a.start)[0] ?? null;
    },
    byId: (podId) => byId.get(podId) ?? null,
    clusterOfNode: (node) => clusterOf.get(node) ?? null,
    // Where no project names its namespace, pods of any may be listed later.
    isListed: (namespace) => projectRows.length === 0 || listed.has(namespace),
    onlyCluster: () => (clusterIds.size === 1 ? ([...clusterIds][0] as string) : null),
    nodesOfCards: () => nodesOfCards(db),
    namespaces: () => [...new Set(rows.map((r) => r.namespace))].sort(),
  };
}
