import type { Db } from "@/db/client.ts";
import { jobViewer } from "@/lib/ctx.ts";
import { silentLog } from "@/lib/log.ts";
import { DEFAULT_RULES } from "@/lib/metering/types.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { DAY, HOUR } from "@/lib/time.ts";
import { evaluateDue } from "./run.ts";
import { parseRuleSettings } from "./settings.ts";

const START = Date.UTC(2026, 10, 2) / 1000;
/** More workloads than one transaction stores, some of which idle. */
export const FLEET = { workloads: 100, start: START, end: START + 6 * HOUR, step: 60 };

/** Evaluates all of the fleet that is due. @returns how many buckets were. */
export const evaluateAll = (db: Db): Promise<number> =>
  evaluateDue(
    { db, now: () => FLEET.end, viewer: jobViewer("test"), log: silentLog, ledger: testLedger() },
    {
      ...{ meter: DEFAULT_RULES, settings: parseRuleSettings(""), knownImages: [], horizon: FLEET.end },
      ...{ stepSeconds: FLEET.step, retentionSeconds: 14 * DAY },
    },
  );
