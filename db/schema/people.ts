import type { Kit } from "@/db/columns.ts";

/** People, what they may see and do, and how they prove who they are: written by auth alone. */
export const people = (k: Kit) => ({
  users: k.table(
    "users",
    {
      key: k.key("key"),
      /** Normalised (lib/auth/email.ts): one person, one spelling. */
      email: k.text("email").notNull(),
      name: k.text("name").notNull(),
      /** PHC string; empty: no password, signs in through the provider or by a link. */
      passwordHash: k.text("password_hash").notNull(),
      /** Who the identity provider says it is (`iss`, `sub`); empty until the first sign-in through it. */
      issuer: k.text("issuer").notNull(),
      subject: k.text("subject").notNull(),
      createdAt: k.int("created_at").notNull(),
      createdBy: k.text("created_by").notNull(),
      disabledAt: k.int("disabled_at"),
      lastSeenAt: k.int("last_seen_at"),
      /** When the identity provider last vouched for the person, by a sign-in through it; null: it never has. */
      vouchedAt: k.int("vouched_at"),
    },
    (t) => [k.uniqueIndex("users_email").on(t.email), k.index("users_identity").on(t.issuer, t.subject)],
  ),
  /** Names under which a person submits workloads: whatever is submitted by one of them is their own, and nobody else's. */
  userNames: k.table("user_names", { userKey: k.int("user_key").notNull(), name: k.text("name").notNull() }, (t) => [
    k.primaryKey({ columns: [t.userKey, t.name] }),
    k.uniqueIndex("user_names_name").on(t.name),
  ]),
  /** A role of a person, for everything or for one team or project. */
  grants: k.table(
    "grants",
    {
      userKey: k.int("user_key").notNull(),
      role: k.text("role").notNull(),
      /** 0: of no team in particular. */
      teamKey: k.int("team_key").notNull(),
      /** 0: of no project in particular. */
      projectKey: k.int("project_key").notNull(),
      /** `direct`, or `group:` and the name of the provider's group that gives it: such a grant goes with the group. */
      origin: k.text("origin").notNull(),
      grantedAt: k.int("granted_at").notNull(),
      grantedBy: k.text("granted_by").notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.userKey, t.role, t.teamKey, t.projectKey, t.origin] })],
  ),
  /** Groups of the identity provider that a person was in at the newest sign-in. */
  userGroups: k.table(
    "user_groups",
    { userKey: k.int("user_key").notNull(), groupName: k.text("group_name").notNull() },
    (t) => [k.primaryKey({ columns: [t.userKey, t.groupName] }), k.index("user_groups_name").on(t.groupName)],
  ),
  /** What membership of a provider's group gives. */
  groupRules: k.table(
    "group_rules",
    {
      groupName: k.text("group_name").notNull(),
      role: k.text("role").notNull(),
      teamKey: k.int("team_key").notNull(),
      projectKey: k.int("project_key").notNull(),
      createdAt: k.int("created_at").notNull(),
      createdBy: k.text("created_by").notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.groupName, t.role, t.teamKey, t.projectKey] })],
  ),
  sessions: k.table(
    "sessions",
    {
      /** SHA-256 of the id that the cookie carries. */
      idHash: k.text("id_hash").primaryKey(),
      userKey: k.int("user_key").notNull(),
      /** `password`, `provider`, `link` or `demo`. */
      method: k.text("method").notNull(),
      createdAt: k.int("created_at").notNull(),
      /** Written at most once a minute. */
      lastSeenAt: k.int("last_seen_at").notNull(),
      endsAt: k.int("ends_at").notNull(),
      revokedAt: k.int("revoked_at"),
      address: k.text("address").notNull(),
      agent: k.text("agent").notNull(),
    },
    (t) => [k.index("sessions_user").on(t.userKey, t.createdAt)],
  ),
  /** One-time links: an invitation, a sign-in, another password. */
  signInLinks: k.table(
    "sign_in_links",
    {
      tokenHash: k.text("token_hash").primaryKey(),
      userKey: k.int("user_key").notNull(),
      createdAt: k.int("created_at").notNull(),
      createdBy: k.text("created_by").notNull(),
      expiresAt: k.int("expires_at").notNull(),
      usedAt: k.int("used_at"),
    },
    (t) => [k.index("sign_in_links_user").on(t.userKey)],
  ),
  apiTokens: k.table(
    "api_tokens",
    {
      /** The public part of the token. */
      id: k.text("id").primaryKey(),
      name: k.text("name").notNull(),
      /** SHA-256 of the secret part. */
      secretHash: k.text("secret_hash").notNull(),
      /** Who it acts for: it may never do more than this person; 0: made on the machine, for everything its scopes allow. */
      userKey: k.int("user_key").notNull(),
      /** Scopes, separated by spaces. */
      scopes: k.text("scopes").notNull(),
      /** Keys of the teams that it is narrowed to, separated by spaces; empty: all that its person may see. */
      teamKeys: k.text("team_keys").notNull(),
      createdAt: k.int("created_at").notNull(),
      createdBy: k.text("created_by").notNull(),
      expiresAt: k.int("expires_at").notNull(),
      lastUsedAt: k.int("last_used_at"),
      revokedAt: k.int("revoked_at"),
    },
    (t) => [k.index("api_tokens_user").on(t.userKey)],
  ),
  /** Filters, order and columns of a list that a person keeps under a name. */
  savedViews: k.table(
    "saved_views",
    {
      userKey: k.int("user_key").notNull(),
      /** The page, such as `/workloads`. */
      path: k.text("path").notNull(),
      name: k.text("name").notNull(),
      /** What its address asks for, without the page number. */
      query: k.text("query").notNull(),
      createdAt: k.int("created_at").notNull(),
      /** The team whose people see it, too; 0: nobody but its person. */
      teamKey: k.int("team_key").notNull().default(0),
    },
    (t) => [k.primaryKey({ columns: [t.userKey, t.path, t.name] }), k.index("saved_views_team").on(t.path, t.teamKey)],
  ),
  /** Failed attempts to sign in, by account and by address: they slow down, and lock nobody out for good. */
  signInFailures: k.table("sign_in_failures", {
    /** `account:` and the e-mail address, or `address:` and the network address. */
    subject: k.text("subject").primaryKey(),
    failures: k.int("failures").notNull(),
    lastAt: k.int("last_at").notNull(),
  }),
});
