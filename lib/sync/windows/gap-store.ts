import { type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { gaps, pods, workloads } from "@/db/schema/index.ts";
import { type Instant, type Interval, intersect } from "@/lib/time.ts";
import { changeGaps, type Gap, type GapPiece, type GapStatus } from "./gap-change.ts";
import type { PlannedWindow } from "./window.ts";

export type { Gap, GapStatus } from "./gap-change.ts";

export interface GapRow extends Gap {
  readonly clusterId: string;
  readonly source: string;
  readonly status: GapStatus;
  readonly attempts: number;
  readonly firstSeenAt: Instant;
  readonly nextRetryAt: Instant;
}

/** A reading of `within`, a part of a window, in which `found` was missing. */
export interface GapsFound {
  readonly within: Interval;
  readonly found: readonly Gap[];
  /** The cause, if this was a retry that failed again: open gaps then stay open, and no new gap begins. */
  readonly failedAgain: string | null;
  readonly attempts: number;
  readonly nextRetryAt: Instant;
}

const LONGEST_CAUSE = 500;

const PIECE = columnsOf(gaps, {
  subject: "subject",
  start: "startAt",
  end: "endAt",
  cause: "cause",
  status: "status",
  attempts: "attempts",
  firstSeenAt: "firstSeenAt",
  nextRetryAt: "nextRetryAt",
});

/**
 * Records the gaps that a reading of a window left, and heals those it filled. Recording the same twice changes
 * nothing.
 */
export async function recordGaps(tx: Tx, w: PlannedWindow, reading: GapsFound, now: Instant): Promise<void> {
  const { within } = reading;
  // A window without a subject covers every subject of its source.
  const mine = w.subject === "" ? sql`1 = 1` : sql`subject = ${w.subject}`;
  const ofSource = sql`cluster_id = ${w.clusterId} and source = ${w.source}`;
  const old = await tx.all<GapPiece>(sql`select ${PIECE}, ${columnsOf(gaps, ["healedAt"])} from ${gaps}
    where ${ofSource} and ${mine} and start_at <= ${within.end} and end_at >= ${within.start} and status <> 'healed'`);
  const { failedAgain } = reading;
  const lacking =
    failedAgain === null ? reading.found : clipped(old, within).map((o) => ({ ...o, cause: failedAgain }));
  const found = lacking.map((f) => ({ ...f, cause: f.cause.slice(0, LONGEST_CAUSE) }));
  if (!old.length && !found.length) return;
  for (const gap of old)
    await tx.run(
      sql`delete from ${gaps} where ${ofSource} and subject = ${gap.subject} and start_at = ${gap.start} and status <> 'healed'`,
    );
  const { clusterId, source } = w;
  const rows = changeGaps(old, { ...reading, found, now }).map(({ start, end, ...rest }) => {
    return { clusterId, source, startAt: start, endAt: end, ...rest };
  });
  await tx.insert(gaps, rows, { target: [gaps.clusterId, gaps.source, gaps.subject, gaps.startAt], update: "all" });
}

const clipped = (list: readonly GapPiece[], within: Interval): Gap[] =>
  list.flatMap((g) => {
    const part = intersect(g, within);
    return part ? [{ subject: g.subject, cause: g.cause, ...part }] : [];
  });

/** Marks open gaps that end in a window which is not retried as known. */
export async function knowGaps(tx: Tx, w: PlannedWindow): Promise<void> {
  const mine = w.subject === "" ? sql`` : sql`and subject = ${w.subject}`;
  await tx.run(sql`update ${gaps} set status = 'known' where cluster_id = ${w.clusterId} and source = ${w.source} ${mine}
    and status = 'open' and end_at > ${w.start} and end_at <= ${w.end}`);
}

/** Marks open gaps that ended before the retention of the source as known: they can no longer be filled. */
export async function settleGaps(tx: Tx, before: Instant): Promise<number> {
  return tx.run(sql`update ${gaps} set status = 'known' where status = 'open' and end_at < ${before}`);
}

/**
 * Removes gaps after the end of their subject. While the inventory could not be read, what ran before was assumed to
 * run on; after its end there was nothing to read.
 */
export async function dropGapsAfterEnd(tx: Tx): Promise<void> {
  const rows = await tx.all(
    sql`select ${columnsOf(gaps, ["clusterId", "source"])}, ${PIECE} from ${gaps} where status = 'open' and (subject like 'pod/%' or subject like 'workload/%')`,
  );
  for (const { clusterId, source, subject, start, end } of rows) {
    const endedAt = await endOf(tx, clusterId, subject);
    if (endedAt === null || endedAt >= end) continue;
    const row = sql`cluster_id = ${clusterId} and source = ${source} and subject = ${subject} and start_at = ${start}`;
    if (start >= endedAt) await tx.run(sql`delete from ${gaps} where ${row}`);
    else await tx.run(sql`update ${gaps} set end_at = ${endedAt} where ${row}`);
  }
}

/** When the last pod of a subject ended; null if it has no started pods. */
async function endOf(tx: Tx, clusterId: string, subject: string): Promise<Instant | null> {
  const [kind, id] = [subject.slice(0, subject.indexOf("/")), subject.slice(subject.indexOf("/") + 1)];
  const of =
    kind === "pod"
      ? sql`p.cluster_id = ${clusterId} and p.id = ${id}`
      : sql`p.workload_key = (select key from ${workloads} where cluster_id = ${clusterId} and id = ${id})`;
  const row = await tx.find<{ at: Instant | null }>(
    sql`select max(p.ended_at) as "at" from ${pods} p where ${of} and p.started_at is not null`,
  );
  return row?.at ?? null;
}

export interface GapFilter {
  readonly status?: GapStatus | undefined;
  readonly within?: Interval | undefined;
  readonly limit: number;
  readonly offset?: number | undefined;
}

/** Gaps, newest first. */
export async function listGaps(db: Reader, { status, within, limit, offset = 0 }: GapFilter): Promise<GapRow[]> {
  const withStatus = status ? sql`and status = ${status}` : sql``;
  const inside = within ? sql`and start_at < ${within.end} and end_at > ${within.start}` : sql``;
  return db.all<GapRow>(sql`select ${columnsOf(gaps, ["clusterId", "source"])}, ${PIECE} from ${gaps} where 1 = 1 ${withStatus} ${inside}
    order by start_at desc, cluster_id, source, subject limit ${limit} offset ${offset}`);
}
