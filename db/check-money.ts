import { getTableColumns, type SQL } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { type Db, sql } from "./client.ts";
import type { Fault } from "./fault.ts";
import {
  chargedDays,
  charges,
  closes,
  hardware,
  meteredDays,
  shares,
  spendDays,
  spendMonths,
  teamDays,
  unpriced,
  usageDays,
} from "./schema/index.ts";

const name = (column: SQLiteColumn) => sql.identifier(column.name);
const columns = Object.values(getTableColumns(charges));
const classes = (unit: "_milli" | "_micros") =>
  columns.filter((c) => c.name.endsWith(unit) && !/^(amount|observed|expected)_/.test(c.name));
const MILLI = classes("_milli");
const AMOUNTS = [charges.quantity, charges.amountMicros, charges.observedMilli, charges.expectedMilli].concat(
  MILLI as never,
  classes("_micros") as never,
);
const plus = (list: readonly SQLiteColumn[]): SQL => sql.join(list.map(name), sql` + `);

/**
 * Checks the charges: each charge is the sum of its classes; the charges of a day and what has no price cover all of
 * its metered GPU-seconds; sums by team, day and month are those of the charges; what policies move adds nothing and
 * loses nothing. Days that were metered again since they were charged are due and not checked; the audit covers closed
 * days, whose charges stay.
 */
export async function checkMoney(db: Db): Promise<Fault[]> {
  return [
    ...(await byClass(db)),
    ...(await byCapacity(db)),
    ...(await byTeam(db)),
    ...(await byShare(db)),
    ...(await bySpend(db)),
    ...(await byMonth(db)),
  ];
}

interface Where {
  readonly day: number;
  readonly subject: string | number;
}
const fault = (detail: string, what: string) => (r: Where) =>
  ({ kind: "charges", subject: `${what} ${r.subject}, day ${r.day}`, detail }) as const;

async function byClass(db: Db): Promise<Fault[]> {
  const rows = await db.all<Where>(sql`select day, workload_key as subject from ${charges}
    where sku = 'gpu' and (quantity <> ${plus(MILLI)} or amount_micros <> ${plus(classes("_micros"))}) order by day, workload_key limit 20`);
  return rows.map(fault("its charge is not the sum of its classes", "workload"));
}

async function byCapacity(db: Db): Promise<Fault[]> {
  const current = sql`(select m.day from (select day, cast(sum(revision) as bigint) as revision from ${meteredDays} group by day) m
    join ${chargedDays} c on c.day = m.day and c.metered_revision = m.revision)`;
  const usageClasses = sql.join(
    MILLI.map((c) => sql.identifier(c.name)),
    sql` + `,
  );
  const rows = await db.all<Where>(sql`select x.day, x.hardware_key as subject from (
      select day, hardware_key, ${usageClasses} as milli from ${usageDays}
      union all select day, hardware_key, -quantity from ${charges} where sku = 'gpu'
      union all select day, hardware_key, -quantity from ${unpriced} where sku = 'gpu') x
    join ${hardware} h on h.key = x.hardware_key and h.gpu_model <> ''
    where x.day in ${current} and not exists (select 1 from ${closes} c where x.day >= c.from_day and x.day < c.until_day)
    group by x.day, x.hardware_key having sum(x.milli) <> 0 order by x.day, x.hardware_key limit 20`);
  return rows.map(fault("charges and unpriced usage are not all of the metered GPU-seconds", "hardware"));
}

async function byTeam(db: Db): Promise<Fault[]> {
  const KEYS = sql.raw("day, team_key, project_key, hardware_key, sku, price_class, price_key");
  const signed = (sign: "" | "-") =>
    sql.join(
      AMOUNTS.map((c) => sql`${sql.raw(sign)}${name(c)} as ${name(c)}`),
      sql`, `,
    );
  const different = sql.join(
    AMOUNTS.map((c) => sql`sum(${name(c)}) <> 0`),
    sql` or `,
  );
  const rows = await db.all<Where>(sql`select day, team_key as subject from (
      select ${KEYS}, ${signed("")} from ${charges} union all select ${KEYS}, ${signed("-")} from ${teamDays}) x
    group by ${KEYS} having ${different} order by day, team_key limit 20`);
  return rows.map(fault("team_days is not the sum of charges", "team"));
}

async function byShare(db: Db): Promise<Fault[]> {
  const rows = await db.all<Where>(sql`select day, cost_class as subject from ${shares} where cost_class <> 'shared'
    group by day, cluster_id, hardware_key, cost_class having sum(amount_micros) <> 0 order by day, cost_class limit 20`);
  return rows.map(fault("what is moved from the platform is not what teams got", "class"));
}

async function bySpend(db: Db): Promise<Fault[]> {
  const classMicros = plus(classes("_micros"));
  const rows = await db.all<Where>(sql`select day, team_key as subject from (
      select day, team_key, usage_micros, share_micros + cost_micros as moved, ${classMicros} as of_classes from ${spendDays}
      union all select day, team_key, -amount_micros, 0, -(${classMicros}) from ${teamDays}
      union all select day, team_key, 0, -amount_micros, 0 from ${shares}) x
    group by day, team_key having sum(usage_micros) <> 0 or sum(moved) <> 0 or sum(of_classes) <> 0
    order by day, team_key limit 20`);
  return rows.map(fault("spend_days is not the sum of charges and shares", "team"));
}

async function byMonth(db: Db): Promise<Fault[]> {
  const { month: _, teamKey: _team, projectKey: _project, clusterId: _cluster, ...rest } = getTableColumns(spendMonths);
  const sums = Object.values(rest);
  const signed = (sign: "" | "-") =>
    sql.join(
      sums.map((c) => sql`${sql.raw(sign)}${name(c)} as ${name(c)}`),
      sql`, `,
    );
  const different = sql.join(
    sums.map((c) => sql`sum(${name(c)}) <> 0`),
    sql` or `,
  );
  const rows = await db.all<Where>(sql`select month as day, team_key as subject from (
      select month, team_key, ${signed("")} from ${spendMonths}
      union all select day / 100, team_key, ${signed("-")} from ${spendDays}) x
    group by month, team_key having ${different} order by month, team_key limit 20`);
  return rows.map((r) => ({
    kind: "charges",
    subject: `team ${r.subject}, month ${r.day}`,
    detail: "spend_months is not the sum of spend_days",
  }));
}
