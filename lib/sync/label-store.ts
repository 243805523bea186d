import { type Reader, sql, type Tx } from "@/db/client";
import { pods, workloads } from "@/db/schema";
import type { PodLabels } from "@/lib/sources/source";
import type { Instant } from "@/lib/time";
import { named } from "./inventory-store.ts";

interface Row {
  readonly key: number;
  readonly clusterId: string;
  readonly podId: string;
  readonly labels: string;
  readonly createdAt: Instant;
}

/**
 * Labels of pods as those of their workloads: what is told anew replaces, what is not told stays known.
 * @returns when the first workload whose labels changed was made; null: none changed.
 */
export async function saveLabels(tx: Tx, told: readonly PodLabels[]): Promise<Instant | null> {
  const given = told.filter((p) => Object.keys(p.labels).length > 0);
  let first: Instant | null = null;
  for (let at = 0; at < given.length; at += 500) {
    const part = given.slice(at, at + 500);
    for (const { key, before, after, createdAt } of merge(part, await rowsOf(tx, part))) {
      if (before === after) continue;
      await tx.run(sql`update ${workloads} set labels = ${after} where key = ${key}`);
      first = first === null ? createdAt : Math.min(first, createdAt);
    }
  }
  return first;
}

function rowsOf(db: Reader, told: readonly PodLabels[]): Promise<Row[]> {
  return db.all(sql`select w.key, p.cluster_id as "clusterId", p.id as "podId", w.labels, w.created_at as "createdAt"
    from (select cluster_id, id, workload_key from ${pods} where ${named(
      told.map((t) => ({ clusterId: t.clusterId, id: t.podId })),
      (t) => t.id,
    )}) p join ${workloads} w on w.key = p.workload_key order by p.id`);
}

function merge(told: readonly PodLabels[], rows: readonly Row[]) {
  const of = new Map(told.map((t) => [`${t.clusterId}/${t.podId}`, t.labels]));
  return [...Map.groupBy(rows, (r) => r.key).values()].map((list) => {
    const [row] = list as [Row, ...Row[]];
    const known = JSON.parse(row.labels) as Record<string, string>;
    const all = Object.assign({}, known, ...list.map((r) => of.get(`${r.clusterId}/${r.podId}`) ?? {}));
    const sorted = Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
    return { key: row.key, before: row.labels, after: JSON.stringify(sorted), createdAt: row.createdAt };
  });
}
