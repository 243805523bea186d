import type { Kit } from "@/db/columns.ts";

/** Teams and their rules: written by attribution alone. */
export const attribution = (k: Kit) => ({
  /** Key 1 is Platform, which pays for what no team holds; key 2 is Unassigned, which gets what no rule matches. */
  teams: k.table(
    "teams",
    {
      key: k.key("key"),
      name: k.text("name").notNull(),
      costCentre: k.text("cost_centre").notNull(),
      glAccount: k.text("gl_account").notNull(),
      /** Name or address of the person who is responsible for its budget. */
      owner: k.text("owner").notNull(),
      createdAt: k.int("created_at").notNull(),
      archivedAt: k.int("archived_at"),
    },
    (t) => [k.uniqueIndex("teams_name").on(t.name)],
  ),
  /** Rules in order of position; for each day, the first that matches decides. */
  teamRules: k.table("team_rules", {
    id: k.text("id").primaryKey(),
    position: k.int("position").notNull(),
    /** `label`, `namespace`, `project`, `department` or `user`. */
    kind: k.text("kind").notNull(),
    /** The key of the label; empty for the other kinds. */
    label: k.text("label").notNull(),
    /** The value that it must have, with `*` for any characters. */
    pattern: k.text("pattern").notNull(),
    /** Empty: every cluster. */
    clusterId: k.text("cluster_id").notNull(),
    teamKey: k.int("team_key").notNull(),
    /** Days (`YYYYMMDD`) of the billing time zone, half-open; null: no end. */
    fromDay: k.int("from_day").notNull(),
    untilDay: k.int("until_day"),
    createdBy: k.text("created_by").notNull(),
    createdAt: k.int("created_at").notNull(),
  }),
});
