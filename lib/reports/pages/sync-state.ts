import { sql } from "@/db/client";
import type { Ctx } from "@/lib/ctx";
import { MINUTE } from "@/lib/time";
import type { Backfill, SyncHealth, SyncRun, SyncState, WindowCount } from "./types.ts";

/** Window statuses that nobody has to ask for again. */
const SETTLED = new Set(["fetched", "no-data", "done"]);
const FAILED = new Set(["failed", "abandoned"]);
const RATE_SPAN = 5 * MINUTE;
const LIVE = new Set(["requested", "planning", "running", "queued", "open", "due"]);

/** True while a backfill has something left to do by itself. */
export const isLive = (status: string): boolean => LIVE.has(status);

/** Everything the sync page polls: runs, windows, backfills with their progress. Small, and quick on any database. */
export async function loadSyncState(ctx: Ctx): Promise<SyncState> {
  const [health, runs, backfills, windows, leases, facts] = await Promise.all([
    loadSyncHealth(ctx),
    listRuns(ctx, 12),
    listBackfills(ctx, 8),
    ctx.db.all<WindowCount>(sql`
      select source as "source", status as "status", count(*) as "count", max(end_at) as "newestEndAt",
        cast(sum(samples) as bigint) as "samples"
      from windows group by source, status order by source, status`),
    ctx.db.all<SyncState["leases"][number]>(
      sql`select name as "name", owner as "owner", until_at as "untilAt" from leases where until_at > ${ctx.now()} order by name`,
    ),
    ctx.db.find<SyncState["facts"]>(sql`
      select (select count(*) from clusters) as "clusters", (select count(*) from nodes) as "nodes",
        (select count(*) from workloads where key <> 0) as "workloads", (select count(*) from pods) as "pods"`),
  ]);
  return {
    at: ctx.now(),
    health,
    runs,
    backfills,
    windows,
    leases,
    facts: facts ?? { clusters: 0, nodes: 0, workloads: 0, pods: 0 },
  };
}

/** The few figures that say whether the data is whole. */
export async function loadSyncHealth(ctx: Ctx): Promise<SyncHealth> {
  const [runs, counts, backfills] = await Promise.all([
    listRuns(ctx, 1),
    ctx.db.find<{ openGaps: number; dueWindows: number; dueBuckets: number; lastSuccessAt: number | null }>(sql`
      select (select count(*) from gaps where status = 'open') as "openGaps",
        (select count(*) from windows where backfill_id = '' and status not in ('fetched', 'no-data', 'failed')) as "dueWindows",
        (select count(*) from due_buckets) as "dueBuckets",
        (select max(finished_at) from sync_runs where status in ('ok', 'succeeded', 'done', 'partial')) as "lastSuccessAt"`),
    listBackfills(ctx, 3, true),
  ]);
  return {
    lastRun: runs[0] ?? null,
    lastSuccessAt: counts?.lastSuccessAt ?? null,
    openGaps: counts?.openGaps ?? 0,
    dueWindows: counts?.dueWindows ?? 0,
    dueBuckets: counts?.dueBuckets ?? 0,
    runningBackfills: backfills,
  };
}

async function listRuns(ctx: Ctx, limit: number): Promise<SyncRun[]> {
  const rows = await ctx.db.all<Omit<SyncRun, "counts"> & { counts: string }>(sql`
    select id as "id", kind as "kind", started_at as "startedAt", finished_at as "finishedAt", status as "status",
      counts as "counts", error as "error"
    from sync_runs order by started_at desc, id limit ${limit}`);
  return rows.map((row) => ({ ...row, counts: readCounts(row.counts) }));
}

/** The numbers of a run's JSON; an unreadable one has none. */
function readCounts(text: string): Record<string, number> {
  try {
    const parsed: unknown = JSON.parse(text || "{}");
    const entries = Object.entries((parsed ?? {}) as Record<string, unknown>);
    return Object.fromEntries(entries.filter((e): e is [string, number] => typeof e[1] === "number"));
  } catch {
    return {};
  }
}

type BackfillRow = Omit<
  Backfill,
  "windowsDone" | "windowsFailed" | "windowsTotal" | "samples" | "perMinute" | "remainingSeconds"
>;

async function listBackfills(ctx: Ctx, limit: number, liveOnly = false): Promise<Backfill[]> {
  const rows = await ctx.db.all<BackfillRow>(sql`
    select id as "id", from_at as "fromAt", to_at as "toAt", step_seconds as "stepSeconds", status as "status",
      requested_by as "requestedBy", planned_from_at as "plannedFromAt", created_at as "createdAt",
      started_at as "startedAt", finished_at as "finishedAt", error as "error"
    from backfills order by created_at desc, id limit ${limit}`);
  const wanted = liveOnly ? rows.filter((r) => isLive(r.status)) : rows;
  return Promise.all(wanted.map((row) => withProgress(ctx, row)));
}

async function withProgress(ctx: Ctx, row: BackfillRow): Promise<Backfill> {
  const now = ctx.now();
  const counts = await ctx.db.all<{ status: string; count: number; samples: number; recent: number }>(sql`
    select status as "status", count(*) as "count", cast(sum(samples) as bigint) as "samples",
      cast(sum(case when updated_at > ${now - RATE_SPAN} then 1 else 0 end) as bigint) as "recent"
    from windows where backfill_id = ${row.id} group by status`);
  const sum = (pick: (c: (typeof counts)[number]) => number, of: (status: string) => boolean = () => true) =>
    counts.filter((c) => of(c.status)).reduce((total, c) => total + pick(c), 0);
  const settled = (status: string) => SETTLED.has(status) || FAILED.has(status);
  const planned = sum((c) => c.count);
  const done = sum((c) => c.count, settled);
  // Windows are planned newest first, day by day: what is not planned yet is estimated from what is.
  const covered = row.toAt - row.plannedFromAt;
  const total = covered > 0 ? Math.round((planned * (row.toAt - row.fromAt)) / covered) : planned;
  const elapsed = Math.min(RATE_SPAN, now - (row.startedAt ?? now)) / MINUTE;
  const recent = sum((c) => c.recent, settled);
  const perMinute = isLive(row.status) && elapsed > 0 && recent > 0 ? recent / elapsed : null;
  return {
    ...row,
    windowsDone: done,
    windowsFailed: sum((c) => c.count, (status) => FAILED.has(status)),
    windowsTotal: Math.max(total, planned),
    samples: sum((c) => c.samples),
    perMinute,
    remainingSeconds: perMinute ? Math.round((Math.max(0, total - done) / perMinute) * MINUTE) : null,
  };
}
