import { type Reader, sql } from "./client.ts";

/**
 * Reads a page of the tables that pages begin with: a file that is damaged in its schema or there does not serve them.
 * @throws AppError where the database does not answer, or is damaged there. What lies deeper: `ledger check`.
 */
export async function touchLedger(db: Reader): Promise<void> {
  await db.find(sql`select (select count(*) from schema_migrations) as a, (select max(id) from clusters) as b,
    (select max(key) from workloads) as c, (select max(bucket_at) from capacity) as d, (select min(bucket_at) from usage) as e,
    (select max(key) from users) as f, (select max(until_at) from leases) as g`);
}
