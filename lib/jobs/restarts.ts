import { AppError } from "@/lib/errors.ts";
import { isUnreachable } from "@/lib/sources/failure.ts";
import { listClusters } from "@/lib/sync/facts/cluster-store.ts";
import { saveCountedRestarts } from "@/lib/sync/facts/pod-store.ts";
import { loadFinder } from "@/lib/sync/windows/finder.ts";
import type { Interval } from "@/lib/time.ts";
import type { Ledger } from "./ledger.ts";

/**
 * Reads restarts of containers in a window, each cluster from the source that counts them. They count for pods whose starts of
 * containers the inventory does not report. A source that fails leaves what is stored, and nothing reads the same window again
 * by itself: a live sync reads the last minutes again, older restarts are known once their time is backfilled.
 * @param onFailure called for each source that could not be read.
 */
export async function syncRestarts(
  { ctx, sources }: Pick<Ledger, "ctx" | "sources">,
  window: Interval,
  onFailure: (error: AppError) => void,
): Promise<void> {
  const providers = sources?.providers("restarts") ?? [];
  if (!sources || providers.length === 0) return;
  const clusters = await listClusters(ctx.db);
  for (const { source, read } of providers) {
    const own = new Set(clusters.filter((c) => sources.providerOf("restarts", c)?.source === source).map((c) => c.id));
    if (own.size === 0 || source.rests) continue;
    try {
      const { value } = await read(window, await loadFinder(ctx.db, window, { source: source.name, covered: own }));
      const found = value.filter((r) => own.has(r.clusterId));
      if (found.length) await ctx.db.write((tx) => saveCountedRestarts(tx, found));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      onFailure(
        new AppError(error.code, `Restarts of containers could not be read from ${source.name}: ${error.message}`, {
          cause: error,
        }),
      );
    }
  }
}

/** Whether the source of a failure did not respond at all. @param error as `syncRestarts` hands it on. */
export const isAway = ({ cause }: AppError): boolean =>
  isUnreachable(cause) || ["network", "timeout"].includes((cause as { errorType?: string }).errorType ?? "");
