import type { Kit } from "@/db/columns.ts";

/** Findings, what they were found from, and what people replied: written by insights alone. */
export const insights = (k: Kit) => ({
  /** One problem of one subject under one rule. What a job found and what people said are columns apart. */
  insightFindings: k.table(
    "insight_findings",
    {
      key: k.key("key"),
      /** Follows from rule and subject: the same problem is the same finding. */
      id: k.text("id").notNull(),
      rule: k.text("rule").notNull(),
      ruleVersion: k.int("rule_version").notNull(),
      /** JSON: the thresholds that it was found with. */
      settings: k.text("settings").notNull(),
      /** `owner`, or `admin` where nobody else may see it. */
      audience: k.text("audience").notNull(),
      /** `workload`, `hardware` or `node`. */
      subjectKind: k.text("subject_kind").notNull(),
      /** The id of the workload, the name of the node, the pool and model of hardware. */
      subject: k.text("subject").notNull(),
      clusterId: k.text("cluster_id").notNull(),
      /** 0: not about a workload. */
      workloadKey: k.int("workload_key").notNull(),
      projectKey: k.int("project_key").notNull(),
      /** Start of the present episode, or of the last one. */
      openedAt: k.int("opened_at").notNull(),
      /** From when on its loss counts: the problem began before it was found. */
      sinceAt: k.int("since_at").notNull(),
      lastSeenAt: k.int("last_seen_at").notNull(),
      /** End of the last episode; null while the problem is seen. */
      endedAt: k.int("ended_at"),
      /** While it is open: cells without the problem since it was last seen, and when the first of them began. */
      clearCells: k.int("clear_cells").notNull(),
      clearAt: k.int("clear_at"),
      /** Up to where its loss is counted. */
      countedAt: k.int("counted_at").notNull(),
      /** JSON: `[start, end or null]` of each episode, oldest first. */
      episodes: k.text("episodes").notNull(),
      severity: k.text("severity").notNull(),
      points: k.int("points").notNull(),
      /** JSON: what speaks for it, with numbers. */
      evidence: k.text("evidence").notNull(),
      /** Milli-GPUs that are lost at present; 0 once it ended. */
      nowMilli: k.int("now_milli").notNull(),
      /** Hardware of most of the loss, for its price. */
      hardwareKey: k.int("hardware_key").notNull(),
      /** What people said last: empty, `acknowledged`, `snoozed`, `disputed` or `resolved`. */
      standing: k.text("standing").notNull(),
      standingAt: k.int("standing_at"),
      standingBy: k.text("standing_by").notNull(),
      standingReason: k.text("standing_reason").notNull(),
      /** Of a snooze: when it comes back. */
      standingUntil: k.int("standing_until"),
    },
    (t) => [
      k.uniqueIndex("insight_findings_id").on(t.id),
      k.index("insight_findings_workload").on(t.workloadKey, t.rule),
      k.index("insight_findings_seen").on(t.lastSeenAt, t.rule),
      // What is open: few of all that ever were.
      k.index("insight_findings_open").on(t.endedAt, t.clusterId, t.workloadKey),
    ],
  ),
  /** What a finding lost on a day (`YYYYMMDD`) of the billing time zone, by hardware: milli-GPU-seconds. */
  insightLosses: k.table(
    "insight_losses",
    {
      findingKey: k.int("finding_key").notNull(),
      day: k.int("day").notNull(),
      hardwareKey: k.int("hardware_key").notNull(),
      milli: k.int("milli").notNull(),
    },
    (t) => [
      k.primaryKey({ columns: [t.findingKey, t.day, t.hardwareKey] }),
      k.index("insight_losses_day").on(t.day, t.findingKey),
    ],
  ),
  /** What people did with a finding, and what was sent about it. Only grows. */
  insightEvents: k.table(
    "insight_events",
    {
      id: k.text("id").primaryKey(),
      findingKey: k.int("finding_key").notNull(),
      at: k.int("at").notNull(),
      kind: k.text("kind").notNull(),
      by: k.text("by").notNull(),
      reason: k.text("reason").notNull(),
      /** Of a snooze: until when; of a reply: `real`, `expected` or `wrong`. */
      until: k.int("until"),
      verdict: k.text("verdict").notNull(),
    },
    (t) => [k.index("insight_events_finding").on(t.findingKey, t.at)],
  ),
  /** What rules leave alone, and until when. */
  insightExceptions: k.table(
    "insight_exceptions",
    {
      id: k.text("id").primaryKey(),
      /** Empty: every rule. */
      rule: k.text("rule").notNull(),
      /** `workload`, `project`, `user` or `image`. */
      kind: k.text("kind").notNull(),
      /** `*` stands for any run of characters. */
      pattern: k.text("pattern").notNull(),
      reason: k.text("reason").notNull(),
      createdBy: k.text("created_by").notNull(),
      createdAt: k.int("created_at").notNull(),
      expiresAt: k.int("expires_at").notNull(),
    },
    (t) => [k.index("insight_exceptions_rule").on(t.rule, t.expiresAt)],
  ),
  /** What the cards of a workload did over an aligned span, in cells of 15 minutes (lib/insights/cells/codec.ts). */
  insightCells: k.table(
    "insight_cells",
    {
      workloadKey: k.int("workload_key").notNull(),
      spanAt: k.int("span_at").notNull(),
      bytes: k.blob("bytes").notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.workloadKey, t.spanAt] }), k.index("insight_cells_span").on(t.spanAt)],
  ),
  /** Up to where a workload is evaluated, and what of its earlier life rules need. */
  insightSubjects: k.table("insight_subjects", {
    workloadKey: k.int("workload_key").primaryKey(),
    throughAt: k.int("through_at").notNull(),
    firstHeldAt: k.int("first_held_at").notNull(),
    /** End of the last cell with activity; null: none so far. */
    lastActiveAt: k.int("last_active_at"),
  }),
  /** Which metering of a bucket was read. */
  insightBuckets: k.table(
    "insight_buckets",
    {
      clusterId: k.text("cluster_id").notNull(),
      bucketAt: k.int("bucket_at").notNull(),
      revision: k.int("revision").notNull(),
      /** Up to where its cells are settled. */
      throughAt: k.int("through_at").notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.clusterId, t.bucketAt] })],
  ),
});
