import { type Reader, sql, type Tx } from "@/db/client.ts";
import { pods, workloads } from "@/db/schema/index.ts";
import type { PodLabels } from "@/lib/sources/find-pods.ts";
import { dateOf, dayKey, dayOfKey, type Instant } from "@/lib/time.ts";
import { named } from "./inventory-store.ts";
import { changedSince, type LabelHistory, labelsOn, withLabels } from "./label-history.ts";

interface Row {
  readonly key: number;
  readonly clusterId: string;
  readonly podId: string;
  readonly history: string;
  readonly createdAt: Instant;
}

/**
 * Stores labels of pods, as seen in a window that ends `at`, as labels of their workloads. Labels that are not reported
 * stay.
 * @param zone of billing: a label counts for the days on which it was reported.
 * @returns from when on the labels of some workload changed; null if none did.
 */
export async function saveLabels(
  tx: Tx,
  reported: readonly PodLabels[],
  at: Instant,
  zone: string,
): Promise<Instant | null> {
  const day = dayOfKey(dayKey(dateOf(at, zone)), zone).start;
  const given = reported.filter((p) => Object.keys(p.labels).length > 0);
  let first: Instant | null = null;
  for (let i = 0; i < given.length; i += 500) {
    const part = given.slice(i, i + 500);
    const labelsOf = new Map(part.map((t) => [`${t.clusterId}/${t.podId}`, t.labels]));
    for (const [key, rows] of Map.groupBy(await rowsOf(tx, part), (r) => r.key)) {
      const [row] = rows as [Row, ...Row[]];
      const before = JSON.parse(row.history) as LabelHistory;
      const seen = rows.map((r) => labelsOf.get(`${r.clusterId}/${r.podId}`) ?? {});
      const after = seen.reduce((history: LabelHistory, labels) => withLabels(history, labels, day), before);
      const history = JSON.stringify(after);
      if (history === row.history) continue;
      const newest = JSON.stringify(labelsOn(after, Number.MAX_SAFE_INTEGER));
      await tx.run(sql`update ${workloads} set labels = ${newest}, label_history = ${history} where key = ${key}`);
      const since = changedSince(before, after);
      if (since !== null) first = Math.min(first ?? Number.POSITIVE_INFINITY, Math.max(since, row.createdAt));
    }
  }
  return first;
}

function rowsOf(db: Reader, reported: readonly PodLabels[]): Promise<Row[]> {
  return db.all(sql`select w.key, p.cluster_id as "clusterId", p.id as "podId", w.label_history as history, w.created_at as "createdAt"
    from (select cluster_id, id, workload_key from ${pods} where ${named(
      reported.map((t) => ({ clusterId: t.clusterId, id: t.podId })),
      (t) => t.id,
    )}) p join ${workloads} w on w.key = p.workload_key order by p.id`);
}
