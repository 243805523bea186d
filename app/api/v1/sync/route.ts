import { getCtx } from "@/app/ctx";
import { loadSyncState } from "@/lib/reports/pages/sync-state";

export const dynamic = "force-dynamic";

/** The state of the sync: runs, windows, backfills with progress. The sync page polls it. */
export async function GET(): Promise<Response> {
  return Response.json(await loadSyncState(await getCtx()), { headers: { "cache-control": "no-store" } });
}
