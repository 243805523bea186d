import { type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { burstApplied, burstRates, burstSwitches, teamDays } from "@/db/schema/index.ts";
import type { Instant } from "@/lib/time.ts";
import type { BurstSource, RecordedRate, RecordedSwitch } from "./types.ts";

/** Every switch, the oldest first. */
export async function listSwitches(db: Reader): Promise<RecordedSwitch[]> {
  const rows = await db.all(sql`select ${columnsOf(burstSwitches)} from ${burstSwitches} order by at`);
  return rows.map((row) => ({ ...row, isOn: row.isOn === 1, source: row.source as BurstSource }));
}

/** Every rate, the oldest first. */
export const listRates = (db: Reader): Promise<RecordedRate[]> =>
  db.all(sql`select ${columnsOf(burstRates)} from ${burstRates} order by from_at`);

/** Of one instant the last holds. */
export const saveSwitch = (tx: Tx, { isOn, ...row }: RecordedSwitch): Promise<void> =>
  tx.insert(burstSwitches, [{ ...row, isOn: Number(isOn) }], { target: [burstSwitches.at], update: "all" });

export const saveRate = (tx: Tx, rate: RecordedRate): Promise<void> =>
  tx.insert(burstRates, [rate], { target: [burstRates.fromAt], update: "all" });

/** The value of a setting that was applied last; null: none was. */
export async function findApplied(db: Reader, name: string): Promise<string | null> {
  const row = await db.find<{ value: string }>(sql`select value from ${burstApplied} where name = ${name}`);
  return row?.value ?? null;
}

export const saveApplied = (tx: Tx, name: string, value: string, appliedAt: Instant): Promise<void> =>
  tx.insert(burstApplied, [{ name, value, appliedAt }], { target: [burstApplied.name], update: "all" });

/** What use above the quota was charged, by day: it is in the ledger, at the price class that has its name. */
export const listOverQuota = (
  db: Reader,
  { from, until }: { readonly from: number; readonly until: number },
): Promise<{ readonly day: number; readonly micros: number; readonly milli: number }[]> =>
  db.all(sql`select day, cast(sum(amount_micros) as bigint) as micros,
      cast(sum(case when sku = 'gpu' then quantity else 0 end) as bigint) as milli
    from ${teamDays} where price_class = 'over-quota' and day >= ${from} and day < ${until} group by day order by day`);
