import { type Reader, sql } from "@/db/client.ts";
import { syncRuns } from "@/db/schema/index.ts";
import type { ListEnd } from "@/lib/sources/source.ts";
import { DAY, type Instant } from "@/lib/time.ts";

export const WHOLE: ListEnd = { isWhole: true, unread: [] };

/** After so long, in seconds, a pod has ended, or a node left, that lists do not name, even if they may lack some: nothing runs for ever. */
export const UNSEEN_SECONDS = DAY;

/** Whether lists were read in the second half of the time that ends something that they did not name. */
export async function wasReading(tx: Reader, seenAt: Instant): Promise<boolean> {
  const run = await tx.find(sql`select id from ${syncRuns} where status in ('ok', 'partial')
    and finished_at between ${seenAt - UNSEEN_SECONDS / 2} and ${seenAt} limit 1`);
  return run !== undefined;
}
