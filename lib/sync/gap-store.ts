import { type Reader, sql, type Tx } from "@/db/client";
import { gaps } from "@/db/schema";
import { type Instant, type Interval, intersect } from "@/lib/time";
import type { Window } from "./window-store.ts";

/** `open`: will be asked again; `known`: the source no longer has it; `healed`: it came. */
export type GapStatus = "open" | "known" | "healed";

/** A part of a window for which a source gave nothing. Never a zero. */
export interface Gap extends Interval {
  readonly subject: string;
  readonly cause: string;
}

export interface GapRow extends Gap {
  readonly clusterId: string;
  readonly source: string;
  readonly status: GapStatus;
  readonly attempts: number;
  readonly firstSeenAt: Instant;
  readonly nextRetryAt: Instant;
}

/** Records the gaps that a reading of a window left, and heals those it filled. */
export async function recordGaps(
  tx: Tx,
  w: Window,
  found: readonly Gap[],
  nextRetryAt: Instant,
  now: Instant,
): Promise<void> {
  const mine = w.subject === "" ? sql`1 = 1` : sql`subject = ${w.subject}`;
  const old =
    await tx.all<GapRow>(sql`select subject, start_at as "start", end_at as "end", status, attempts from ${gaps}
    where cluster_id = ${w.clusterId} and source = ${w.source} and ${mine} and start_at < ${w.end} and end_at > ${w.start} and status <> 'healed'`);
  for (const gap of old) {
    const row = sql`cluster_id = ${w.clusterId} and source = ${w.source} and subject = ${gap.subject} and start_at = ${gap.start}`;
    const again = found.find((f) => f.subject === gap.subject && intersect(f, gap));
    if (!again) await tx.run(sql`update ${gaps} set status = 'healed', healed_at = ${now} where ${row}`);
    // The same gap with another edge: the new row takes its place.
    else if (again.start !== gap.start) await tx.run(sql`delete from ${gaps} where ${row}`);
  }
  const rows = found.map((f) => ({
    clusterId: w.clusterId,
    source: w.source,
    subject: f.subject,
    startAt: f.start,
    endAt: f.end,
    cause: f.cause.slice(0, 500),
    status: "open",
    attempts: w.attempts + 1,
    firstSeenAt: now,
    nextRetryAt,
    healedAt: null,
  }));
  const { endAt, cause, status, attempts, nextRetryAt: retry, healedAt } = gaps;
  await tx.insert(gaps, rows, {
    target: [gaps.clusterId, gaps.source, gaps.subject, gaps.startAt],
    update: [endAt, cause, status, attempts, retry, healedAt],
  });
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
