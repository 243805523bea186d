import { type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { alertReceived } from "@/db/schema/index.ts";
import type { Instant } from "@/lib/time.ts";

export type ReceivedRow = (typeof alertReceived)["$inferSelect"];

/** Writes the newest state of each alert; one that is resolved stays so. @returns how many rows changed. */
export async function saveReceived(tx: Tx, rows: readonly ReceivedRow[]): Promise<number> {
  let changed = 0;
  for (const row of rows) {
    const before = await tx.find<ReceivedRow>(sql`select ${columnsOf(alertReceived)} from ${alertReceived}
      where fingerprint = ${row.fingerprint} and starts_at = ${row.startsAt}`);
    if (
      before?.status === "resolved" ||
      (before && before.status === row.status && before.annotations === row.annotations)
    )
      continue;
    await tx.insert(alertReceived, [row], {
      target: [alertReceived.fingerprint, alertReceived.startsAt],
      update: "all",
    });
    changed++;
  }
  return changed;
}

/**
 * Alerts that fire, the newest state of each fingerprint. Those that have fired longest where there are more than `limit`: one that is open
 * stays open, and a newer one waits.
 */
export const listFiring = (db: Reader, limit: number): Promise<ReceivedRow[]> =>
  db.all<ReceivedRow>(sql`select ${columnsOf(alertReceived, undefined, "r")} from ${alertReceived} r
    where r.status = 'firing' and not exists (select 1 from ${alertReceived} n
      where n.fingerprint = r.fingerprint and n.starts_at > r.starts_at)
    order by r.starts_at, r.fingerprint limit ${limit}`);

/** Alerts that began in a span. */
export const listBegun = (db: Reader, start: Instant, end: Instant): Promise<ReceivedRow[]> =>
  db.all<ReceivedRow>(sql`select ${columnsOf(alertReceived)} from ${alertReceived}
    where starts_at >= ${start} and starts_at < ${end} order by starts_at, fingerprint`);

/** Removes what ended, or was last heard of, before an instant. */
export const pruneReceived = (tx: Tx, before: Instant): Promise<number> =>
  tx.run(sql`delete from ${alertReceived} where received_at < ${before}`);
