import type { Kit } from "@/db/columns.ts";

/** Secrets of channels and connections, encrypted: written by lib/secrets alone. */
export const secrets = (k: Kit) => ({
  storedSecrets: k.table(
    "stored_secrets",
    {
      /** What it belongs to, such as `channel/12`. */
      owner: k.text("owner").notNull(),
      field: k.text("field").notNull(),
      /** `v1.<key id>.<…>` (lib/secrets/envelope.ts): opens with that key, and at this place alone. */
      envelope: k.text("envelope").notNull(),
      keyId: k.text("key_id").notNull(),
      changedAt: k.int("changed_at").notNull(),
      changedBy: k.text("changed_by").notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.owner, t.field] })],
  ),
});
