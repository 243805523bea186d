import { listRules } from "@/lib/attribution/rule-store.ts";
import { STANDARD_LABELS } from "@/lib/attribution/types.ts";
import { AppError, errorText } from "@/lib/errors.ts";
import { listClusters } from "@/lib/sync/facts/cluster-store.ts";
import { saveLabels } from "@/lib/sync/facts/label-store.ts";
import { loadFinder } from "@/lib/sync/windows/finder.ts";
import type { Interval } from "@/lib/time.ts";
import type { Ledger } from "./ledger.ts";
import { chargeAgain } from "./moved.ts";

/**
 * Reads labels of the pods of a window, each cluster from its source of labels: the standard keys, and those that rules name. Where that
 * changes who is charged for a workload, its days are due to be charged again. A source that fails leaves labels as they are.
 */
export async function syncLabels({ ctx, env, sources }: Ledger, window: Interval): Promise<void> {
  const providers = sources?.providers("labels") ?? [];
  if (!sources || providers.length === 0) return;
  const named = (await listRules(ctx.db)).filter((r) => r.kind === "label").map((r) => r.label);
  const keys = [...new Set([...STANDARD_LABELS, ...named])];
  const clusters = await listClusters(ctx.db);
  for (const { source, read } of providers) {
    const own = new Set(clusters.filter((c) => sources.providerOf("labels", c)?.source === source).map((c) => c.id));
    if (own.size === 0 || source.rests) continue;
    try {
      const answer = await read(window, keys, await loadFinder(ctx.db, window, { source: source.name, covered: own }));
      await ctx.db.write(async (tx) => {
        const found = answer.value.filter((pod) => own.has(pod.clusterId));
        const since = await saveLabels(tx, found, window.end - 1, env.BILLING_TIME_ZONE);
        // Read again: the first rule by label may have been added meanwhile.
        const counts = since !== null && (await listRules(tx)).some((r) => r.kind === "label");
        if (counts) await chargeAgain(env)(tx, since);
      });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      // The samples of the same window failed too and are reported as a gap: a second message would repeat it.
      ctx.log.info(
        { source: source.name, error: errorText(error) },
        "labels of pods could not be read; rules by label use the labels that are stored",
      );
    }
  }
}
