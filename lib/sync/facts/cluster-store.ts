import { type Reader, sql } from "@/db/client.ts";
import { clusters } from "@/db/schema/index.ts";
import type { OwnedCluster } from "@/lib/sync/sources.ts";

/** Every cluster that was ever listed, including deleted ones, ordered by id. */
export function listClusters(db: Reader): Promise<OwnedCluster[]> {
  return db.all(sql`select id, source from ${clusters} order by id`);
}

/** The clusters that are not deleted, ordered by id. */
export function listLiveClusters(db: Reader): Promise<OwnedCluster[]> {
  return db.all(sql`select id, source from ${clusters} where deleted_at is null order by id`);
}
