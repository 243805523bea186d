import { type Reader, sql } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { clusterNames, clusters } from "@/db/schema/index.ts";
import type { Instant } from "@/lib/time.ts";

/** A name or an id by which a source calls a cluster, as an administrator said it. */
export interface GivenName {
  /** The name of the source; empty: every source. */
  readonly source: string;
  readonly name: string;
  readonly clusterId: string;
  /** When it was given. */
  readonly createdAt: Instant;
}

/** What sources mean by names and ids of clusters. */
export interface ClusterNames {
  /** The id of the cluster; null: no cluster that is known, or several of that name. */
  idOf(source: string, name: string): string | null;
  /** The ids of clusters that one source has for others, as somebody said it: its own id, and ours. Names are not among them. */
  otherIds(source: string): readonly (readonly [theirs: string, ours: string])[];
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a name may be the id of a cluster: of one that is known, or by its form. Others are labels of series. */
export const isClusterId = (name: string, known: Iterable<{ readonly id: string }>): boolean =>
  UUID.test(name) || [...known].some(({ id }) => id === name);

/**
 * What was said about a name counts first – for one source before every source –, then ids, then the names of clusters that are not
 * deleted, where only one has it.
 */
export async function loadClusterNames(db: Reader): Promise<ClusterNames> {
  const given = await listGivenNames(db);
  const rows = await db.all<{ id: string; name: string; deletedAt: number | null }>(
    sql`select id, name, deleted_at as "deletedAt" from ${clusters} order by id`,
  );
  const said = new Map(given.map((g) => [JSON.stringify([g.source, g.name]), g.clusterId]));
  const ids = new Set(rows.map((row) => row.id));
  const living = Map.groupBy(
    rows.filter((row) => row.deletedAt === null),
    (row) => row.name,
  );
  return {
    idOf(source, name) {
      const stated = said.get(JSON.stringify([source, name])) ?? said.get(JSON.stringify(["", name]));
      if (stated !== undefined) return stated;
      if (ids.has(name)) return name;
      const named = living.get(name) ?? [];
      return named.length === 1 ? (named[0]?.id ?? null) : null;
    },
    otherIds: (source) =>
      given.flatMap((g) =>
        (g.source === "" || g.source === source) && (ids.has(g.name) || UUID.test(g.name))
          ? [[g.name, g.clusterId]]
          : [],
      ),
  };
}

export function listGivenNames(db: Reader): Promise<GivenName[]> {
  return db.all(
    sql`select ${columnsOf(clusterNames, ["source", "name", "clusterId", "createdAt"])} from ${clusterNames} order by source, name`,
  );
}
