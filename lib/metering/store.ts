import { type Db, type Reader, sql, type Tx } from "@/db/client.ts";
import { snake } from "@/db/columns.ts";
import { columnsOf } from "@/db/columns-of.ts";
import {
  capacity,
  dueBuckets,
  findings,
  fleet,
  hardware,
  meteredBuckets,
  meteredDays,
  meterRules,
  projectPeaks,
  projects,
  prunedSpans,
  usage,
  usageDays,
  usageProjectDays,
  usageProjects,
  workloads,
} from "@/db/schema/index.ts";
import { AppError } from "@/lib/errors.ts";
import { areDue, clearDue, type DueBucket } from "@/lib/sync/due.ts";
import { daysOf, type Instant, type Interval } from "@/lib/time.ts";
import { assertIdentity } from "./identity.ts";
import type { MeterResult } from "./meter.ts";
import { ADDITIVE, COUNT_PEAKS, merge, noQuantities, PEAKS, type Quantities } from "./quantities.ts";
import type { UsageRecord } from "./records.ts";
import type { MeterRules } from "./types.ts";

/** Due buckets of a cluster that start before `until`, oldest first. */
export function listDue(
  db: Reader,
  clusterId: string,
  until: Instant,
  within: Interval | null,
  limit: number,
): Promise<DueBucket[]> {
  const inside = within ? sql`and bucket_at >= ${within.start} and bucket_at < ${within.end}` : sql``;
  return db.all(sql`select ${columnsOf(dueBuckets, ["bucketAt", "revision"])} from ${dueBuckets}
    where cluster_id = ${clusterId} and bucket_at < ${until} ${inside} order by bucket_at limit ${limit}`);
}

/** Clusters that have due buckets. */
export async function clustersWithDue(db: Reader): Promise<string[]> {
  const rows = await db.all<{ clusterId: string }>(
    sql`select distinct cluster_id as "clusterId" from ${dueBuckets} order by cluster_id`,
  );
  return rows.map((r) => r.clusterId);
}

/** Starts of chunk spans whose samples retention has removed, within a range. */
export async function prunedWithin(db: Reader, range: Interval, spanSeconds: number): Promise<Instant[]> {
  const rows = await db.all(sql`select ${columnsOf(prunedSpans, ["startAt"])} from ${prunedSpans}
    where start_at > ${range.start - spanSeconds} and start_at < ${range.end}`);
  return rows.map((r) => r.startAt);
}

/** The kind of finding for buckets that could not be metered again. */
export const NOT_METERED_KIND = "not-metered";

/**
 * Marks buckets as no longer due and records a finding for each, because a figure that may be out of date must say so.
 */
export async function leaveUnmetered(
  tx: Tx,
  clusterId: string,
  due: readonly DueBucket[],
  detail: string,
): Promise<void> {
  const rows = due.map(({ bucketAt }) => {
    return { bucketAt, clusterId, kind: NOT_METERED_KIND, subject: "", quantityMilli: 0, detail };
  });
  const target = [findings.bucketAt, findings.clusterId, findings.kind, findings.subject];
  await tx.insert(findings, rows, { target, update: "all" });
  await clearDue(tx, clusterId, due);
}

/** The number of buckets of a range with that finding. */
export async function countUnmetered(db: Reader, range: Interval): Promise<number> {
  const row = await db.find<{ n: number }>(sql`select cast(count(*) as bigint) as n from ${findings}
    where kind = ${NOT_METERED_KIND} and bucket_at >= ${range.start} and bucket_at < ${range.end}`);
  return row?.n ?? 0;
}

/**
 * Replaces the buckets of a range by a metering result, in one transaction that also checks the identity, sums projects
 * and days, and clears what was due.
 * @returns false, with nothing written, if another process metered one of the buckets since `due` was read.
 * @throws AppError `internal` if the result does not add up: then nothing is written.
 */
export async function saveMetering(
  db: Db,
  clusterId: string,
  range: Interval,
  result: MeterResult,
  due: readonly DueBucket[],
  rules: MeterRules,
  now: Instant,
): Promise<boolean> {
  assertIdentity(result);
  const rulesId = JSON.stringify(rules);
  return db.write(async (tx) => {
    // Its result may be based on newer facts than this one.
    if (!(await areDue(tx, clusterId, due))) return false;
    await tx.insert(meterRules, [{ id: rulesId, rules: rulesId, firstUsedAt: now }], {
      target: [meterRules.id],
      update: [],
    });
    const keyOf = await hardwareKeys(tx, clusterId, [...result.usage, ...result.capacity]);
    const ofCluster = sql`hardware_key in (select key from ${hardware} where cluster_id = ${clusterId})`;
    for (const table of [usage, usageProjects, capacity])
      await tx.run(
        sql`delete from ${table} where bucket_at >= ${range.start} and bucket_at < ${range.end} and ${ofCluster}`,
      );
    await tx.run(sql`delete from ${projectPeaks} where bucket_at >= ${range.start} and bucket_at < ${range.end}
      and project_key in (select key from ${projects} where cluster_id = ${clusterId})`);
    await tx.run(
      sql`delete from ${findings} where bucket_at >= ${range.start} and bucket_at < ${range.end} and cluster_id = ${clusterId}`,
    );
    const byKey = (r: { bucketAt: number; hardwareKey: number }, s: { bucketAt: number; hardwareKey: number }) =>
      r.bucketAt - s.bucketAt || r.hardwareKey - s.hardwareKey;
    const rows = result.usage.map(({ bucketAt, nodePool, gpuModel, workloadKey, level, quantities }) => ({
      // First, because V8 clones an object quickly only then.
      ...quantities,
      bucketAt,
      hardwareKey: keyOf(nodePool, gpuModel),
      workloadKey,
      level,
    }));
    rows.sort((a, b) => byKey(a, b) || a.workloadKey - b.workloadKey);
    await tx.insert(usage, rows as unknown as (typeof usage.$inferInsert)[]);
    const sums = sumByProject(result.usage, keyOf).sort((a, b) => byKey(a, b) || a.projectKey - b.projectKey);
    await tx.insert(usageProjects, sums as unknown as (typeof usageProjects.$inferInsert)[]);
    await tx.insert(projectPeaks, result.peaks);
    const capacities = result.capacity.map(({ nodePool, gpuModel, ...rest }) => ({
      ...rest,
      hardwareKey: keyOf(nodePool, gpuModel),
      rulesId,
    }));
    await tx.insert(capacity, capacities.sort(byKey));
    await tx.insert(
      findings,
      result.findings.map((f) => ({ ...f, clusterId })),
      { target: [findings.bucketAt, findings.clusterId, findings.kind, findings.subject], update: "all" },
    );
    await sumDays(tx, clusterId, range, rules.billingTimeZone);
    if (result.fleet.length) await replaceFleet(tx, clusterId, result, keyOf, range.end);
    await countMetering(tx, clusterId, due);
    await clearDue(tx, clusterId, due);
    return true;
  });
}

/** Raises the number of each bucket that was metered. */
async function countMetering(tx: Tx, clusterId: string, due: readonly DueBucket[]): Promise<void> {
  for (const { bucketAt } of due)
    await tx.run(sql`insert into ${meteredBuckets} (cluster_id, bucket_at, revision)
      values (${clusterId}, ${bucketAt}, 1)
      on conflict (cluster_id, bucket_at) do update set revision = metered_buckets.revision + 1`);
}

type KeyOf = (nodePool: string, gpuModel: string) => number;

async function hardwareKeys(
  tx: Tx,
  clusterId: string,
  records: readonly { nodePool: string; gpuModel: string }[],
): Promise<KeyOf> {
  const wanted = new Map(
    records.map((r) => [`${r.gpuModel}\u0000${r.nodePool}`, { clusterId, nodePool: r.nodePool, gpuModel: r.gpuModel }]),
  );
  const target = [hardware.clusterId, hardware.gpuModel, hardware.nodePool];
  await tx.insert(hardware, [...wanted.values()], { target, update: [] });
  const rows = await tx.all(sql`select ${columnsOf(hardware)} from ${hardware} where cluster_id = ${clusterId}`);
  const keys = new Map(rows.map((r) => [`${r.gpuModel}\u0000${r.nodePool}`, r.key]));
  return (nodePool, gpuModel) => keys.get(`${gpuModel}\u0000${nodePool}`) as number;
}

function sumByProject(records: readonly UsageRecord[], keyOf: KeyOf) {
  const sums = new Map<string, { bucketAt: number; hardwareKey: number; projectKey: number; quantities: Quantities }>();
  for (const record of records) {
    const hardwareKey = keyOf(record.nodePool, record.gpuModel);
    const key = `${record.bucketAt}/${hardwareKey}/${record.projectKey}`;
    let sum = sums.get(key);
    if (!sum) {
      sum = { bucketAt: record.bucketAt, hardwareKey, projectKey: record.projectKey, quantities: noQuantities() };
      sums.set(key, sum);
    }
    merge(sum.quantities, record.quantities);
  }
  return [...sums.values()].map(({ quantities, bucketAt, hardwareKey, projectKey }) => ({
    ...quantities,
    bucketAt,
    hardwareKey,
    projectKey,
  }));
}

const SUMS = ADDITIVE.map(snake);
const LARGEST = [...PEAKS, ...COUNT_PEAKS].map(snake);
const DAY_COLUMNS = sql.raw([...SUMS, ...LARGEST].map((c) => `"${c}"`).join(", "));
const DAY_VALUES = sql.raw(
  [...SUMS.map((c) => `cast(sum("${c}") as bigint)`), ...LARGEST.map((c) => `max("${c}")`)].join(", "),
);

/** Sums the days of the billing time zone that the range touches again from their buckets. */
async function sumDays(tx: Tx, clusterId: string, range: Interval, zone: string): Promise<void> {
  const ofCluster = sql`hardware_key in (select key from ${hardware} where cluster_id = ${clusterId})`;
  for (const day of daysOf(range, zone)) {
    for (const table of [usageDays, usageProjectDays])
      await tx.run(sql`delete from ${table} where day = ${day.key} and ${ofCluster}`);
    await tx.run(sql`insert into ${usageDays} (day, hardware_key, workload_key, project_key, level, ${DAY_COLUMNS})
      select cast(${day.key} as bigint), hardware_key, workload_key,
        coalesce((select w.project_key from ${workloads} w where w.key = workload_key), 0), max(level), ${DAY_VALUES}
      from ${usage} where bucket_at >= ${day.start} and bucket_at < ${day.end} and ${ofCluster}
      group by hardware_key, workload_key`);
    await tx.run(sql`insert into ${usageProjectDays} (day, hardware_key, project_key, ${DAY_COLUMNS})
      select day, hardware_key, project_key, ${DAY_VALUES} from ${usageDays}
      where day = ${day.key} and ${ofCluster} group by day, hardware_key, project_key`);
    await tx.run(sql`insert into ${meteredDays} (cluster_id, day, revision) values (${clusterId}, ${day.key}, 1)
      on conflict (cluster_id, day) do update set revision = metered_days.revision + 1`);
  }
}

async function replaceFleet(
  tx: Tx,
  clusterId: string,
  result: MeterResult,
  keyOf: KeyOf,
  asOfAt: Instant,
): Promise<void> {
  await tx.run(sql`delete from ${fleet} where cluster_id = ${clusterId}`);
  const rows = result.fleet.map(({ nodePool, gpuModel, ...slot }) => ({
    ...slot,
    clusterId,
    hardwareKey: keyOf(nodePool, gpuModel),
    asOfAt,
  }));
  await tx.insert(fleet, rows);
}

/**
 * Checks that the ledger is of this billing time zone: days of two zones would overlap and count hours twice.
 * @throws AppError `conflict` if its metered days are of another zone.
 */
export async function assertZone(db: Reader, zone: string): Promise<void> {
  const row = await db.find<{ rules: string }>(
    sql`select rules from ${meterRules} order by first_used_at desc limit 1`,
  );
  if (!row) return;
  const { billingTimeZone } = JSON.parse(row.rules) as MeterRules;
  if (billingTimeZone !== zone)
    throw new AppError(
      "conflict",
      `This ledger has days of ${billingTimeZone}, but BILLING_TIME_ZONE is ${zone}. Set it back, or start a new ledger (DATABASE_URL) for the other zone and backfill it.`,
    );
}
