import type { Kit } from "@/db/columns.ts";

/** Sources that people connect, beside those that the settings name: written by lib/connections alone. */
export const connectionTables = (k: Kit) => ({
  connections: k.table(
    "connections",
    {
      key: k.key("key"),
      /** Stored with each cluster, window and gap of the source: it never changes and is never used again. */
      name: k.text("name").notNull(),
      /** `runai` or `prometheus`: the name of its definition (lib/sources/index.ts). */
      kind: k.text("kind").notNull(),
      title: k.text("title").notNull(),
      /** JSON: fields that are not secret, as they were entered. */
      settings: k.text("settings").notNull(),
      createdAt: k.int("created_at").notNull(),
      createdBy: k.text("created_by").notNull(),
      /** Grows with each change, so that a running server opens it again. */
      revision: k.int("revision").notNull(),
      pausedAt: k.int("paused_at"),
      removedAt: k.int("removed_at"),
    },
    (t) => [k.uniqueIndex("connections_name").on(t.name)],
  ),
  /** The cluster that a source means by a name or an id of its own. */
  clusterNames: k.table(
    "cluster_names",
    {
      /** The name of a source; empty: every source. */
      source: k.text("source").notNull(),
      name: k.text("name").notNull(),
      clusterId: k.text("cluster_id").notNull(),
      createdAt: k.int("created_at").notNull(),
      createdBy: k.text("created_by").notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.source, t.name] })],
  ),
});
