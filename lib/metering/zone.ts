import { type Reader, sql } from "@/db/client";
import { meterRules } from "@/db/schema";
import { AppError } from "@/lib/errors";
import type { MeterRules } from "./types.ts";

/**
 * A ledger's buckets and days are of one billing time zone: days of two zones would overlap and count hours twice.
 * @throws AppError `conflict` when what is metered is of another zone than the settings name.
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
      `This ledger's days are of ${billingTimeZone}, but BILLING_TIME_ZONE is ${zone}. Set it back; for another zone start a new ledger (DATABASE_URL) and backfill it.`,
    );
}
