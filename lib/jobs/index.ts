/**
 * The recurring work: sync, meter, charge, prune. Owns no table; it calls the verbs of other modules in their order.
 * Requests are rows, so that pages, the command line and all worker processes share one queue.
 */
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
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
export { type TestedConnection, testConnections } from "./connections.ts";
export { assemble, createSources, type Ledger, needSources, openLedger } from "./ledger.ts";
export { type SyncSummary, syncLive } from "./live.ts";
export { rulesOf } from "./rules.ts";
export { serveJobs, workOnBackfills } from "./serve.ts";

/** Requests a live sync: the next worker that checks starts it. @throws AppError `forbidden`. */
export async function requestSync(ctx: Ctx): Promise<void> {
  if (!ctx.viewer.mayOperate) throw new AppError("forbidden", "You may look at the sync, but not run it.");
  await insertRequest(ctx.db, LIVE, ctx.now());
}
