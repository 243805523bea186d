import { type Reader, sql, type Tx } from "@/db/client.ts";
import { inList } from "@/db/in-list.ts";
import { clusters, nodes } from "@/db/schema/index.ts";
import type { OwnedCluster } from "@/lib/sync/sources.ts";
import type { Instant } from "@/lib/time.ts";

/** Every cluster that was ever listed, including deleted ones, ordered by id. */
export function listClusters(db: Reader): Promise<OwnedCluster[]> {
  return db.all(sql`select id, source from ${clusters} order by id`);
}

/** The clusters that are not deleted, ordered by id. */
export function listLiveClusters(db: Reader): Promise<OwnedCluster[]> {
  return db.all(sql`select id, source from ${clusters} where deleted_at is null order by id`);
}

/**
 * Marks clusters as deleted, when they were last seen, that a second list in a row lacks and of which no node is left: those go
 * with the second look that lacks them, too. One odd list ends nothing. A cluster that is listed again is no longer deleted.
 * @returns those that were marked.
 */
export async function endClusters(
  tx: Tx,
  missing: readonly string[],
  now: Instant,
): Promise<{ readonly id: string; readonly name: string }[]> {
  if (!missing.length) return [];
  await tx.run(sql`update ${clusters} set missing_at = ${now} where id in ${inList(missing)}
    and last_seen_at < ${now} and deleted_at is null and missing_at is null`);
  const gone = await tx.all<{ id: string; name: string }>(sql`select c.id, c.name from ${clusters} c
    where c.id in ${inList(missing)} and c.missing_at < ${now} and c.deleted_at is null
    and not exists (select 1 from ${nodes} n where n.cluster_id = c.id and n.removed_at is null) order by c.id`);
  for (const { id } of gone) await tx.run(sql`update ${clusters} set deleted_at = last_seen_at where id = ${id}`);
  return gone;
}
