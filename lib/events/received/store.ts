import { type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { collectorDays, collectorEvents, collectorRefused } from "@/db/schema/index.ts";
import type { Instant } from "@/lib/time.ts";
import type { ReceivedEvent } from "./read-event.ts";

/** Remembers an event. @returns whether it is new: false for one that has the same source and id. */
export async function rememberEvent(tx: Tx, event: ReceivedEvent, now: Instant): Promise<boolean> {
  const { hash, workloadHash, fromAt, untilAt } = event;
  return (
    (await tx.run(sql`insert into ${collectorEvents} (event_hash, workload_hash, from_at, until_at, counted, received_at)
      values (${hash}, ${workloadHash}, ${fromAt}, ${untilAt}, 1, ${now}) on conflict (event_hash) do nothing`)) > 0
  );
}

/** Seconds of an event's interval that other events of its workload have counted. */
export async function countedSeconds(tx: Tx, { hash, workloadHash, fromAt, untilAt }: ReceivedEvent): Promise<number> {
  const rows = await tx.all<{ fromAt: number; untilAt: number }>(sql`select from_at as "fromAt", until_at as "untilAt"
    from ${collectorEvents} where workload_hash = ${workloadHash} and event_hash <> ${hash} and counted = 1
    and until_at > ${fromAt} and from_at < ${untilAt} order by from_at`);
  let [seconds, reached] = [0, fromAt];
  for (const row of rows) {
    const until = Math.min(row.untilAt, untilAt);
    seconds += Math.max(0, until - Math.max(row.fromAt, reached));
    reached = Math.max(reached, until);
  }
  return seconds;
}

export async function markRepeat(tx: Tx, hash: string): Promise<void> {
  await tx.run(sql`update ${collectorEvents} set counted = 0 where event_hash = ${hash}`);
}

/** What collectors reported of a workload on a day. */
export interface CollectorDay {
  readonly workloadHash: string;
  readonly day: number;
  readonly source: string;
  readonly subject: string;
  readonly facts: string;
  readonly events: number;
  readonly repeats: number;
  readonly unmeasured: number;
  readonly gpuMilliSeconds: number;
  readonly utilisedMilliSeconds: number;
  readonly utilisedOfMilliSeconds: number;
  readonly coveredSeconds: number;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
}

/** Adds to a day of a workload; names are those of the newest. */
export async function addToDay(tx: Tx, row: CollectorDay): Promise<void> {
  await tx.run(sql`insert into collector_days as d (workload_hash, day, source, subject, facts, events, repeats, unmeasured,
      gpu_milli_seconds, utilised_milli_seconds, utilised_of_milli_seconds, covered_seconds, first_at, last_at)
    values (${row.workloadHash}, ${row.day}, ${row.source}, ${row.subject}, ${row.facts}, ${row.events}, ${row.repeats},
      ${row.unmeasured}, ${row.gpuMilliSeconds}, ${row.utilisedMilliSeconds}, ${row.utilisedOfMilliSeconds},
      ${row.coveredSeconds}, ${row.firstAt}, ${row.lastAt})
    on conflict (day, workload_hash) do update set facts = excluded.facts, events = d.events + excluded.events,
      repeats = d.repeats + excluded.repeats, unmeasured = d.unmeasured + excluded.unmeasured,
      gpu_milli_seconds = d.gpu_milli_seconds + excluded.gpu_milli_seconds,
      utilised_milli_seconds = d.utilised_milli_seconds + excluded.utilised_milli_seconds,
      utilised_of_milli_seconds = d.utilised_of_milli_seconds + excluded.utilised_of_milli_seconds,
      covered_seconds = d.covered_seconds + excluded.covered_seconds,
      first_at = case when excluded.first_at < d.first_at then excluded.first_at else d.first_at end,
      last_at = case when excluded.last_at > d.last_at then excluded.last_at else d.last_at end`);
}

/** Days that collectors reported, the newest first. */
export const listCollectorDays = (
  db: Reader,
  fromDay: number,
  untilDay: number,
  limit: number,
): Promise<CollectorDay[]> =>
  db.all(sql`select ${columnsOf(collectorDays)} from ${collectorDays} where day >= ${fromDay} and day < ${untilDay}
    order by day desc, gpu_milli_seconds desc, workload_hash limit ${limit}`);

export interface RefusedRow {
  readonly key: number;
  readonly receivedAt: Instant;
  readonly source: string;
  readonly eventId: string;
  readonly reason: string;
  readonly excerpt: string;
}

/** Refused events are kept up to this many. */
const MOST_REFUSED = 1000;

export async function insertRefused(tx: Tx, rows: readonly Omit<RefusedRow, "key">[]): Promise<void> {
  await tx.insert(collectorRefused, rows);
  if (rows.length)
    await tx.run(sql`delete from ${collectorRefused} where key <=
      (select max(key) from ${collectorRefused}) - ${MOST_REFUSED}`);
}

export const listRefusedEvents = (db: Reader, limit: number): Promise<RefusedRow[]> =>
  db.all(sql`select ${columnsOf(collectorRefused)} from ${collectorRefused} order by key desc limit ${limit}`);

/** Forgets events that were received before an instant; what they counted stays. */
export const forgetEvents = (tx: Tx, before: Instant): Promise<number> =>
  tx.run(sql`delete from ${collectorEvents} where received_at < ${before}`);
