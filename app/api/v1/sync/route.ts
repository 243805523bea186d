import { getCtx } from "@/app/ctx";
import { respondError, respondJson } from "@/lib/api/respond";
import type { Ctx } from "@/lib/ctx";
import { loadSyncState } from "@/lib/reports/pages/sync-state";

export const dynamic = "force-dynamic";

/** The state of the sync: runs, windows, backfills with progress. The sync page polls it. */
export async function GET(): Promise<Response> {
  let ctx: Ctx | undefined;
  try {
    ctx = await getCtx();
    return respondJson(await loadSyncState(ctx));
  } catch (error) {
    return respondError(error, ctx?.log);
  }
}
