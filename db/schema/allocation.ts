import type { Kit } from "@/db/columns.ts";

/** Who pays for cost that no workload caused: written by allocation alone. */
export const allocation = (k: Kit) => ({
  sharePolicies: k.table(
    "share_policies",
    {
      /** Empty: every cluster without a policy of its own. */
      clusterId: k.text("cluster_id").notNull(),
      /** `unallocated`, `down`, `unknown` or `shared` (imported cost of nobody). */
      costClass: k.text("cost_class").notNull(),
      fromDay: k.int("from_day").notNull(),
      /** `platform`, `charges`, `quota`, `equal` or `node-pool`. */
      method: k.text("method").notNull(),
      decidedBy: k.text("decided_by").notNull(),
      decidedAt: k.int("decided_at").notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.clusterId, t.costClass, t.fromDay] })],
  ),
  /** How CPU and memory are charged, and whether held quota is, from a day on. */
  chargeSettings: k.table("charge_settings", {
    fromDay: k.int("from_day").primaryKey(),
    /** JSON, lib/allocation/types.ts. */
    settings: k.text("settings").notNull(),
    decidedBy: k.text("decided_by").notNull(),
    decidedAt: k.int("decided_at").notNull(),
  }),
});
