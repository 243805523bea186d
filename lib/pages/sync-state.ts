import { sql } from "@/db/client.ts";
import { inList } from "@/db/in-list.ts";
import { allow, mayDo } from "@/lib/auth/allow.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { listOpenItems, type OpenItem } from "@/lib/metering/open-store.ts";
import { isLeased } from "@/lib/sync/lease.ts";
import { MINUTE } from "@/lib/time.ts";
import type { Backfill, Gap, SyncHealth, SyncRun, SyncState, WindowCount } from "./types.ts";

/** Window statuses after which a backfill goes on: read, or given up as far as this reading went. */
const READ = new Set(["fetched", "no-data"]);
const SHORT = new Set(["failed", "partial", "given-up"]);
const RATE_SPAN = 5 * MINUTE;
/** Statuses of a backfill that has something left to do by itself. */
const LIVE = ["queued", "running"];

/** Of each kind of open item so many are shown one by one. */
const MOST_OPEN = 10;

const LEASE = "live";
const UNENDED = "It did not end: its process was stopped, or the database could not be written.";

/** Everything the sync page polls: runs, windows, backfills with their progress. Small, and quick on any database. */
export async function loadSyncState(ctx: Ctx): Promise<SyncState> {
  allow(ctx.viewer, "sync.read");
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

/** The open items of metering, most GPU time first: of each kind the largest, and the others in one row. @throws AppError `forbidden`. */
export function loadOpenItems(ctx: Ctx): Promise<OpenItem[]> {
  allow(ctx.viewer, "sync.read");
  return listOpenItems(ctx.db, MOST_OPEN);
}

/** The few figures that say whether the data is whole; what failed and who asked for what only for people who run it. */
export async function loadSyncHealth(ctx: Ctx): Promise<SyncHealth> {
  const whole = mayDo(ctx.viewer, "sync.read");
  const [runs, counts, backfills] = await Promise.all([
    readRuns(ctx, 1),
    ctx.db.find<{ openGaps: number; dueWindows: number; dueBuckets: number; lastSuccessAt: number | null }>(sql`
      select (select count(*) from gaps where status = 'open') as "openGaps",
        (select count(*) from windows where status in ('due', 'leased', 'failed', 'partial')) as "dueWindows",
        (select count(*) from due_buckets) as "dueBuckets",
        (select max(finished_at) from sync_runs where status in ('ok', 'partial')) as "lastSuccessAt"`),
    readBackfills(ctx, 3, true),
  ]);
  const [run] = runs;
  return {
    lastRun: run ? (whole ? run : { ...run, counts: {}, error: "" }) : null,
    lastSuccessAt: counts?.lastSuccessAt ?? null,
    openGaps: counts?.openGaps ?? 0,
    dueWindows: counts?.dueWindows ?? 0,
    dueBuckets: counts?.dueBuckets ?? 0,
    runningBackfills: whole ? backfills : backfills.map((b) => ({ ...b, requestedBy: "", error: "" })),
  };
}

/** The newest runs; they are kept for a month. @throws AppError `forbidden`. */
export function listRuns(ctx: Ctx, limit: number): Promise<SyncRun[]> {
  allow(ctx.viewer, "sync.read");
  return readRuns(ctx, limit);
}

async function readRuns(ctx: Ctx, limit: number): Promise<SyncRun[]> {
  const rows = await ctx.db.all<Omit<SyncRun, "counts"> & { counts: string }>(sql`
    select id as "id", kind as "kind", started_at as "startedAt", finished_at as "finishedAt", status as "status",
      counts as "counts", error as "error"
    from sync_runs order by started_at desc, id limit ${limit}`);
  // Who runs holds a lease. Where its end could not be written – the disk was full, the process was killed – nothing runs.
  const isHeld = rows.some((row) => row.status === "running") && (await isLeased(ctx.db, LEASE, ctx.now()));
  return rows.map((row) => ({
    ...row,
    ...(row.status === "running" && !isHeld ? { status: "failed", error: UNENDED } : {}),
    counts: readCounts(row.counts),
  }));
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
  "fraction" | "windowsDone" | "windowsFailed" | "windowsTotal" | "samples" | "perMinute" | "remainingSeconds"
> & { readonly takenWindows: number; readonly takenShort: number; readonly takenSamples: number };

/** The newest backfills, with their progress. @throws AppError `forbidden`. */
export function listBackfills(ctx: Ctx, limit: number): Promise<Backfill[]> {
  allow(ctx.viewer, "sync.read");
  return readBackfills(ctx, limit);
}

async function readBackfills(ctx: Ctx, limit: number, liveOnly = false): Promise<Backfill[]> {
  const rows = await ctx.db.all<BackfillRow>(sql`
    select id as "id", from_at as "fromAt", to_at as "toAt", step_seconds as "stepSeconds", status as "status",
      requested_by as "requestedBy", planned_from_at as "plannedFromAt", created_at as "createdAt",
      started_at as "startedAt", finished_at as "finishedAt", error as "error",
      taken_windows as "takenWindows", taken_short as "takenShort", taken_samples as "takenSamples"
    from backfills ${liveOnly ? sql`where status in ${inList(LIVE)}` : sql``} order by created_at desc, id limit ${limit}`);
  return Promise.all(rows.map((row) => withProgress(ctx, row)));
}

/** What it did, windows that a later backfill has read again since included. */
async function withProgress(ctx: Ctx, backfill: BackfillRow): Promise<Backfill> {
  const { takenWindows, takenShort, takenSamples, ...row } = backfill;
  const now = ctx.now();
  const counts = await ctx.db.all<{ status: string; count: number; samples: number; recent: number }>(sql`
    select status as "status", count(*) as "count", cast(sum(samples) as bigint) as "samples",
      cast(sum(case when updated_at > ${now - RATE_SPAN} then 1 else 0 end) as bigint) as "recent"
    from windows where backfill_id = ${row.id} group by status`);
  const sum = (pick: (c: (typeof counts)[number]) => number, of: (status: string) => boolean = () => true) =>
    counts.filter((c) => of(c.status)).reduce((total, c) => total + pick(c), 0);
  const settled = (status: string) => READ.has(status) || SHORT.has(status);
  const done = takenWindows + sum((c) => c.count, settled);
  const planned = takenWindows + sum((c) => c.count);
  const fraction = row.status === "done" ? 1 : fractionOf(row);
  const elapsed = Math.min(RATE_SPAN, now - (row.startedAt ?? now)) / MINUTE;
  const recent = sum((c) => c.recent, settled);
  const perMinute = row.status === "running" && elapsed > 0 && recent > 0 ? recent / elapsed : null;
  // Spans are planned as they are reached, newest first: what is not planned yet is taken to be as dense as what is.
  const total = row.status === "done" ? planned : fraction > 0 ? Math.max(planned, Math.round(done / fraction)) : null;
  return {
    ...row,
    fraction,
    windowsDone: done,
    windowsFailed:
      takenShort +
      sum(
        (c) => c.count,
        (status) => SHORT.has(status),
      ),
    windowsTotal: total,
    samples: takenSamples + sum((c) => c.samples),
    perMinute,
    remainingSeconds: perMinute && total !== null ? Math.round((Math.max(0, total - done) / perMinute) * MINUTE) : null,
  };
}

/** How much of the range, from its newest end, is read and metered: 0 to 1. */
function fractionOf(row: Pick<BackfillRow, "fromAt" | "toAt" | "plannedFromAt">): number {
  const length = row.toAt - row.fromAt;
  return length > 0 ? Math.min(1, Math.max(0, (row.toAt - row.plannedFromAt) / length)) : 1;
}

/** What the list of gaps can be sorted by. */
const GAP_ORDER = {
  from: sql`g.start_at`,
  length: sql`g.end_at - g.start_at`,
  source: sql`g.source`,
  about: sql`g.subject`,
  cause: sql`g.cause`,
  status: sql`g.status`,
  asked: sql`g.attempts`,
} as const;
export type GapSort = keyof typeof GAP_ORDER;
export const GAP_STATUSES = ["open", "known", "healed"] as const;

export interface GapQuery {
  readonly status?: string | undefined;
  readonly cause?: string | undefined;
  /** By when they begin, the newest first, where absent. */
  readonly sort?: GapSort | undefined;
  readonly descending?: boolean | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** The causes of gaps that there are to choose from. */
export async function listGapCauses(ctx: Ctx): Promise<string[]> {
  if (!mayDo(ctx.viewer, "sync.read")) return [];
  const rows = await ctx.db.all<{ cause: string }>(
    sql`select distinct cause as "cause" from gaps order by cause limit 100`,
  );
  return rows.map((r) => r.cause);
}

/** Parts of windows that no source gave, a page at a time. */
export async function loadGaps(ctx: Ctx, filter: GapQuery): Promise<{ rows: Gap[]; count: number }> {
  // Gaps name workloads of every project: they are for those who operate the ledger.
  if (!mayDo(ctx.viewer, "sync.read")) return { rows: [], count: 0 };
  const order = GAP_ORDER[filter.sort ?? "from"];
  const direction = sql.raw(filter.descending === false ? "asc" : "desc");
  const where = sql`where true ${filter.status ? sql`and g.status = ${filter.status}` : sql``}
    ${filter.cause ? sql`and g.cause = ${filter.cause}` : sql``}`;
  const [rows, counted] = await Promise.all([
    ctx.db.all<Gap>(sql`
      select coalesce(c.name, g.cluster_id) as "cluster", g.source as "source", g.subject as "subject", g.start_at as "startAt",
        g.end_at as "endAt", g.cause as "cause", g.status as "status", g.attempts as "attempts",
        g.next_retry_at as "nextRetryAt", g.healed_at as "healedAt"
      from gaps g left join clusters c on c.id = g.cluster_id ${where}
      order by ${order} ${direction}, g.start_at desc, g.source, g.subject limit ${filter.limit} offset ${filter.offset}`),
    ctx.db.find<{ count: number }>(sql`select count(*) as "count" from gaps g ${where}`),
  ]);
  return { rows, count: counted?.count ?? 0 };
}
