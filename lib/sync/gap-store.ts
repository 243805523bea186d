import { type Reader, sql, type Tx } from "@/db/client";
import { gaps } from "@/db/schema";
import type { Instant, Interval } from "@/lib/time";
import { changeGaps, type Gap, type GapPiece, type GapStatus } from "./gap-change.ts";
import type { PlannedWindow } from "./window-store.ts";

export type { Gap, GapStatus } from "./gap-change.ts";

export interface GapRow extends Gap {
  readonly clusterId: string;
  readonly source: string;
  readonly status: GapStatus;
  readonly attempts: number;
  readonly firstSeenAt: Instant;
  readonly nextRetryAt: Instant;
}

/** A reading of `within`, a part of a window, that lacked `found`. */
export interface GapsFound {
  readonly within: Interval;
  readonly found: readonly Gap[];
  readonly attempts: number;
  readonly nextRetryAt: Instant;
}

const LONGEST_CAUSE = 500;

/** Records the gaps that a reading of a window left, and heals those it filled. Twice changes nothing. */
export async function recordGaps(tx: Tx, w: PlannedWindow, reading: GapsFound, now: Instant): Promise<void> {
  const { within } = reading;
  const found = reading.found.map((f) => ({ ...f, cause: f.cause.slice(0, LONGEST_CAUSE) }));
  // A window of everything speaks for every subject of its source.
  const mine = w.subject === "" ? sql`1 = 1` : sql`subject = ${w.subject}`;
  const ofSource = sql`cluster_id = ${w.clusterId} and source = ${w.source}`;
  const old =
    await tx.all<GapPiece>(sql`select subject, start_at as "start", end_at as "end", cause, status, attempts, first_seen_at as "firstSeenAt",
    next_retry_at as "nextRetryAt", healed_at as "healedAt" from ${gaps}
    where ${ofSource} and ${mine} and start_at <= ${within.end} and end_at >= ${within.start} and status <> 'healed'`);
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

/** Open gaps that ended before the source's retention will never be filled: they stay, as known. */
export async function settleGaps(tx: Tx, before: Instant): Promise<number> {
  return tx.run(sql`update ${gaps} set status = 'known' where status = 'open' and end_at < ${before}`);
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
  return db.all(sql`select cluster_id as "clusterId", source, subject, start_at as "start", end_at as "end", cause, status, attempts,
    first_seen_at as "firstSeenAt", next_retry_at as "nextRetryAt" from ${gaps} where 1 = 1 ${withStatus} ${inside}
    order by start_at desc, cluster_id, source, subject limit ${limit} offset ${offset}`);
}
