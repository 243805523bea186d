import type { SQL } from "drizzle-orm";
import { type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { corrections, shares, teamDays } from "@/db/schema/index.ts";
import type { Instant } from "@/lib/time.ts";
import type { Correction, CorrectionKey } from "./correct.ts";

/** A correction that waits to be booked, or was. */
export interface KeptCorrection extends Correction {
  readonly originDay: number;
  /** The period that booked it; empty while none has. */
  readonly bookedIn: string;
}

export function listPending(db: Reader): Promise<KeptCorrection[]> {
  return db.all<KeptCorrection>(
    sql`select ${columnsOf(corrections)} from ${corrections} where booked_in = '' order by origin_day, team_key`,
  );
}

type KeptSum = CorrectionKey & { readonly quantity: number; readonly amountMicros: number };

/** What was booked already for a closed day. */
export const listBooked = (db: Reader, day: number) => listSums(db, sql`origin_day = ${day} and booked_in <> ''`);
/** The same, with what waits to be booked. */
export const listKept = (db: Reader, day: number) => listSums(db, sql`origin_day = ${day}`);

function listSums(db: Reader, which: SQL): Promise<KeptSum[]> {
  return db.all(sql`select team_key as "teamKey", project_key as "projectKey", hardware_key as "hardwareKey", sku,
      price_class as "priceClass", cast(sum(quantity) as bigint) as quantity, cast(sum(amount_micros) as bigint) as "amountMicros"
    from ${corrections} where ${which}
    group by team_key, project_key, hardware_key, sku, price_class`);
}

/** What each thing came to on the days `[fromDay, untilDay)` of a closed period: frozen, with the corrections that were booked since. */
export function listStanding(
  db: Reader,
  { fromDay, untilDay }: { fromDay: number; untilDay: number },
): Promise<KeptSum[]> {
  const of = (day: string) => sql`${sql.raw(day)} >= ${fromDay} and ${sql.raw(day)} < ${untilDay}`;
  return db.all(sql`select team_key as "teamKey", project_key as "projectKey", hardware_key as "hardwareKey", sku,
      price_class as "priceClass", cast(sum(quantity) as bigint) as quantity, cast(sum(amount_micros) as bigint) as "amountMicros"
    from (select team_key, project_key, hardware_key, sku, price_class, quantity, amount_micros from ${teamDays} where ${of("day")}
      union all select team_key, 0, hardware_key, 'share', cost_class, 0, amount_micros from ${shares} where ${of("day")}
      union all select team_key, project_key, hardware_key, sku, price_class, quantity, amount_micros from ${corrections}
        where ${of("origin_day")} and booked_in <> '') x
    group by team_key, project_key, hardware_key, sku, price_class`);
}

/** Replaces what waits to be booked for a day. */
export async function saveCorrections(
  tx: Tx,
  originDay: number,
  found: readonly Correction[],
  now: Instant,
): Promise<void> {
  await tx.run(sql`delete from ${corrections} where origin_day = ${originDay} and booked_in = ''`);
  await tx.insert(
    corrections,
    found.map((c) => ({ ...c, originDay, bookedIn: "", foundAt: now })),
  );
}

/** Books all that waits and is of an earlier day. @returns how many rows. */
export function bookCorrections(tx: Tx, periodId: string, fromDay: number): Promise<number> {
  return tx.run(
    sql`update ${corrections} set booked_in = ${periodId} where booked_in = '' and origin_day < ${fromDay}`,
  );
}
