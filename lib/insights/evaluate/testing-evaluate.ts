import { type Db, sql } from "@/db/client.ts";
import { jobViewer } from "@/lib/ctx.ts";
import { silentLog } from "@/lib/log.ts";
import { DEFAULT_RULES } from "@/lib/metering/types.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { DAY, HOUR, type Instant } from "@/lib/time.ts";
import { evaluateDue } from "./run.ts";
import { parseRuleSettings } from "./settings.ts";
import type { Fleet } from "./testing-fleet.ts";

const START = Date.UTC(2026, 10, 2) / 1000;
/** More workloads than one transaction stores, some of which idle. */
export const FLEET = { workloads: 210, start: START, end: START + 6 * HOUR, step: 60 };

/** What tests compare: all that an evaluation stores, but for the keys that a ledger gives. */
export async function stored(db: Db): Promise<unknown[][]> {
  const findings = await db.all(sql`select f.id as "id", f.episodes as "episodes", f.evidence as "evidence",
    f.since_at as "sinceAt", f.last_seen_at as "lastSeenAt", f.counted_at as "countedAt",
    (select cast(sum(l.milli) as bigint) from insight_losses l where l.finding_key = f.key) as "lost" from insight_findings f order by f.id`);
  const others = ["insight_cells", "insight_subjects"].map((table) =>
    db.all(sql`select * from ${sql.raw(table)} order by 1, 2`),
  );
  const buckets = db.all(sql`select bucket_at, through_at from insight_buckets order by 1`);
  return [findings, ...(await Promise.all([...others, buckets]))];
}

/** Evaluates what is due of a fleet, all of it or as one tick of many. @returns how many buckets were. */
export const evaluateAll = (
  db: Db,
  fleet: Pick<Fleet, "end" | "step"> = FLEET,
  horizon: Instant = fleet.end,
  isTick = false,
  rules = "",
): Promise<number> =>
  evaluateDue(
    { db, now: () => fleet.end, viewer: jobViewer("test"), log: silentLog, ledger: testLedger() },
    {
      ...{ meter: DEFAULT_RULES, settings: parseRuleSettings(rules), knownImages: [], horizon, isTick },
      ...{ stepSeconds: fleet.step, retentionSeconds: 60 * DAY },
    },
  );
