import { listRules } from "@/lib/attribution/rule-store.ts";
import { STANDARD_LABELS } from "@/lib/attribution/types.ts";
import { AppError, errorText } from "@/lib/errors.ts";
import { saveLabels } from "@/lib/sync/facts/label-store.ts";
import { loadFinder } from "@/lib/sync/windows/finder.ts";
import type { Interval } from "@/lib/time.ts";
import type { Ledger } from "./ledger.ts";
import { chargeAgain } from "./moved.ts";

/**
 * Reads labels of the pods of a window: the standard keys, and those that rules name. Where they change whose work may be,
 * its days are due to be charged. A source that cannot tell leaves labels as they were known.
 */
export async function syncLabels({ ctx, env, sources }: Ledger, window: Interval): Promise<void> {
  const bulk = sources?.bulk;
  if (!bulk?.labels) return;
  const named = (await listRules(ctx.db)).filter((r) => r.kind === "label").map((r) => r.label);
  const keys = [...new Set([...STANDARD_LABELS, ...named])];
  try {
    const answer = await bulk.labels(window, keys, await loadFinder(ctx.db, window));
    await ctx.db.write(async (tx) => {
      const since = await saveLabels(tx, answer.value, window.end - 1, env.BILLING_TIME_ZONE);
      // Read again: the first rule by label may have been made meanwhile.
      const counts = since !== null && (await listRules(tx)).some((r) => r.kind === "label");
      if (counts) await chargeAgain(env)(tx, since);
    });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // The samples of the same window failed with it, and are told as a gap: no second message for whoever syncs by hand.
    ctx.log.info({ error: errorText(error) }, "labels of pods could not be read; rules by label use what is known");
  }
}
