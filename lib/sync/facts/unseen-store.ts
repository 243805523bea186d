import { type Reader, sql } from "@/db/client.ts";
import { nodeStates } from "@/db/schema/index.ts";
import type { ListEnd } from "@/lib/sources/source.ts";
import { DAY, type Instant } from "@/lib/time.ts";

export const WHOLE: ListEnd = { isWhole: true, unread: [] };

/** After so long, in seconds, a pod has ended, or a node left, that lists do not name, even if they may lack some: nothing runs for ever. */
export const UNSEEN_SECONDS = DAY;

/**
 * Whether lists of a cluster were read in each quarter of the day before, by looks at its nodes. That other clusters were read says
 * nothing: after an outage of its source, the first incomplete list would end what it does not name.
 */
export async function wasReading(tx: Reader, clusterId: string, seenAt: Instant): Promise<boolean> {
  // A state is seen from its first look to its last. Absence is no look: it spans the time in which there may have been none.
  const looks = await tx.all<{ from: Instant; until: Instant }>(sql`select from_at as "from", until_at as "until"
    from ${nodeStates} where cluster_id = ${clusterId} and until_at > ${seenAt - UNSEEN_SECONDS} and from_at < ${seenAt}
    and not (gpu_count = 0 and ready is null)`);
  const quarter = UNSEEN_SECONDS / 4;
  return [4, 3, 2, 1].every((n) => {
    const start = seenAt - n * quarter;
    return looks.some(({ from, until }) => from < start + quarter && until > start);
  });
}
