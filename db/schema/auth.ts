import type { Kit } from "@/db/columns.ts";

/** Who did what: written by auth alone, in the transaction of the act itself. Triggers let it only grow. */
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
      /** JSON; null: there was nothing before, or is nothing after. */
      before: k.text("before"),
      after: k.text("after"),
      reason: k.text("reason").notNull(),
    },
    (t) => [k.index("audit_log_at").on(t.at), k.index("audit_log_subject").on(t.subject, t.at)],
  ),
});
