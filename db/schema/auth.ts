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
});
