/**
 * The recurring work: sync, then meter, then prune. Owns no table; it calls the verbs of sync and metering in their order.
 * Requests are rows, so that a page, the command line and any worker process see the same queue.
 */

import { allow } from "@/lib/auth/allow.ts";
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
export { testConnections } from "./connections.ts";
export { assemble, createSources, type Ledger, needSources, openLedger } from "./ledger.ts";
export { type SyncSummary, syncLive } from "./live.ts";
export { rulesOf } from "./rules.ts";
export { serveJobs, workOnBackfills } from "./serve.ts";

/** Asks for a live sync now: the next worker that looks starts it. @throws AppError `forbidden`. */
export async function requestSync(ctx: Ctx): Promise<void> {
  allow(ctx.viewer, "sync.run");
  await insertRequest(ctx.db, LIVE, ctx.now());
}
