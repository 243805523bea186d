import { type Reader, sql } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { clusters, nodes, pods, projects, workloads } from "@/db/schema/index.ts";
import type { FoundPod, PodFinder } from "@/lib/sources/find-pods.ts";
import { loadClusterNames } from "@/lib/sync/facts/cluster-names-store.ts";
import { nodesOfCards } from "@/lib/sync/samples/card-node-store.ts";
import { type Interval, intersect } from "@/lib/time.ts";

interface Known extends Interval, FoundPod {}

/** Which source asks. */
interface Asking {
  readonly source: string;
  /**
   * The clusters that it is asked for. Nodes and pods of two clusters may have one name: that of a covered cluster is meant, unless the
   * series names another.
   */
  readonly covered: ReadonlySet<string>;
}

/**
 * Finds the pods that existed in `window` by namespace and name, or by id; their namespaces; the cluster of a node; and what a source
 * means by the names of clusters.
 */
export async function loadFinder(db: Reader, window: Interval, { source, covered }: Asking): Promise<PodFinder> {
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
  const nodeRows = await db.all<{
    name: string;
    clusterId: string;
    isHere: number;
  }>(sql`select n.name, n.cluster_id as "clusterId",
    case when n.removed_at is null and c.deleted_at is null then 1 else 0 end as "isHere"
    from ${nodes} n left join ${clusters} c on c.id = n.cluster_id`);
  const projectRows = await db.all(
    sql`select ${columnsOf(projects, ["namespace"])} from ${projects} where namespace <> ''`,
  );
  const listed = new Set([...projectRows, ...rows].map((r) => r.namespace));
  const clusterIds = new Set(nodeRows.map((n) => n.clusterId));
  const byName = new Map<string, Known[]>();
  const byId = new Map<string, Known>();
  for (const { id, clusterId, name, node, namespace, start, end } of rows) {
    const known = { podId: id, clusterId, node, start, end };
    if (!byId.has(id) || covered.has(clusterId)) byId.set(id, known);
    const key = `${namespace}/${name}`;
    const list = byName.get(key);
    if (list) list.push(known);
    else byName.set(key, [known]);
  }
  const clustersOf = Map.groupBy(nodeRows, (n) => n.name);
  const names = await loadClusterNames(db);
  return {
    byName(namespace, pod, at, clusterId) {
      const all = byName.get(`${namespace}/${pod}`)?.filter((k) => intersect(k, at)) ?? [];
      const own = clusterId === undefined ? all.filter((k) => covered.has(k.clusterId)) : [];
      const meant =
        clusterId === undefined ? (own.length > 0 ? own : all) : all.filter((k) => k.clusterId === clusterId);
      // A name can be used again: of the pods that existed then, the one created last.
      return meant.toSorted((a, b) => b.start - a.start)[0] ?? null;
    },
    clustersOf(namespace, pod, at) {
      const all = byName.get(`${namespace}/${pod}`)?.filter((k) => intersect(k, at)) ?? [];
      const own = all.filter((k) => covered.has(k.clusterId));
      return [...new Set((own.length > 0 ? own : all).map((k) => k.clusterId))];
    },
    byId: (podId) => byId.get(podId) ?? null,
    clusterOfNode: (node) => {
      const all = clustersOf.get(node) ?? [];
      const own = all.filter((n) => covered.has(n.clusterId));
      const meant = own.length > 0 ? own : all;
      const here = meant.length > 1 ? meant.filter((n) => n.isHere) : meant;
      return here.length === 1 ? (here[0]?.clusterId ?? null) : null;
    },
    hasNode: (node, clusterId) =>
      clustersOf.get(node)?.some((n) => (clusterId ?? n.clusterId) === n.clusterId) ?? false,
    clusterNamed: (name) => names.idOf(source, name),
    // Where no project names its namespace, pods of any may be listed later.
    isListed: (namespace) => projectRows.length === 0 || listed.has(namespace),
    onlyCluster: () => (clusterIds.size === 1 ? ([...clusterIds][0] as string) : null),
    nodesOfCards: () => nodesOfCards(db),
    namespaces: () => [...new Set(rows.map((r) => r.namespace))].sort(),
  };
}
