import { type Reader, sql } from "@/db/client.ts";
import {
  alertDeliveries,
  alertEvents,
  apiTokens,
  clusters,
  gaps,
  grants,
  hardware,
  insightFindings,
  meteredDays,
  priceProposals,
  projects,
  spendDays,
  unpriced,
  usageDays,
  usageProjectDays,
  userNames,
  users,
  workloads,
} from "@/db/schema/index.ts";
import { UNASSIGNED_TEAM } from "@/lib/attribution/types.ts";
import { allow } from "@/lib/auth/allow.ts";
import { countDueDays } from "@/lib/charges/due-store.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { loadSyncHealth } from "@/lib/pages/sync-state.ts";
import type { SyncHealth } from "@/lib/pages/types.ts";
import { allocatedSql, observableSql } from "@/lib/reports/read/measures.ts";
import { addDays, DAY, dateOf, dayKey } from "@/lib/time.ts";
import { percentOf } from "@/lib/units.ts";
import { type Changes, loadChanges } from "./changes.ts";

/** How complete a cluster's day is. */
export interface DataDay {
  readonly day: number;
  /** Of GPU time that samples should cover; null: nothing was held on the day. */
  readonly coveragePercent: number | null;
  /** False: metering has nothing of the day, which is not the same as no use. */
  readonly metered: boolean;
  readonly openGaps: number;
}

export interface ClusterDays {
  readonly cluster: string;
  /** The oldest first; from the cluster's first metered day on, at most DATA_DAYS. */
  readonly days: readonly DataDay[];
}

/** Use of this month that no price covers: milli-GPU-seconds, or what `sku` counts. */
export interface PriceHole {
  readonly what: string;
  readonly sku: string;
  readonly days: number;
  readonly quantity: number;
}

/** What no rule assigns, of a project, this month. */
export interface UnassignedProject {
  readonly key: number;
  readonly name: string;
  readonly cluster: string;
  readonly micros: number;
  readonly gpuMilli: number;
}

/** How many things wait, each with its own page. */
export interface OperationCounts {
  readonly proposals: number;
  readonly disputedFindings: number;
  readonly firingAlerts: number;
  readonly deadMessages: number;
  readonly openGaps: number;
  readonly dueDays: number;
  readonly activePeople: number;
  readonly peopleWithoutRole: number;
  readonly neverSignedIn: number;
  readonly tokens: number;
  readonly tokensEnding: number;
  /** Submitters with GPU time this month who are no person of the ledger: they have no page of their own. */
  readonly unknownSubmitters: number;
}

export interface Operations {
  readonly health: SyncHealth;
  readonly clusters: readonly ClusterDays[];
  readonly holes: readonly PriceHole[];
  readonly unassigned: readonly UnassignedProject[];
  /** Of this month, all projects. Micro-units. */
  readonly unassignedMicros: number;
  readonly counts: OperationCounts;
  readonly changes: Changes;
}

export const DATA_DAYS = 35;
const MOST = 6;
const ENDING_SECONDS = 14 * DAY;

/** Whether the data is complete, prices and rules cover it, and people can work: the first page of administrators. @throws AppError `forbidden`. */
export async function loadOperations(ctx: Ctx): Promise<Operations> {
  allow(ctx.viewer, "sync.read");
  const { db } = ctx;
  const today = dayKey(dateOf(ctx.now(), ctx.ledger.zone));
  const month = { from: Math.floor(today / 100) * 100 + 1, until: addDays(today, 1) };
  const [health, days, holes, unassigned, counts, changes] = await Promise.all([
    loadSyncHealth(ctx),
    loadDataDays(db, today),
    db.all<PriceHole>(sql`select case when u.sku = 'gpu' then h.gpu_model else u.sku end as "what", u.sku as "sku",
        cast(count(distinct u.day) as bigint) as "days", cast(sum(u.quantity) as bigint) as "quantity"
      from ${unpriced} u join ${hardware} h on h.key = u.hardware_key where u.day >= ${month.from} and u.day < ${month.until}
      group by case when u.sku = 'gpu' then h.gpu_model else u.sku end, u.sku order by 4 desc, 1`),
    loadUnassigned(db, month),
    loadCounts(ctx, month),
    loadChanges(ctx, null, MOST + 2),
  ]);
  return { health, clusters: days, holes, ...unassigned, counts, changes };
}

interface Month {
  readonly from: number;
  readonly until: number;
}

async function loadUnassigned(db: Reader, { from, until }: Month) {
  const of = sql`s.team_key = ${UNASSIGNED_TEAM} and s.day >= ${from} and s.day < ${until}`;
  const [rows, sum] = await Promise.all([
    db.all<UnassignedProject>(sql`select p.key as "key", p.name as "name", coalesce(c.name, p.cluster_id) as "cluster",
        cast(sum(s.usage_micros) as bigint) as "micros", cast(sum(s.gpu_milli) as bigint) as "gpuMilli"
      from ${spendDays} s join ${projects} p on p.key = s.project_key left join ${clusters} c on c.id = p.cluster_id
      where ${of} and s.project_key <> 0 group by p.key, p.name, c.name, p.cluster_id
      order by sum(s.usage_micros) desc, p.name limit ${MOST}`),
    db.find<{ micros: number | null }>(
      sql`select cast(sum(s.usage_micros) as bigint) as "micros" from ${spendDays} s where ${of}`,
    ),
  ]);
  return { unassigned: rows, unassignedMicros: sum?.micros ?? 0 };
}

async function loadDataDays(db: Reader, today: number): Promise<ClusterDays[]> {
  const from = addDays(today, 1 - DATA_DAYS);
  const [known, metered, covered, firsts] = await Promise.all([
    db.all<{ id: string; name: string }>(sql`select id, name from ${clusters} order by name, id`),
    db.all<{ clusterId: string; day: number }>(
      sql`select cluster_id as "clusterId", day from ${meteredDays} where day >= ${from}`,
    ),
    db.all<{ clusterId: string; day: number; observed: number; expected: number }>(sql`
      select h.cluster_id as "clusterId", u.day as "day", cast(sum(u.observed_milli) as bigint) as "observed",
        cast(sum(${observableSql}) as bigint) as "expected"
      from ${usageProjectDays} u join ${hardware} h on h.key = u.hardware_key
      where u.day >= ${from} and u.project_key <> 0 group by h.cluster_id, u.day`),
    db.all<{ clusterId: string; day: number }>(
      sql`select cluster_id as "clusterId", min(day) as "day" from ${meteredDays} group by cluster_id`,
    ),
  ]);
  const open = await db.all<{ clusterId: string; startAt: number; endAt: number }>(
    sql`select cluster_id as "clusterId", start_at as "startAt", end_at as "endAt" from ${gaps} where status = 'open'`,
  );
  return known.flatMap(({ id, name }): ClusterDays[] => {
    const first = firsts.find((f) => f.clusterId === id)?.day;
    if (first === undefined) return [];
    const seen = new Set(metered.filter((m) => m.clusterId === id).map((m) => m.day));
    const mine = open.filter((g) => g.clusterId === id);
    const days: DataDay[] = [];
    for (let day = Math.max(from, first); day <= today; day = addDays(day, 1)) {
      const sum = covered.find((c) => c.clusterId === id && c.day === day);
      const on = (g: (typeof mine)[number]) => utcDay(g.startAt) <= day && utcDay(g.endAt - 1) >= day;
      days.push({
        ...{ day, metered: seen.has(day), openGaps: mine.filter(on).length },
        coveragePercent: sum ? percentOf(sum.observed, sum.expected) : null,
      });
    }
    return [{ cluster: name || id, days }];
  });
}

/** Gaps are shown on the days of UTC: what they concern is a window of samples, not an amount. */
const utcDay = (at: number): number => dayKey(dateOf(at, "UTC"));

async function loadCounts(ctx: Ctx, { from, until }: Month): Promise<OperationCounts> {
  const { db } = ctx;
  const now = ctx.now();
  const counting = (from: ReturnType<typeof sql>) => sql`(select cast(count(*) as bigint) from ${from})`;
  const [row, dueDays, submitters] = await Promise.all([
    db.find<Omit<OperationCounts, "dueDays" | "unknownSubmitters">>(sql`select
      ${counting(sql`${priceProposals} where status = 'proposed'`)} as "proposals",
      ${counting(sql`${insightFindings} where ended_at is null and standing = 'disputed'`)} as "disputedFindings",
      ${counting(sql`${alertEvents} where state = 'firing' and acknowledged_at is null`)} as "firingAlerts",
      ${counting(sql`${alertDeliveries} where state = 'dead'`)} as "deadMessages",
      ${counting(sql`${gaps} where status = 'open'`)} as "openGaps",
      ${counting(sql`${users} where disabled_at is null`)} as "activePeople",
      ${counting(sql`${users} u where u.disabled_at is null and u.key not in (select user_key from ${grants})`)} as "peopleWithoutRole",
      ${counting(sql`${users} where disabled_at is null and last_seen_at is null`)} as "neverSignedIn",
      ${counting(sql`${apiTokens} where revoked_at is null and expires_at > ${now}`)} as "tokens",
      ${counting(sql`${apiTokens} where revoked_at is null and expires_at > ${now} and expires_at < ${now + ENDING_SECONDS}`)} as "tokensEnding"`),
    countDueDays(db, "open"),
    db.find<{ n: number }>(sql`select cast(count(distinct w.submitted_by) as bigint) as n
      from ${usageDays} u join ${workloads} w on w.key = u.workload_key
      where u.day >= ${from} and u.day < ${until} and u.workload_key <> 0 and w.submitted_by <> '' and ${allocatedSql} > 0
        and w.submitted_by not in (select name from ${userNames})`),
  ]);
  if (!row) throw new Error("A select without a table has one row.");
  return { ...row, dueDays, unknownSubmitters: submitters?.n ?? 0 };
}
