import { type Db, type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { chargedDays, chargeRevision, closes, meteredDays } from "@/db/schema/index.ts";
import type { Instant } from "@/lib/time.ts";

export interface DueDay {
  readonly day: number;
  /** Σ revisions of its metered days when it was found due. */
  readonly revision: number;
}

const METERED = sql`(select day, cast(sum(revision) as bigint) as revision from ${meteredDays} group by day)`;
const isClosed = (day: string) =>
  sql`exists (select 1 from ${closes} c where ${sql.raw(day)} >= c.from_day and ${sql.raw(day)} < c.until_day)`;

const which = (closed: "open" | "closed") => (closed === "closed" ? isClosed("x.day") : sql`not ${isClosed("x.day")}`);
const DUE = sql`(select m.day, m.revision from ${METERED} m left join ${chargedDays} d on d.day = m.day
      where d.day is null or d.metered_revision <> m.revision
      union all
      select d.day, 0 as revision from ${chargedDays} d
      where d.metered_revision <> 0 and not exists (select 1 from ${meteredDays} m where m.day = d.day))`;

/** The revision of a day that was charged, and is to be charged again whatever metering says. */
const FORGOTTEN = -1;

/** Day keys, half-open. */
interface DaySpan {
  readonly fromDay: number;
  readonly untilDay: number;
}
const inside = (span?: DaySpan) => (span ? sql`and x.day >= ${span.fromDay} and x.day < ${span.untilDay}` : sql``);

/**
 * Days whose charges are not of what there is now, in any order; of closed periods only when asked for. Of days that
 * nobody metered (revision 0) those that were marked: imported cost falls on them, or did.
 */
export function listDueDays(db: Reader, closed: "open" | "closed", within: DaySpan): Promise<DueDay[]> {
  return db.all(sql`select x.day, x.revision from ${DUE} x where ${which(closed)} ${inside(within)}`);
}

/**
 * The due days to work on next: today and the days before it, newest first, then those ahead, soonest first and up to `untilDay`. Days
 * further ahead stay due until they come nearer, so that no date can keep today waiting.
 */
export function listNextDue(
  db: Reader,
  limit: number,
  closed: "open" | "closed",
  { today, untilDay }: { readonly today: number; readonly untilDay: number },
): Promise<DueDay[]> {
  return db.all(sql`select x.day, x.revision from ${DUE} x where ${which(closed)} and x.day < ${untilDay}
    order by case when x.day <= ${today} then -x.day else x.day end limit ${limit}`);
}

/** How many there are of them; within days where given, half-open. */
export async function countDueDays(db: Reader, closed: "open" | "closed", within?: DaySpan): Promise<number> {
  const row = await db.find<{ n: number }>(
    sql`select cast(count(*) as bigint) as n from ${DUE} x where ${which(closed)} ${inside(within)}`,
  );
  return row?.n ?? 0;
}

/**
 * How often something was changed on purpose that charges follow from. It is read before anything that they are made of, and
 * what was made is kept only where it is still the same.
 */
export async function loadChargeRevision(db: Reader): Promise<number> {
  const row = await db.find<{ revision: number }>(sql`select revision from ${chargeRevision}`);
  return row?.revision ?? 0;
}

/** Says that something is changed that charges follow from. Who changes anything else of it waits until the transaction ends. */
export async function nextRevision(tx: Tx): Promise<void> {
  await tx.run(sql`insert into ${chargeRevision} (key, revision) values (1, 1)
    on conflict (key) do update set revision = charge_revision.revision + 1`);
}

/** Whether nothing was changed since; then nothing is until the transaction ends. */
async function isUnchanged(tx: Tx, revision: number): Promise<boolean> {
  await tx.run(sql`insert into ${chargeRevision} (key, revision) values (1, 0) on conflict (key) do nothing`);
  return (await tx.run(sql`update ${chargeRevision} set revision = revision where revision = ${revision}`)) > 0;
}

/** Forgets that days from one on are charged: prices, teams or policies that hold from then on have changed. */
export async function forgetCharged(tx: Tx, fromDay: number): Promise<void> {
  await nextRevision(tx);
  await tx.run(sql`update ${chargedDays} set metered_revision = ${FORGOTTEN} where day >= ${fromDay}`);
}

/** Marks days to be charged, also those that nobody metered: imported cost on them came or went. */
export async function forgetDays(tx: Tx, days: readonly number[], now: Instant): Promise<void> {
  await nextRevision(tx);
  await tx.insert(
    chargedDays,
    days.map((day) => ({ day, meteredRevision: FORGOTTEN, chargedAt: now })),
    { target: [chargedDays.day], update: [chargedDays.meteredRevision] },
  );
}

/** Marks those days of spans that were charged before to be charged again, without counting them. */
export async function forgetSpans(tx: Tx, spans: readonly DaySpan[]): Promise<void> {
  await nextRevision(tx);
  for (const { fromDay, untilDay } of spans)
    await tx.run(
      sql`update ${chargedDays} set metered_revision = ${FORGOTTEN} where day >= ${fromDay} and day < ${untilDay}`,
    );
}

function markCharged(tx: Tx, { day, revision }: DueDay, now: Instant): Promise<void> {
  return tx.insert(chargedDays, [{ day, meteredRevision: revision, chargedAt: now }], {
    target: [chargedDays.day],
    update: "all",
  });
}

/**
 * Keeps what was made of a day, in one transaction, and marks it as charged.
 * @param revision as read before anything that it was made of.
 * @returns false, and nothing is kept, where what it was made of has changed since: the day is due as before.
 */
export function keepDay(
  db: Db,
  due: DueDay,
  revision: number,
  now: Instant,
  keep: (tx: Tx) => Promise<void>,
): Promise<boolean> {
  return db.write(async (tx) => {
    if (!(await isUnchanged(tx, revision))) return false;
    await keep(tx);
    await markCharged(tx, due, now);
    return true;
  });
}

/** The first day that was metered; null: none was. */
export async function firstMeteredDay(db: Reader): Promise<number | null> {
  const row = await db.find<{ day: number | null }>(sql`select min(day) as day from ${meteredDays}`);
  return row?.day ?? null;
}

/** Days of closed periods, half-open. */
export function listClosedDays(db: Reader): Promise<{ fromDay: number; untilDay: number }[]> {
  return db.all(sql`select ${columnsOf(closes, ["fromDay", "untilDay"])} from ${closes} order by from_day`);
}
