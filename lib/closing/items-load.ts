import { type Reader, sql } from "@/db/client.ts";
import {
  capacity,
  chargedDays,
  clusters,
  dueBuckets,
  findings,
  gaps,
  hardware,
  lineReviews,
  meteredDays,
  teams,
  unpriced,
} from "@/db/schema/index.ts";
import { countDueDays } from "@/lib/charges/due-store.ts";
import { NOT_METERED_KIND } from "@/lib/metering/store.ts";
import type { Sku } from "@/lib/money.ts";
import type { PeriodView } from "@/lib/periods/period.ts";
import { daysIn } from "@/lib/periods/period.ts";
import type { BillingPeriod } from "@/lib/periods/types.ts";
import type { Statement } from "@/lib/statements/types.ts";
import type { Instant } from "@/lib/time.ts";
import type { PeriodFacts } from "./items.ts";

/** What bears on the close of a period. Reads sums and short lists: quick enough for inside the close's own transaction. */
export async function loadPeriodFacts(
  db: Reader,
  periods: readonly PeriodView[],
  view: PeriodView,
  statements: readonly Statement[],
  now: Instant,
): Promise<PeriodFacts> {
  const { period } = view;
  const [due, missingDays, uncorrectedDays, buckets, gapSums, lacking, overlap, notMetered, disputes] =
    await Promise.all([
      countDueDays(db, "open", period),
      loadMissingDays(db, period, now),
      countDueDays(db, "closed"),
      count(db, sql`from ${dueBuckets} where bucket_at >= ${period.start} and bucket_at < ${period.end}`),
      loadGaps(db, period),
      loadUnpriced(db, period),
      loadOverlap(db, period),
      count(
        db,
        sql`from ${findings} where kind = ${NOT_METERED_KIND} and bucket_at >= ${period.start} and bucket_at < ${period.end}`,
      ),
      loadDisputes(db, period.id),
    ]);
  return {
    view,
    now,
    before: periods.filter((p) => p.period.fromDay < period.fromDay && p.state !== "closed").map((p) => p.period.id),
    dueDays: due,
    missingDays,
    uncorrectedDays,
    dueBuckets: buckets,
    openGaps: gapSums("open"),
    knownGaps: gapSums("known"),
    unpriced: lacking,
    overlap,
    notMetered,
    disputes,
    statements,
  };
}

async function count(db: Reader, from: ReturnType<typeof sql>): Promise<number> {
  const row = await db.find<{ n: number }>(sql`select cast(count(*) as bigint) as n ${from}`);
  return row?.n ?? 0;
}

/** Days of the period, past and after the first that was ever metered, of which metering has nothing. */
async function loadMissingDays(db: Reader, period: BillingPeriod, now: Instant): Promise<number[]> {
  const [rows, first] = await Promise.all([
    db.all<{ day: number }>(sql`select distinct day from ${meteredDays}
      where day >= ${period.fromDay} and day < ${period.untilDay}
      union select day from ${chargedDays} where day >= ${period.fromDay} and day < ${period.untilDay}`),
    db.find<{ day: number | null }>(sql`select min(day) as day from ${meteredDays}`),
  ]);
  if (first?.day == null || now < period.end) return [];
  const known = new Set(rows.map((r) => r.day));
  const begun = first.day;
  return daysIn(period).filter((day) => day > begun && !known.has(day));
}

async function loadGaps(db: Reader, { start, end }: BillingPeriod) {
  const rows = await db.all<{ status: string; count: number; seconds: number }>(sql`select status,
      cast(count(*) as bigint) as "count",
      cast(sum((case when end_at < ${end} then end_at else ${end} end) - (case when start_at > ${start} then start_at else ${start} end)) as bigint) as seconds
    from ${gaps} where status <> 'healed' and start_at < ${end} and end_at > ${start} group by status`);
  return (status: string) => {
    const row = rows.find((r) => r.status === status);
    return { count: row?.count ?? 0, seconds: row?.seconds ?? 0 };
  };
}

async function loadUnpriced(db: Reader, period: BillingPeriod): Promise<PeriodFacts["unpriced"]> {
  return db.all<{ what: string; sku: Sku; quantity: number }>(sql`select
      case when u.sku = 'gpu' then h.gpu_model else u.sku end as what, u.sku, cast(sum(u.quantity) as bigint) as quantity
    from ${unpriced} u join ${hardware} h on h.key = u.hardware_key
    where u.day >= ${period.fromDay} and u.day < ${period.untilDay}
    group by case when u.sku = 'gpu' then h.gpu_model else u.sku end, u.sku order by 1`);
}

function loadOverlap(db: Reader, { start, end }: BillingPeriod): Promise<PeriodFacts["overlap"][number][]> {
  return db.all(sql`select coalesce(k.name, h.cluster_id) as cluster, h.gpu_model as "gpuModel",
      cast(sum(c.overlap_milli) as bigint) as milli
    from ${capacity} c join ${hardware} h on h.key = c.hardware_key left join ${clusters} k on k.id = h.cluster_id
    where c.bucket_at >= ${start} and c.bucket_at < ${end} and c.overlap_milli <> 0
    group by coalesce(k.name, h.cluster_id), h.gpu_model order by 1, 2`);
}

function loadDisputes(db: Reader, periodId: string): Promise<PeriodFacts["disputes"][number][]> {
  return db.all(sql`select coalesce(t.name, 'a team') as team, r.team_key as "teamKey", cast(count(*) as bigint) as "count"
    from ${lineReviews} r left join ${teams} t on t.key = r.team_key
    where r.period_id = ${periodId} and r.verdict = 'disputed'
    group by coalesce(t.name, 'a team'), r.team_key order by 1, 2`);
}
