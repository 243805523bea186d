import { type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { charges, hardware, namespaceCosts, projects, workloads } from "@/db/schema/index.ts";
import type { Instant } from "@/lib/time.ts";
import type { NamespaceDay, OwnNamespace } from "./types.ts";

/** The days of a cluster that were read, with when. */
export async function listReadDays(db: Reader, clusterId: string, fromDay: number): Promise<Map<number, Instant>> {
  const rows = await db.all<{ day: number; readAt: Instant }>(sql`select day, min(read_at) as "readAt"
    from ${namespaceCosts} where cluster_id = ${clusterId} and day >= ${fromDay} group by day`);
  return new Map(rows.map(({ day, readAt }) => [day, readAt]));
}

/** Puts what was read of a day in the place of what was there. */
export async function saveDay(tx: Tx, clusterId: string, day: number, rows: readonly NamespaceDay[]): Promise<void> {
  await tx.run(sql`delete from ${namespaceCosts} where cluster_id = ${clusterId} and day = ${day}`);
  await tx.insert(namespaceCosts, rows);
}

/** What OpenCost says of some days, in the order of clusters, namespaces and days. */
export const listNamespaceDays = (db: Reader, fromDay: number, untilDay: number): Promise<NamespaceDay[]> =>
  db.all(sql`select ${columnsOf(namespaceCosts)} from ${namespaceCosts}
    where day >= ${fromDay} and day < ${untilDay} order by cluster_id, namespace, day`);

export interface NamespacedProject {
  readonly clusterId: string;
  readonly namespace: string;
  readonly name: string;
  readonly department: string;
}

/** Projects that have a namespace. */
export const listProjects = (db: Reader): Promise<NamespacedProject[]> =>
  db.all(sql`select cluster_id as "clusterId", namespace, name, department_name as department from ${projects}
    where namespace <> '' order by key`);

/** What the ledger charged for GPUs on some days, by cluster, namespace of the workload, and day. */
export const listOwnNamespaces = (db: Reader, fromDay: number, untilDay: number): Promise<OwnNamespace[]> =>
  db.all(sql`select h.cluster_id as "clusterId", w.namespace, c.day,
      cast(sum(c.quantity) as bigint) as "gpuMilliSeconds", cast(sum(c.amount_micros) as bigint) as "amountMicros"
    from ${charges} c join ${hardware} h on h.key = c.hardware_key join ${workloads} w on w.key = c.workload_key
    where c.sku = 'gpu' and c.day >= ${fromDay} and c.day < ${untilDay} and c.workload_key <> 0
    group by h.cluster_id, w.namespace, c.day order by h.cluster_id, w.namespace, c.day`);
