import type { Kit } from "@/db/columns.ts";

/** Rules, events, the outbox of their messages, channels and what people chose: written by alerts alone. */
export const alerts = (k: Kit) => ({
  alertChannels: k.table("alert_channels", {
    key: k.key("key"),
    /** The name of a folder of lib/alerts/channels: `slack`, `email`, … Secrets are stored as `channel/<key>`. */
    kind: k.text("kind").notNull(),
    name: k.text("name").notNull(),
    /** JSON: what is not secret, as the kind's schema reads it. */
    settings: k.text("settings").notNull(),
    /** Messages a minute. */
    ratePerMinute: k.int("rate_per_minute").notNull(),
    createdAt: k.int("created_at").notNull(),
    createdBy: k.text("created_by").notNull(),
    /** Nothing is sent from then on, and why; null: in use. */
    disabledAt: k.int("disabled_at"),
    disabledReason: k.text("disabled_reason").notNull(),
    archivedAt: k.int("archived_at"),
  }),
  alertRules: k.table("alert_rules", {
    key: k.key("key"),
    /** The name of a file of lib/alerts/rules: `sync-late`, `daily-cost`, … */
    kind: k.text("kind").notNull(),
    name: k.text("name").notNull(),
    /** 0: everything. */
    teamKey: k.int("team_key").notNull(),
    /** In the unit of the kind; 0 where it takes none. */
    threshold: k.int("threshold").notNull(),
    /** How long the condition must hold before anybody is notified, in seconds. */
    holdSeconds: k.int("hold_seconds").notNull(),
    /** `info`, `warning` or `critical`. */
    severity: k.text("severity").notNull(),
    /** Minutes of the day in the billing zone, half-open; -1: no quiet hours. */
    quietFrom: k.int("quiet_from").notNull(),
    quietUntil: k.int("quiet_until").notNull(),
    /** Sent again as often while it lasts; 0: never. */
    repeatSeconds: k.int("repeat_seconds").notNull(),
    /** The next person is notified after as long without an acknowledgement; 0: never. */
    escalateSeconds: k.int("escalate_seconds").notNull(),
    /** 1: the people whom it concerns are notified too, not the channels alone. */
    people: k.int("people").notNull(),
    /** What its messages say instead of the usual title and text (lib/alerts/template.ts); empty: the usual. */
    titleTemplate: k.text("title_template").notNull().default(""),
    summaryTemplate: k.text("summary_template").notNull().default(""),
    mutedUntil: k.int("muted_until"),
    mutedReason: k.text("muted_reason").notNull(),
    createdAt: k.int("created_at").notNull(),
    createdBy: k.text("created_by").notNull(),
    /** Since when it is as it is: its definition, and that it is on or off; 0: since before this was stored. */
    changedAt: k.int("changed_at").notNull().default(0),
    disabledAt: k.int("disabled_at"),
    archivedAt: k.int("archived_at"),
    /** When it was last evaluated, and why that failed; empty: it did not. */
    checkedAt: k.int("checked_at"),
    error: k.text("error").notNull(),
  }),
  /** Where the messages of a rule go, besides people. */
  alertRoutes: k.table(
    "alert_routes",
    {
      ruleKey: k.int("rule_key").notNull(),
      channelKey: k.int("channel_key").notNull(),
      /** `now`, `daily` or `weekly`. */
      mode: k.text("mode").notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.ruleKey, t.channelKey] })],
  ),
  /** One row for each time that a condition began to hold for a subject. */
  alertEvents: k.table(
    "alert_events",
    {
      id: k.text("id").primaryKey(),
      ruleKey: k.int("rule_key").notNull(),
      /** What it is about within the rule: `cluster/a`, `2026-10`. */
      subject: k.text("subject").notNull(),
      /** `<rule key>/<subject>` while it is open, `<id>` once it ended: at most one is open. */
      openKey: k.text("open_key").notNull(),
      teamKey: k.int("team_key").notNull(),
      severity: k.text("severity").notNull(),
      /** `pending`, `firing`, `resolved`, or `recorded` for what happens once. */
      state: k.text("state").notNull(),
      /** Grows where it gets worse. */
      level: k.int("level").notNull(),
      title: k.text("title").notNull(),
      /** JSON: summary, facts, link, people (lib/alerts/types.ts). */
      detail: k.text("detail").notNull(),
      startedAt: k.int("started_at").notNull(),
      firedAt: k.int("fired_at"),
      resolvedAt: k.int("resolved_at"),
      /** Newest change that was notified; 0: none. */
      sequence: k.int("sequence").notNull(),
      notifiedAt: k.int("notified_at"),
      /** How far it was escalated: 0 owner, 1 lead, 2 manager. */
      step: k.int("step").notNull(),
      acknowledgedAt: k.int("acknowledged_at"),
      acknowledgedBy: k.text("acknowledged_by").notNull(),
    },
    (t) => [
      k.uniqueIndex("alert_events_open").on(t.openKey),
      k.index("alert_events_rule").on(t.ruleKey, t.subject),
      k.index("alert_events_started").on(t.startedAt),
    ],
  ),
  /** The outbox: one row for each change, place and event. Written with the state of the event. */
  alertDeliveries: k.table(
    "alert_deliveries",
    {
      key: k.key("key"),
      /** Of the event, or `test/…`, `digest/…`. */
      eventId: k.text("event_id").notNull(),
      sequence: k.int("sequence").notNull(),
      /** `trigger`, `repeat`, `update`, `escalate`, `acknowledge`, `resolve`, `digest` or `test`. */
      change: k.text("change").notNull(),
      /** 0: an e-mail to a person, through the server of the settings. */
      channelKey: k.int("channel_key").notNull(),
      /** An e-mail address where the channel is 0 or has several; `person/<address>` through a channel for people; else empty. */
      target: k.text("target").notNull(),
      /** Messages of one order key arrive in the order of their keys. */
      orderKey: k.text("order_key").notNull(),
      /** The same at each attempt: receivers drop what they have. */
      messageId: k.text("message_id").notNull(),
      /** JSON: the message as it was when the event changed (lib/alerts/types.ts). */
      message: k.text("message").notNull(),
      /** `waiting`, `sending`, `sent`, `accepted`, `dead` or `dropped`. */
      state: k.text("state").notNull(),
      attempts: k.int("attempts").notNull(),
      nextAttemptAt: k.int("next_attempt_at").notNull(),
      leaseUntil: k.int("lease_until").notNull(),
      /** Grows with each claim: a writer with an older number writes nothing. */
      fence: k.int("fence").notNull(),
      status: k.int("status").notNull(),
      error: k.text("error").notNull(),
      createdAt: k.int("created_at").notNull(),
      finishedAt: k.int("finished_at"),
    },
    (t) => [
      k.uniqueIndex("alert_deliveries_once").on(t.eventId, t.sequence, t.channelKey, t.target),
      k.index("alert_deliveries_due").on(t.state, t.nextAttemptAt),
      k.index("alert_deliveries_order").on(t.orderKey, t.key),
      k.index("alert_deliveries_created").on(t.createdAt),
    ],
  ),
  /** Every call to a receiver, on record before it is sent: one without an outcome may have arrived. */
  alertAttempts: k.table(
    "alert_attempts",
    {
      deliveryKey: k.int("delivery_key").notNull(),
      /** The fencing number of its claim. */
      fence: k.int("fence").notNull(),
      channelKey: k.int("channel_key").notNull(),
      startedAt: k.int("started_at").notNull(),
      finishedAt: k.int("finished_at"),
      /** `unknown` until its end is recorded; then `sent`, `accepted`, `retry` or `failed`. */
      outcome: k.text("outcome").notNull(),
      status: k.int("status").notNull(),
      excerpt: k.text("excerpt").notNull(),
    },
    (t) => [
      k.primaryKey({ columns: [t.deliveryKey, t.fence] }),
      k.index("alert_attempts_rate").on(t.channelKey, t.startedAt),
    ],
  ),
  /** Changes that wait for the next digest of a place. */
  alertDigestItems: k.table(
    "alert_digest_items",
    {
      channelKey: k.int("channel_key").notNull(),
      target: k.text("target").notNull(),
      eventId: k.text("event_id").notNull(),
      sequence: k.int("sequence").notNull(),
      /** `daily` or `weekly`. */
      mode: k.text("mode").notNull(),
      message: k.text("message").notNull(),
      createdAt: k.int("created_at").notNull(),
      /** Key of the digest's own event id; empty: not sent yet. */
      digestId: k.text("digest_id").notNull(),
    },
    (t) => [
      k.primaryKey({ columns: [t.channelKey, t.target, t.eventId, t.sequence] }),
      k.index("alert_digest_items_due").on(t.digestId, t.mode, t.createdAt),
    ],
  ),
  /** Digests whose receiver is a team: what happened to its alerts, besides what was sent about each. */
  alertTeamDigests: k.table(
    "alert_team_digests",
    {
      teamKey: k.int("team_key").notNull(),
      /** 0: the lead and the managers of the team. */
      channelKey: k.int("channel_key").notNull(),
      /** `daily` or `weekly`. */
      mode: k.text("mode").notNull(),
      changedAt: k.int("changed_at").notNull(),
      changedBy: k.text("changed_by").notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.teamKey, t.channelKey] })],
  ),
  /** What a person chose for a kind of rule; `*`: for all that have no row of their own. */
  alertPreferences: k.table(
    "alert_preferences",
    {
      userKey: k.int("user_key").notNull(),
      kind: k.text("kind").notNull(),
      /** `now`, `daily`, `weekly` or `off`. */
      mode: k.text("mode").notNull(),
      /** The least severity that is sent. */
      severity: k.text("severity").notNull(),
      /** Where: 0 by e-mail, else through a channel that is open for people. */
      channelKey: k.int("channel_key").notNull().default(0),
      /** As those of a rule. */
      quietFrom: k.int("quiet_from").notNull(),
      quietUntil: k.int("quiet_until").notNull(),
      changedAt: k.int("changed_at").notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.userKey, t.kind] })],
  ),
  /** Links to unsubscribe that were used: each works once. */
  alertUnsubscribes: k.table("alert_unsubscribes", {
    tokenHash: k.text("token_hash").primaryKey(),
    userKey: k.int("user_key").notNull(),
    kind: k.text("kind").notNull(),
    usedAt: k.int("used_at").notNull(),
  }),
  /** Alerts that an Alertmanager sent us, the newest state of each. */
  alertReceived: k.table(
    "alert_received",
    {
      fingerprint: k.text("fingerprint").notNull(),
      startsAt: k.int("starts_at").notNull(),
      endsAt: k.int("ends_at"),
      /** `firing` or `resolved`. */
      status: k.text("status").notNull(),
      /** JSON. */
      labels: k.text("labels").notNull(),
      annotations: k.text("annotations").notNull(),
      receivedAt: k.int("received_at").notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.fingerprint, t.startsAt] })],
  ),
});
