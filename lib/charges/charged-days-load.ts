import { type Reader, sql } from "@/db/client.ts";
import { chargedDays, spendDays } from "@/db/schema/index.ts";
import type { Instant } from "@/lib/time.ts";

/** A day that is metered and charged, with how much of the whole ledger's GPU time was observed. */
export interface ChargedDay {
  readonly day: number;
  /** When it was charged last. */
  readonly chargedAt: Instant;
  readonly observedMilli: number;
  readonly expectedMilli: number;
  /** GPU time of capacity of which nobody knows what it did, and all GPU time. */
  readonly unknownMilli: number;
  readonly gpuMilli: number;
}

/** Days that have charges of metered usage, in order. */
export function loadChargedDays(
  db: Reader,
  { from, until }: { readonly from: number; readonly until: number },
): Promise<ChargedDay[]> {
  return db.all(sql`select c.day, c.charged_at as "chargedAt", cast(coalesce(sum(d.observed_milli), 0) as bigint) as "observedMilli",
      cast(coalesce(sum(d.expected_milli), 0) as bigint) as "expectedMilli",
      cast(coalesce(sum(d.unknown_milli), 0) as bigint) as "unknownMilli", cast(coalesce(sum(d.gpu_milli), 0) as bigint) as "gpuMilli"
    from ${chargedDays} c left join ${spendDays} d on d.day = c.day
    where c.day >= ${from} and c.day < ${until} and c.metered_revision <> 0 group by c.day, c.charged_at order by c.day`);
}
