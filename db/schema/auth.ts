import type { Kit } from "@/db/columns.ts";

/** The audit log: written by auth alone, in the transaction of the act itself. Triggers allow only inserts. */
export const auth = (k: Kit) => ({
  auditLog: k.table(
    "audit_log",
    {
      id: k.text("id").primaryKey(),
      at: k.int("at").notNull(),
      /** `person`, `token`, `job` or `local`, and who. */
      actorKind: k.text("actor_kind").notNull(),
      actorId: k.text("actor_id").notNull(),
      /** `prices.approve`, `periods.close` … */
      action: k.text("action").notNull(),
      subject: k.text("subject").notNull(),
      /** JSON; null: nothing existed before, or nothing exists after. */
      before: k.text("before"),
      after: k.text("after"),
      reason: k.text("reason").notNull(),
    },
    (t) => [k.index("audit_log_at").on(t.at), k.index("audit_log_subject").on(t.subject, t.at)],
  ),
  /** The chain over the audit log: each entry with a hash over itself and the hash before it. Triggers allow only inserts. */
  auditChain: k.table("audit_chain", {
    sequence: k.int("sequence").primaryKey(),
    entryId: k.text("entry_id").notNull(),
    hash: k.text("hash").notNull(),
  }),
  /** The end of that chain, one row: who writes next waits for its lock. A trigger keeps it from being deleted. */
  auditHead: k.table("audit_head", {
    key: k.int("key").primaryKey(),
    sequence: k.int("sequence").notNull(),
    hash: k.text("hash").notNull(),
  }),
});
