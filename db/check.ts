import { getTableColumns, type SQL } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { CLASSES, classProperty } from "@/lib/classes.ts";
import { daysOf, formatInstant } from "@/lib/time.ts";
import { checkMoney } from "./check-money.ts";
import { type Db, sql } from "./client.ts";
import type { Fault } from "./fault.ts";
import {
  capacity,
  hardware,
  projects,
  usage,
  usageDays,
  usageProjectDays,
  usageProjects,
  workloads,
} from "./schema/index.ts";
import { triggers } from "./triggers.ts";

export interface Checked {
  readonly faults: readonly Fault[];
  /** The number of buckets × clusters × models whose seconds were added up. */
  readonly identities: number;
}

/** How many faults of one kind are listed; their full number is reported. */
const MOST = 20;

const {
  bucketAt: _bucket,
  hardwareKey: _hardware,
  workloadKey: _workload,
  level: _level,
  ...quantities
} = getTableColumns(usage);
/** Quantities that add up; peaks do not. */
const ADDITIVE = Object.values(quantities).filter((column) => !/_peak/.test(column.name));

/**
 * Checks a ledger: the file is sound; the ten classes of every cluster × GPU model × bucket add up to capacity +
 * overlap; the sums by project and by day (of `zone`) are those of the usage records; charges cover everything that was
 * metered; nothing refers to a row that does not exist.
 */
export async function check(db: Db, zone: string): Promise<Checked> {
  const damaged = db.dialect === "sqlite" ? await integrity(db) : [];
  if (damaged.length) return { faults: damaged, identities: 0 };
  const counted = await db.find<{ n: number }>(sql`select cast(count(*) as bigint) as n from
    (select distinct c.bucket_at, h.cluster_id, h.gpu_model from ${capacity} c join ${hardware} h on h.key = c.hardware_key) x`);
  const faults = [
    ...(await absentTriggers(db)),
    ...(await orphans(db)),
    ...(await identity(db)),
    ...(await byProject(db)),
    ...(await byDay(db, zone)),
    ...(await byProjectDay(db)),
    ...(await checkMoney(db)),
  ];
  return { faults, identities: counted?.n ?? 0 };
}

async function integrity(db: Db): Promise<Fault[]> {
  const rows = await db.all<{ integrity_check: string }>(sql`pragma integrity_check(20)`);
  return rows
    .filter((row) => row.integrity_check !== "ok")
    .map((row) => ({ kind: "damaged", subject: "file", detail: row.integrity_check }));
}

/** Triggers that protect what is closed or decided, and that are missing or do not fire. */
async function absentTriggers(db: Db): Promise<Fault[]> {
  const there = await db.all<{ name: string }>(
    db.dialect === "sqlite"
      ? sql`select name from sqlite_master where type = 'trigger'`
      : sql`select tgname as name from pg_trigger where not tgisinternal and tgenabled in ('O', 'A')`,
  );
  const names = new Set(there.map(({ name }) => name));
  return triggers(db.dialect)
    .filter(({ name }) => !names.has(name))
    .map(({ name }) => ({ kind: "triggers", subject: name, detail: "does not hold what is closed: it is not there" }));
}

async function orphans(db: Db): Promise<Fault[]> {
  const missing: [string, SQL][] = [
    [
      "usage of unknown hardware",
      sql`${usage} u left join ${hardware} o on o.key = u.hardware_key where o.key is null`,
    ],
    [
      "usage of an unknown workload",
      sql`${usage} u left join ${workloads} o on o.key = u.workload_key where o.key is null and u.workload_key <> 0`,
    ],
    [
      "usage of an unknown project",
      sql`${usageProjects} u left join ${projects} o on o.key = u.project_key where o.key is null and u.project_key <> 0`,
    ],
    [
      "capacity of unknown hardware",
      sql`${capacity} u left join ${hardware} o on o.key = u.hardware_key where o.key is null`,
    ],
  ];
  const out: Fault[] = [];
  for (const [subject, from] of missing) {
    const row = await db.find<{ n: number }>(sql`select cast(count(*) as bigint) as n from ${from}`);
    if (row?.n) out.push({ kind: "orphan", subject, detail: `${row.n} rows` });
  }
  return out;
}

async function identity(db: Db): Promise<Fault[]> {
  const classes = sum(CLASSES.map((c) => usage[classProperty(c, "milli")]));
  type Row = { at: number; cluster: string; model: string; classes: number; capacity: number };
  const rows = await db.all<Row>(sql`select x.bucket_at as at, h.cluster_id as cluster, h.gpu_model as model,
      cast(sum(x.classes) as bigint) as classes, cast(sum(x.capacity) as bigint) as capacity
    from (select bucket_at, hardware_key, ${classes} as classes, 0 as capacity from ${usage}
      union all select bucket_at, hardware_key, 0, capacity_milli + overlap_milli from ${capacity}) x
    join ${hardware} h on h.key = x.hardware_key
    group by x.bucket_at, h.cluster_id, h.gpu_model having sum(x.classes) <> sum(x.capacity)
    order by x.bucket_at, h.cluster_id, h.gpu_model`);
  return listed(
    rows.map((r) => ({
      kind: "identity",
      subject: `${r.cluster}, ${r.model || "no GPU"}, ${formatInstant(r.at)}`,
      detail: `classes ${r.classes} − capacity and overlap ${r.capacity} = ${r.classes - r.capacity} milli-GPU-seconds`,
    })),
  );
}

async function byProject(db: Db): Promise<Fault[]> {
  const own = sql`select u.bucket_at, u.hardware_key, coalesce(w.project_key, 0) as project_key, ${signed("u", "")}
    from ${usage} u left join ${workloads} w on w.key = u.workload_key`;
  const stored = sql`select p.bucket_at, p.hardware_key, p.project_key, ${signed("p", "-")} from ${usageProjects} p`;
  type Row = { at: number; hardware: number; project: number };
  const rows = await db.all<Row>(sql`select bucket_at as at, hardware_key as hardware, project_key as project
    from (${own} union all ${stored}) x group by bucket_at, hardware_key, project_key having ${anyDifference()}
    order by bucket_at, hardware_key, project_key`);
  return listed(
    rows.map((r) => ({
      kind: "projects",
      subject: `project ${r.project}, hardware ${r.hardware}, ${formatInstant(r.at)}`,
      detail: "usage_projects is not the sum of usage",
    })),
  );
}

/** Day by day, because a day of the zone has 23 to 25 hours. */
async function byDay(db: Db, zone: string): Promise<Fault[]> {
  const span = await db.find<{ first: number | null; last: number | null }>(
    sql`select min(bucket_at) as first, max(bucket_at) as last from ${usage}`,
  );
  if (span?.first == null || span.last == null) return [];
  const out: Fault[] = [];
  for (const day of daysOf({ start: span.first, end: span.last + 1 }, zone)) {
    const own = sql`select u.hardware_key, u.workload_key, ${signed("u", "")} from ${usage} u
      where u.bucket_at >= ${day.start} and u.bucket_at < ${day.end}`;
    const stored = sql`select d.hardware_key, d.workload_key, ${signed("d", "-")} from ${usageDays} d where d.day = ${day.key}`;
    type Row = { hardware: number; workload: number };
    const rows = await db.all<Row>(sql`select hardware_key as hardware, workload_key as workload
      from (${own} union all ${stored}) x group by hardware_key, workload_key having ${anyDifference()}
      order by hardware_key, workload_key`);
    for (const r of rows)
      out.push({
        kind: "days",
        subject: `workload ${r.workload}, hardware ${r.hardware}, ${day.date}`,
        detail: "usage_days is not the sum of usage",
      });
  }
  return listed(out);
}

async function byProjectDay(db: Db): Promise<Fault[]> {
  const own = sql`select u.day, u.hardware_key, coalesce(w.project_key, 0) as project_key, ${signed("u", "")}
    from ${usageDays} u left join ${workloads} w on w.key = u.workload_key`;
  const stored = sql`select p.day, p.hardware_key, p.project_key, ${signed("p", "-")} from ${usageProjectDays} p`;
  type Row = { day: number; hardware: number; project: number };
  const rows = await db.all<Row>(sql`select day, hardware_key as hardware, project_key as project
    from (${own} union all ${stored}) x group by day, hardware_key, project_key having ${anyDifference()}
    order by day, hardware_key, project_key`);
  return listed(
    rows.map((r) => ({
      kind: "project-days",
      subject: `project ${r.project}, hardware ${r.hardware}, ${r.day}`,
      detail: "usage_project_days is not the sum of usage_days",
    })),
  );
}

const name = (column: SQLiteColumn) => sql.identifier(column.name);
const sum = (columns: readonly SQLiteColumn[]) => sql.join(columns.map(name), sql` + `);
const signed = (table: string, sign: "" | "-") =>
  sql.join(
    ADDITIVE.map((column) => sql`${sql.raw(sign)}${sql.identifier(table)}.${name(column)} as ${name(column)}`),
    sql`, `,
  );
const anyDifference = () =>
  sql.join(
    ADDITIVE.map((column) => sql`sum(${name(column)}) <> 0`),
    sql` or `,
  );

function listed(faults: Fault[]): Fault[] {
  const [first] = faults;
  if (!first || faults.length <= MOST) return faults;
  return [...faults.slice(0, MOST), { ...first, subject: "and more", detail: `${faults.length - MOST} of this kind` }];
}
