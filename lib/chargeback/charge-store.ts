import { type Db, type Reader, sql, type Tx } from "@/db/client";
import { chargedDays, charges, closes, meteredDays, shares, teamDays, unpriced } from "@/db/schema";
import type { Instant } from "@/lib/time";
import { CLASS_PROPERTIES } from "./amounts.ts";
import type { DayCharges } from "./day.ts";
import type { Amounts } from "./types.ts";

export interface DueDay {
  readonly day: number;
  /** Σ revisions of its metered days when it was found due. */
  readonly revision: number;
}

const METERED = sql`(select day, cast(sum(revision) as bigint) as revision from ${meteredDays} group by day)`;
const isClosed = (day: string) =>
  sql`exists (select 1 from ${closes} c where ${sql.raw(day)} >= c.from_day and ${sql.raw(day)} < c.until_day)`;

/** Days that were metered since they were charged, newest first; of closed periods only when asked for. */
export function listDueDays(db: Reader, limit: number, closed: "open" | "closed" = "open"): Promise<DueDay[]> {
  const which = closed === "closed" ? isClosed("m.day") : sql`not ${isClosed("m.day")}`;
  return db.all(sql`select m.day, m.revision from ${METERED} m left join ${chargedDays} d on d.day = m.day
    where (d.day is null or d.metered_revision <> m.revision) and ${which} order by m.day desc limit ${limit}`);
}

/** Forgets that days from one on are charged: prices, teams or policies that hold from then on have changed. */
export function forgetCharged(tx: Tx, fromDay: number): Promise<number> {
  return tx.run(sql`delete from ${chargedDays} where day >= ${fromDay}`);
}

export function markCharged(tx: Tx, { day, revision }: DueDay, now: Instant): Promise<void> {
  return tx.insert(chargedDays, [{ day, meteredRevision: revision, chargedAt: now }], {
    target: [chargedDays.day],
    update: "all",
  });
}

/** Replaces the charges of a day whole, with everything that follows from them. */
export async function saveDay(db: Db, due: DueDay, result: DayCharges, now: Instant): Promise<void> {
  await db.write(async (tx) => {
    for (const table of [charges, teamDays, shares, unpriced])
      await tx.run(sql`delete from ${table} where day = ${due.day}`);
    await tx.insert(charges, result.charges.map(flat));
    await tx.insert(teamDays, result.teamDays.map(flat));
    await tx.insert(shares, result.shares);
    await tx.insert(unpriced, result.unpriced);
    await markCharged(tx, due, now);
  });
}

type Flat<T> = Omit<T, "classes"> & ClassColumns;
type ClassColumns = Pick<
  typeof charges.$inferInsert,
  Extract<keyof typeof charges.$inferInsert, `${string}Milli` | `${string}Micros`>
>;
/** A row as its table has it: classes are columns. */
const flat = <T extends Amounts>({ classes, ...rest }: T): Flat<T> => ({ ...classes, ...rest }) as unknown as Flat<T>;

const snake = (property: string) => property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The columns of amounts, summed, each under its property: what reads charges or team days starts from it. */
export const SUMMED_AMOUNTS = sql.raw(
  ["quantity", "amountMicros", "observedMilli", "expectedMilli", ...CLASS_PROPERTIES]
    .map((p) => `cast(sum(${snake(p)}) as bigint) as "${p}"`)
    .join(", "),
);
