import type { Kit } from "@/db/columns.ts";

/** Windows, gaps, leases and the sample store: written by sync alone. */
export const sync = (k: Kit) => ({
  series: k.table(
    "series",
    {
      key: k.key("key"),
      clusterId: k.text("cluster_id").notNull(),
      subjectKind: k.text("subject_kind").notNull(),
      subjectId: k.text("subject_id").notNull(),
      gpu: k.text("gpu").notNull(),
      metric: k.text("metric").notNull(),
      node: k.text("node").notNull(),
      gpuModel: k.text("gpu_model").notNull(),
      shared: k.int("shared").notNull(),
    },
    (t) => [k.uniqueIndex("series_identity").on(t.subjectId, t.metric, t.gpu, t.subjectKind, t.clusterId)],
  ),
  /** Samples of one series over one aligned span, compressed (lib/sync/samples/chunk.ts). */
  chunks: k.table(
    "chunks",
    {
      startAt: k.int("start_at").notNull(),
      seriesKey: k.int("series_key").notNull(),
      count: k.int("count").notNull(),
      stepSeconds: k.int("step_seconds").notNull(),
      bytes: k.blob("bytes").notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.startAt, t.seriesKey] })],
  ),
  /** Chunk spans whose samples retention has removed: usage metered from them stays until they are read again. */
  prunedSpans: k.table("pruned_spans", {
    startAt: k.int("start_at").primaryKey(),
    prunedAt: k.int("pruned_at").notNull(),
  }),
  /** The units that values of a metric proved on a day, under the name of its source (lib/sync/samples/unit-store.ts). */
  metricUnits: k.table(
    "metric_units",
    {
      source: k.text("source").notNull(),
      name: k.text("name").notNull(),
      day: k.int("day").notNull(),
      unit: k.text("unit").notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.source, t.name, t.day, t.unit] })],
  ),
  /** One span for which a source is, was or will be read. */
  windows: k.table(
    "windows",
    {
      clusterId: k.text("cluster_id").notNull(),
      source: k.text("source").notNull(),
      /**
       * Empty: everything that the source has for the cluster; else `cluster/<id>`, `workload/<id>`, `pod/<id>`,
       * `node/<name>`.
       */
      subject: k.text("subject").notNull(),
      startAt: k.int("start_at").notNull(),
      endAt: k.int("end_at").notNull(),
      stepSeconds: k.int("step_seconds").notNull(),
      backfillId: k.text("backfill_id").notNull(),
      status: k.text("status").notNull(),
      owner: k.text("owner").notNull(),
      leaseUntil: k.int("lease_until").notNull(),
      attempts: k.int("attempts").notNull(),
      nextAttemptAt: k.int("next_attempt_at").notNull(),
      samples: k.int("samples").notNull(),
      error: k.text("error").notNull(),
      updatedAt: k.int("updated_at").notNull(),
    },
    (t) => [
      k.primaryKey({ columns: [t.clusterId, t.source, t.subject, t.startAt] }),
      // The claim: the newest due window of a backfill or of the live sync.
      k.index("windows_due").on(t.backfillId, t.status, t.startAt),
      // What is to be retried, whichever work read it first.
      k.index("windows_retry").on(t.status, t.nextAttemptAt, t.startAt),
    ],
  ),
  backfills: k.table("backfills", {
    id: k.text("id").primaryKey(),
    fromAt: k.int("from_at").notNull(),
    toAt: k.int("to_at").notNull(),
    stepSeconds: k.int("step_seconds").notNull(),
    status: k.text("status").notNull(),
    requestedBy: k.text("requested_by").notNull(),
    /** Windows are planned newest first; everything at or after this instant is planned. */
    plannedFromAt: k.int("planned_from_at").notNull(),
    createdAt: k.int("created_at").notNull(),
    startedAt: k.int("started_at"),
    finishedAt: k.int("finished_at"),
    error: k.text("error").notNull(),
    /**
     * Windows that it read and that a later backfill replaced, those of them that were not read in full, and their
     * samples.
     */
    takenWindows: k.int("taken_windows").notNull().default(0),
    takenShort: k.int("taken_short").notNull().default(0),
    takenSamples: k.int("taken_samples").notNull().default(0),
  }),
  gaps: k.table(
    "gaps",
    {
      clusterId: k.text("cluster_id").notNull(),
      source: k.text("source").notNull(),
      subject: k.text("subject").notNull(),
      startAt: k.int("start_at").notNull(),
      endAt: k.int("end_at").notNull(),
      cause: k.text("cause").notNull(),
      status: k.text("status").notNull(),
      attempts: k.int("attempts").notNull(),
      firstSeenAt: k.int("first_seen_at").notNull(),
      nextRetryAt: k.int("next_retry_at").notNull(),
      healedAt: k.int("healed_at"),
    },
    (t) => [
      k.primaryKey({ columns: [t.clusterId, t.source, t.subject, t.startAt] }),
      k.index("gaps_open").on(t.status, t.nextRetryAt),
    ],
  ),
  syncRuns: k.table(
    "sync_runs",
    {
      id: k.text("id").primaryKey(),
      kind: k.text("kind").notNull(),
      startedAt: k.int("started_at").notNull(),
      finishedAt: k.int("finished_at"),
      status: k.text("status").notNull(),
      /** JSON of counts: windows, samples, workloads, pods, buckets, requests. */
      counts: k.text("counts").notNull(),
      error: k.text("error").notNull(),
    },
    // Pages ask for the newest run and the newest success: of a month of minutes, there are 43,000.
    (t) => [k.index("sync_runs_started").on(t.startedAt), k.index("sync_runs_ended").on(t.status, t.finishedAt)],
  ),
  /** How long calls to sources took, counted since the ledger began: what several processes add to. */
  sourceCalls: k.table(
    "source_calls",
    {
      source: k.text("source").notNull(),
      outcome: k.text("outcome").notNull(),
      /** Upper end of the class, inclusive; 0: none (lib/sources/call-times.ts). */
      boundMs: k.int("bound_ms").notNull(),
      calls: k.int("calls").notNull(),
      tookMs: k.int("took_ms").notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.source, t.outcome, t.boundMs] })],
  ),
  leases: k.table("leases", {
    name: k.text("name").primaryKey(),
    owner: k.text("owner").notNull(),
    untilAt: k.int("until_at").notNull(),
  }),
  /**
   * Buckets whose facts or samples changed since they were metered: written by sync with the change, cleared by
   * metering.
   */
  dueBuckets: k.table(
    "due_buckets",
    {
      clusterId: k.text("cluster_id").notNull(),
      bucketAt: k.int("bucket_at").notNull(),
      /** Grows with each change, so that metering clears only what it has read. */
      revision: k.int("revision").notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.clusterId, t.bucketAt] })],
  ),
});
