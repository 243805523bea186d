import { type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { readings } from "@/db/schema/index.ts";
import type { Instant } from "@/lib/time.ts";

export interface Reading {
  readonly name: string;
  readonly startedAt: Instant;
  readonly finishedAt: Instant | null;
  /** Calls sent so far, those that failed included. */
  readonly calls: number;
  readonly status: "running" | "done" | "failed";
  readonly detail: string;
  readonly by: string;
}

export const insertReading = (tx: Tx, reading: Reading): Promise<void> => tx.insert(readings, [reading]);

export const countCall = (tx: Tx, name: string, startedAt: Instant): Promise<number> =>
  tx.run(sql`update ${readings} set calls = calls + 1 where name = ${name} and started_at = ${startedAt}`);

export const finishReading = (tx: Tx, { name, startedAt, finishedAt, status, detail }: Reading): Promise<number> =>
  tx.run(sql`update ${readings} set finished_at = ${finishedAt}, status = ${status}, detail = ${detail}
    where name = ${name} and started_at = ${startedAt}`);

/** Those that a process began and did not live to end. */
export const failAbandoned = (tx: Tx, name: string, now: Instant): Promise<number> =>
  tx.run(sql`update ${readings} set finished_at = ${now}, status = 'failed', detail = 'The process that read ended.'
    where name = ${name} and status = 'running'`);

/** Of a name and what is under it, as `prices/azure` is under `prices`. */
const under = (name: string) => sql`(name = ${name} or name like ${`${name}/%`})`;

/** Of a name and what is under it, the newest first. */
export async function listReadings(db: Reader, name: string, limit: number): Promise<Reading[]> {
  const rows = await db.all(sql`select ${columnsOf(readings)} from ${readings} where ${under(name)}
    order by started_at desc, name limit ${limit}`);
  return rows as Reading[];
}

/** When it last began and, where `done` is asked for, ended well; null: never. */
export async function lastStart(db: Reader, name: string, status?: Reading["status"]): Promise<Instant | null> {
  const of = status ? sql`and status = ${status}` : sql``;
  const row = await db.find<{ at: Instant | null }>(
    sql`select max(started_at) as at from ${readings} where name = ${name} ${of}`,
  );
  return row?.at ?? null;
}

/** Calls of readings of a name, and of what is under it, that began from an instant on. */
export async function sumCalls(db: Reader, name: string, from: Instant): Promise<number> {
  const row = await db.find<{ calls: number | null }>(
    sql`select cast(sum(calls) as bigint) as calls from ${readings}
      where ${under(name)} and started_at >= ${from}`,
  );
  return row?.calls ?? 0;
}
