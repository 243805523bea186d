import { getApiCtx } from "@/app/ctx.ts";
import { respondError, respondJson } from "@/lib/api/respond.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { loadSyncState } from "@/lib/pages/sync-state.ts";

export const dynamic = "force-dynamic";

/** The state of the sync: runs, windows, backfills with progress. The sync page polls it. */
export async function GET(request: Request): Promise<Response> {
  let ctx: Ctx | undefined;
  try {
    ctx = await getApiCtx(request, "sync.read");
    return respondJson(await loadSyncState(ctx));
  } catch (error) {
    return respondError(error, ctx?.log);
  }
}
