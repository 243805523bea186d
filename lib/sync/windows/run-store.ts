import { randomUUID } from "node:crypto";
import { type Db, type Reader, sql, type Tx } from "@/db/client.ts";
import { syncRuns, windows } from "@/db/schema/index.ts";
import type { Instant } from "@/lib/time.ts";

export type RunStatus = "requested" | "running" | "ok" | "partial" | "failed";

/**
 * The row of a run that begins now: a new one, or the one that was requested.
 * @returns its id.
 */
export async function startRun(db: Db, kind: string, now: Instant): Promise<string> {
  return db.write(async (tx) => {
    const asked = await tx.find<{ id: string }>(
      sql`select id from ${syncRuns} where kind = ${kind} and status = 'requested' order by started_at limit 1`,
    );
    const id = asked?.id ?? randomUUID();
    await tx.run(sql`update ${syncRuns} set status = 'failed', error = 'It did not end: its process was stopped, or the database could not be written.', finished_at = ${now}
      where kind = ${kind} and status = 'running'`);
    const row = { id, kind, startedAt: now, finishedAt: null, status: "running", counts: "{}", error: "" };
    await tx.insert(syncRuns, [row], { target: [syncRuns.id], update: "all" });
    return id;
  });
}

export async function finishRun(
  db: Db,
  id: string,
  status: RunStatus,
  counts: Readonly<Record<string, number>>,
  error: string,
  now: Instant,
): Promise<void> {
  await db.write(async (tx) => {
    await tx.run(sql`update ${syncRuns} set status = ${status}, counts = ${JSON.stringify(counts)}, error = ${error.slice(0, 1000)},
      finished_at = ${now} where id = ${id}`);
    // Nobody reads a year of runs of a minute each.
    await tx.run(sql`delete from ${syncRuns} where started_at < ${now - 30 * 86_400}`);
  });
}

export async function insertRequest(tx: Tx, kind: string, now: Instant): Promise<string | null> {
  if (await tx.find(sql`select id from ${syncRuns} where kind = ${kind} and status = 'requested'`)) return null;
  const id = randomUUID();
  await tx.insert(syncRuns, [
    { id, kind, startedAt: now, finishedAt: null, status: "requested", counts: "{}", error: "" },
  ]);
  return id;
}

export async function isRequested(db: Reader, kind: string): Promise<boolean> {
  return (
    (await db.find(sql`select id from ${syncRuns} where kind = ${kind} and status = 'requested' limit 1`)) !== undefined
  );
}

export const LIVE = "live";

/** Up to where the live sync has read a cluster; null before the first time. */
export async function liveThrough(db: Reader, clusterId: string): Promise<Instant | null> {
  const row = await db.find<{ at: number | null }>(
    sql`select max(end_at) as "at" from ${windows} where cluster_id = ${clusterId} and subject = ${LIVE}`,
  );
  return row?.at ?? null;
}

/** Stores in one row per cluster how far the live sync got and how its last reading ended. */
export async function saveLive(
  db: Db,
  source: string,
  clusterId: string,
  through: Instant,
  status: "fetched" | "given-up",
  error: string,
  now: Instant,
): Promise<void> {
  const row = {
    clusterId,
    source,
    subject: LIVE,
    startAt: 0,
    endAt: through,
    stepSeconds: 0,
    backfillId: LIVE,
    status,
    owner: "",
    leaseUntil: 0,
    attempts: 0,
    nextAttemptAt: 0,
    samples: 0,
    error,
    updatedAt: now,
  };
  await db.write((tx) =>
    tx.insert(windows, [row], {
      target: [windows.clusterId, windows.source, windows.subject, windows.startAt],
      update: "all",
    }),
  );
}
