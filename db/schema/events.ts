import type { Kit } from "@/db/columns.ts";

/** Usage that leaves as events: destinations, what was planned, and the outbox. Written by events alone. */
export const eventTables = (k: Kit) => ({
  eventDestinations: k.table("event_destinations", {
    key: k.key("key"),
    /** The name of a folder of lib/events/destinations. Secrets are stored as `destination/<key>`. */
    kind: k.text("kind").notNull(),
    name: k.text("name").notNull(),
    /** JSON: the texts of its form that are not secret (lib/events/types.ts). */
    settings: k.text("settings").notNull(),
    /** Usage from this instant on is sent. */
    fromAt: k.int("from_at").notNull(),
    createdAt: k.int("created_at").notNull(),
    createdBy: k.text("created_by").notNull(),
    pausedAt: k.int("paused_at"),
    archivedAt: k.int("archived_at"),
    /** Requests that failed since the last one that was accepted; the next is not before `next_attempt_at`. */
    attempts: k.int("attempts").notNull(),
    nextAttemptAt: k.int("next_attempt_at").notNull(),
    error: k.text("error").notNull(),
    lastSentAt: k.int("last_sent_at"),
  }),
  /** Buckets whose usage is in the outbox, with the number of the metering that it is of. */
  eventBuckets: k.table(
    "event_buckets",
    {
      destinationKey: k.int("destination_key").notNull(),
      clusterId: k.text("cluster_id").notNull(),
      bucketAt: k.int("bucket_at").notNull(),
      revision: k.int("revision").notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.destinationKey, t.clusterId, t.bucketAt] })],
  ),
  /** The outbox: one row for each usage row, with what its receiver has of it and what it is to get. */
  eventUsage: k.table(
    "event_usage",
    {
      destinationKey: k.int("destination_key").notNull(),
      bucketAt: k.int("bucket_at").notNull(),
      hardwareKey: k.int("hardware_key").notNull(),
      workloadKey: k.int("workload_key").notNull(),
      /** Of every event of this row, so that corrections reach the subject that has the first. */
      subject: k.text("subject").notNull(),
      /** Of the event that waits, or of the last one: 0 is the first, every later one a correction. */
      revision: k.int("revision").notNull(),
      /** JSON: the amounts that the receiver has accepted, summed; empty: none. */
      sent: k.text("sent").notNull(),
      /** JSON: the amounts that it will have once the waiting event is accepted; empty: none waits. */
      pending: k.text("pending").notNull(),
      /** `waiting`, `sent` or `refused`. */
      state: k.text("state").notNull(),
      /** The first time that the waiting event was sent: from then on it does not change. */
      attemptedAt: k.int("attempted_at"),
      error: k.text("error").notNull(),
    },
    (t) => [
      k.primaryKey({ columns: [t.destinationKey, t.bucketAt, t.hardwareKey, t.workloadKey] }),
      k.index("event_usage_state").on(t.destinationKey, t.state, t.bucketAt),
    ],
  ),
  /** Events that collectors sent us, for as long as their ids are remembered. */
  collectorEvents: k.table(
    "collector_events",
    {
      /** Hash of source and id: what CloudEvents calls the identity of an event. */
      eventHash: k.text("event_hash").primaryKey(),
      /** Hash of the source and of what the event says that it is about. */
      workloadHash: k.text("workload_hash").notNull(),
      /** Half-open; both the same where the event does not say how long its usage took. */
      fromAt: k.int("from_at").notNull(),
      untilAt: k.int("until_at").notNull(),
      /** 0: another event had counted the same time of the same workload. */
      counted: k.int("counted").notNull(),
      receivedAt: k.int("received_at").notNull(),
    },
    (t) => [
      k.index("collector_events_workload").on(t.workloadHash, t.untilAt),
      k.index("collector_events_received").on(t.receivedAt),
    ],
  ),
  /** What collectors reported of a workload on a day. */
  collectorDays: k.table(
    "collector_days",
    {
      workloadHash: k.text("workload_hash").notNull(),
      day: k.int("day").notNull(),
      source: k.text("source").notNull(),
      subject: k.text("subject").notNull(),
      /** JSON: what the newest event says besides amounts, by the names of lib/events/received/read-event.ts. */
      facts: k.text("facts").notNull(),
      events: k.int("events").notNull(),
      /** Events that said again what was counted, under another id. */
      repeats: k.int("repeats").notNull(),
      /** Events that do not say how long their usage took. */
      unmeasured: k.int("unmeasured").notNull(),
      gpuMilliSeconds: k.int("gpu_milli_seconds").notNull(),
      /** Of the events that say it, and of how many milli-GPU-seconds it is. */
      utilisedMilliSeconds: k.int("utilised_milli_seconds").notNull(),
      utilisedOfMilliSeconds: k.int("utilised_of_milli_seconds").notNull(),
      coveredSeconds: k.int("covered_seconds").notNull(),
      firstAt: k.int("first_at").notNull(),
      lastAt: k.int("last_at").notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.day, t.workloadHash] })],
  ),
  /** Events of collectors that could not be taken, and why: the newest. */
  collectorRefused: k.table("collector_refused", {
    key: k.key("key"),
    receivedAt: k.int("received_at").notNull(),
    source: k.text("source").notNull(),
    eventId: k.text("event_id").notNull(),
    reason: k.text("reason").notNull(),
    /** The start of the event as it came. */
    excerpt: k.text("excerpt").notNull(),
  }),
});
