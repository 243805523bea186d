import { type Db, type Reader, sql } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { sourceCalls } from "@/db/schema/index.ts";
import type { CallTime } from "@/lib/sources/call-times.ts";
import type { Sources } from "./sources.ts";

/** Adds what sources counted since the last time to the counts of the ledger. */
export async function saveCallTimes(db: Db, sources: Pick<Sources, "takeCallTimes">): Promise<void> {
  const taken = sources.takeCallTimes().filter(({ times }) => times.length > 0);
  if (taken.length === 0) return;
  await db.write(async (tx) => {
    for (const { source, times } of taken)
      for (const { outcome, boundMs, calls, tookMs } of times)
        await tx.run(sql`insert into source_calls as c (source, outcome, bound_ms, calls, took_ms)
          values (${source}, ${outcome}, ${boundMs}, ${calls}, ${tookMs})
          on conflict (source, outcome, bound_ms) do update set calls = c.calls + excluded.calls,
            took_ms = c.took_ms + excluded.took_ms`);
  });
}

export type SourceCall = CallTime & { readonly source: string };

/** Every count, by source, outcome and class. */
export const listCallTimes = (db: Reader): Promise<SourceCall[]> =>
  db.all<SourceCall>(sql`select ${columnsOf(sourceCalls)} from ${sourceCalls} order by source, outcome, bound_ms`);
