/**
 * The recurring work: sync, meter, charge, prune. Owns no table; it calls the verbs of other modules in their order.
 * Requests are rows, so that pages, the command line and all worker processes share one queue.
 */

import { allow } from "@/lib/auth/allow.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { insertRequest, LIVE } from "@/lib/sync/windows/run-store.ts";

export {
  type BackfillOutcome,
  type BackfillProgress,
  cancelBackfill,
  continueBackfill,
  requestBackfill,
  resumeBackfill,
  runBackfill,
} from "./backfill.ts";
export { askedRange, forgottenPart } from "./backfill-range.ts";
export { applyBurstSettings } from "./burst.ts";
export { type TestedConnection, testConnections } from "./connections.ts";
export { evaluateFindings } from "./findings.ts";
export { assemble, type Ledger, needSources, openLedger } from "./ledger.ts";
export { type SyncSummary, syncLive } from "./live.ts";
export { meterAgain } from "./meter-again.ts";
export {
  type DayRange,
  explorerCalls,
  hasOpencost,
  priceFeeds,
  readExplorerNow,
  readOpencostNow,
  readPriceFeedNow,
} from "./outside.ts";
export { rulesOf } from "./rules.ts";
export { serveJobs, workOnBackfills } from "./serve.ts";

/** Requests a live sync: the next worker that checks starts it. @throws AppError `forbidden`. */
export async function requestSync(ctx: Ctx): Promise<void> {
  allow(ctx.viewer, "sync.run");
  await ctx.db.write(async (tx) => {
    const id = await insertRequest(tx, LIVE, ctx.now());
    if (id)
      await recordAct(tx, ctx, { action: "sync.run", subject: `sync/${id}`, before: null, after: null, reason: "" });
  });
}
