import { type Reader, sql } from "@/db/client.ts";
import { capacity, clusters, findings, hardware, teamDays, unpriced, usageDays } from "@/db/schema/index.ts";
import { needAllTeams } from "@/lib/auth/visible-teams.ts";
import type { DayTie } from "@/lib/charges/identity.ts";
import { CLASSES, sumSql } from "@/lib/classes.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { addExactly, priceOf } from "@/lib/money.ts";
import { daysIn } from "@/lib/periods/period.ts";
import type { BillingPeriod } from "@/lib/periods/types.ts";
import { dayOfKey, type Instant } from "@/lib/time.ts";

/** A hardware's day as it is stored, from capacity to what teams and the platform are charged. */
export interface Tie extends DayTie {
  /** Milli-GPU-seconds: what cards there were, and what was held beyond them. */
  readonly capacityMilli: number;
  readonly overlapMilli: number;
  /** Classes − capacity − overlap: 0, or a breach of the identity. */
  readonly unclassedMilli: number;
}

interface Sums {
  meteredMilli: number;
  unpricedMilli: number;
  chargedMilli: number;
  productMicros: number;
  chargedMicros: number;
  capacityMilli: number;
  overlapMilli: number;
}

const ALL_CLASSES = sql.raw(sumSql(CLASSES, "milli"));

/**
 * Ties a period out by what is stored, hardware by hardware and day by day: classes against capacity, charges of teams and
 * platform against milli-GPU-seconds × price, each product rounded once. Sums of a database, so a page can show them; the audit
 * makes every charge again (audit.ts). Requires access to all teams.
 * @throws AppError `forbidden`.
 */
export async function loadTies({ db, viewer }: Ctx, period: BillingPeriod, zone: string): Promise<Tie[]> {
  needAllTeams(viewer);
  const within = sql`day >= ${period.fromDay} and day < ${period.untilDay}`;
  const of = sql.raw(`day, hardware_key as "hardwareKey"`);
  type Row = { readonly day: number; readonly hardwareKey: number; readonly milli: number };
  const [metered, lacking, charged, cards] = await Promise.all([
    db.all<Row>(sql`select ${of}, cast(sum(${ALL_CLASSES}) as bigint) as milli from ${usageDays}
      where ${within} group by day, hardware_key`),
    db.all<Row>(sql`select ${of}, cast(sum(quantity) as bigint) as milli from ${unpriced}
      where ${within} and sku = 'gpu' group by day, hardware_key`),
    db.all<Row & { nanos: number; micros: number }>(sql`select ${of}, unit_price_nanos as nanos,
      cast(sum(quantity) as bigint) as milli, cast(sum(amount_micros) as bigint) as micros from ${teamDays}
      where ${within} and sku = 'gpu' group by day, hardware_key, price_key, unit_price_nanos`),
    loadCapacity(db, period, zone),
  ]);
  const ties = new Map<string, Sums & { day: number; hardwareKey: number }>();
  const at = ({ day, hardwareKey }: Pick<Row, "day" | "hardwareKey">) => {
    const key = `${day}/${hardwareKey}`;
    const known = ties.get(key) ?? { day, hardwareKey, ...NOTHING };
    ties.set(key, known);
    return known;
  };
  for (const row of metered) at(row).meteredMilli += row.milli;
  for (const row of lacking) at(row).unpricedMilli += row.milli;
  for (const row of charged) {
    const tie = at(row);
    tie.chargedMilli += row.milli;
    tie.productMicros = addExactly(tie.productMicros, priceOf(row.milli, "gpu", row.nanos));
    tie.chargedMicros = addExactly(tie.chargedMicros, row.micros);
  }
  for (const row of cards) {
    const tie = at(row);
    tie.capacityMilli += row.capacityMilli;
    tie.overlapMilli += row.overlapMilli;
  }
  return [...ties.values()]
    .filter((t) => t.meteredMilli !== 0 || t.chargedMilli !== 0 || t.capacityMilli !== 0)
    .sort((a, b) => a.day - b.day || a.hardwareKey - b.hardwareKey)
    .map((t) => ({
      ...t,
      unclassedMilli: t.meteredMilli - t.capacityMilli - t.overlapMilli,
      residualMilli: t.meteredMilli - t.unpricedMilli - t.chargedMilli,
      residualMicros: t.productMicros - t.chargedMicros,
    }));
}

const NOTHING: Sums = {
  ...{ meteredMilli: 0, unpricedMilli: 0, chargedMilli: 0, productMicros: 0, chargedMicros: 0 },
  ...{ capacityMilli: 0, overlapMilli: 0 },
};

/** Capacity by day of the billing time zone: buckets know instants alone. Places without GPUs have none. */
function loadCapacity(
  db: Reader,
  period: BillingPeriod,
  zone: string,
): Promise<{ day: number; hardwareKey: number; capacityMilli: number; overlapMilli: number }[]> {
  const days = daysIn(period).map((key) => dayOfKey(key, zone));
  const values = sql.raw(days.map((d) => `(${d.key}, ${d.start}, ${d.end})`).join(", "));
  return db.all(sql`with days(day, starts, ends) as (values ${values})
    select d.day, c.hardware_key as "hardwareKey", cast(sum(c.capacity_milli) as bigint) as "capacityMilli",
      cast(sum(c.overlap_milli) as bigint) as "overlapMilli"
    from days d join ${capacity} c on c.bucket_at >= d.starts and c.bucket_at < d.ends
    join ${hardware} h on h.key = c.hardware_key and h.gpu_model <> ''
    group by d.day, c.hardware_key`);
}

/** What was held beyond what there was, with the workloads named. */
export interface Overlap {
  readonly bucketAt: Instant;
  readonly cluster: string;
  readonly subject: string;
  readonly milli: number;
  readonly detail: string;
}

/** The largest overlaps of a period, at most so many. */
export function loadOverlaps(db: Reader, { start, end }: BillingPeriod, limit: number): Promise<Overlap[]> {
  return db.all(sql`select f.bucket_at as "bucketAt", coalesce(c.name, f.cluster_id) as cluster, f.subject,
      f.quantity_milli as milli, f.detail
    from ${findings} f left join ${clusters} c on c.id = f.cluster_id
    where f.kind in ('overlap', 'unknown-node') and f.bucket_at >= ${start} and f.bucket_at < ${end}
    order by f.quantity_milli desc, f.bucket_at, f.subject limit ${limit}`);
}
