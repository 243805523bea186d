import { type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { insertForKey } from "@/db/insert-for-key.ts";
import { clusterNames, clusters, connections, meteredBuckets, nodes, pods, windows } from "@/db/schema/index.ts";
import type { Instant } from "@/lib/time.ts";

export interface ConnectionRow {
  readonly key: number;
  readonly name: string;
  readonly kind: string;
  readonly title: string;
  /** JSON. */
  readonly settings: string;
  readonly createdAt: Instant;
  readonly createdBy: string;
  readonly revision: number;
  readonly pausedAt: Instant | null;
  readonly removedAt: Instant | null;
}

/** The stored secrets' owner of a connection. */
export const secretOwner = (key: number): string => `connection/${key}`;

/** In the order in which they were added; removed ones where asked. */
export function listRows(db: Reader, removed = false): Promise<ConnectionRow[]> {
  const which = removed ? sql`` : sql`where removed_at is null`;
  return db.all(sql`select ${columnsOf(connections)} from ${connections} ${which} order by key`);
}

export const findRow = (db: Reader, key: number): Promise<ConnectionRow | undefined> =>
  db.find(sql`select ${columnsOf(connections)} from ${connections} where key = ${key}`);

/** @returns its key. */
export const insertRow = (tx: Tx, row: Omit<ConnectionRow, "key">): Promise<number> =>
  insertForKey(tx, connections, row);

/** Stores what may change, as the next revision. */
export async function updateRow(
  tx: Tx,
  {
    key,
    title,
    settings,
    pausedAt,
    removedAt,
  }: Pick<ConnectionRow, "key" | "title" | "settings" | "pausedAt" | "removedAt">,
): Promise<void> {
  await tx.run(sql`update ${connections} set title = ${title}, settings = ${settings}, paused_at = ${pausedAt},
    removed_at = ${removedAt}, revision = revision + 1 where key = ${key}`);
}

/** Names of sources that clusters are stored with, also of those that are gone. */
export async function usedSources(db: Reader): Promise<string[]> {
  const rows = await db.all<{ source: string }>(sql`select distinct source from ${clusters} where source <> ''`);
  return rows.map(({ source }) => source);
}

export interface KnownCluster {
  readonly id: string;
  readonly name: string;
  readonly source: string;
  readonly deletedAt: Instant | null;
  /** When a list last named it. */
  readonly lastSeenAt: Instant;
}

export const listKnownClusters = (db: Reader): Promise<KnownCluster[]> =>
  db.all(
    sql`select ${columnsOf(clusters, ["id", "name", "source", "deletedAt", "lastSeenAt"])} from ${clusters} order by name, id`,
  );

/** Since when time of a cluster is counted, or will be: the first of its metered buckets, nodes and pods. Null: never. */
export async function countedSince(db: Reader, clusterId: string): Promise<Instant | null> {
  const row = await db.find<{ at: Instant | null }>(sql`select min(at) as "at" from (
    select min(bucket_at) as at from ${meteredBuckets} where cluster_id = ${clusterId}
    union all select min(first_seen_at) from ${nodes} where cluster_id = ${clusterId}
    union all select min(coalesce(started_at, created_at)) from ${pods} where cluster_id = ${clusterId}) firsts`);
  return row?.at ?? null;
}

/** What is stored of the windows of each source. */
export interface SourceWindows {
  readonly source: string;
  readonly unread: number;
  readonly readThrough: Instant | null;
  readonly failedAt: Instant | null;
}

export const listSourceWindows = (db: Reader): Promise<SourceWindows[]> =>
  db.all(sql`select source, sum(case when status in ('due', 'leased', 'failed', 'partial') then 1 else 0 end) as "unread",
    max(case when status in ('fetched', 'no-data', 'partial') then end_at end) as "readThrough",
    max(case when status = 'failed' then end_at end) as "failedAt" from ${windows} group by source`);

/** Why the newest window of a source that failed could not be read. */
export async function lastProblem(db: Reader, source: string): Promise<string> {
  const row = await db.find<{ error: string }>(sql`select error from ${windows} where source = ${source}
    and status = 'failed' order by updated_at desc, start_at desc limit 1`);
  return row?.error ?? "";
}

export async function saveName(
  tx: Tx,
  row: { source: string; name: string; clusterId: string; createdAt: Instant; createdBy: string },
): Promise<void> {
  await tx.insert(clusterNames, [row], { target: [clusterNames.source, clusterNames.name], update: "all" });
}

/** @returns whether there was one. */
export const deleteName = async (tx: Tx, source: string, name: string): Promise<boolean> =>
  (await tx.run(sql`delete from ${clusterNames} where source = ${source} and name = ${name}`)) > 0;
