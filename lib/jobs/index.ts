/**
 * The recurring work: sync, then meter, then prune. Owns no table; it calls the verbs of sync and metering in their order.
 * Requests are rows, so that a page, the command line and any worker process see the same queue.
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

/** Asks for a live sync now: the next worker that looks starts it. @throws AppError `forbidden`. */
export async function requestSync(ctx: Ctx): Promise<void> {
  if (!ctx.viewer.mayOperate) throw new AppError("forbidden", "You may look at the sync, but not run it.");
  await insertRequest(ctx.db, LIVE, ctx.now());
}
