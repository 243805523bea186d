import { allow } from "@/lib/auth/allow.ts";
import { evaluateDue } from "@/lib/insights/evaluate/run.ts";
import { parseRuleSettings } from "@/lib/insights/evaluate/settings.ts";
import { withLease } from "@/lib/sync/lease.ts";
import type { Ledger } from "./ledger.ts";

/**
 * Evaluates the rules of findings over what was metered since.
 * @param ledger `isTick`: others follow, so that workloads at work may wait for the next half hour.
 * @returns how many buckets were evaluated for every workload; null while another process evaluates.
 * @throws AppError `forbidden`; `invalid` for FINDING_RULES that cannot be read.
 */
export function evaluateFindings(
  {
    ctx,
    env,
    rules,
    horizon,
    isTick = false,
  }: Pick<Ledger, "ctx" | "env" | "rules" | "horizon"> & { isTick?: boolean },
  signal?: AbortSignal,
  onProgress?: (buckets: number) => void,
): Promise<number | null> {
  allow(ctx.viewer, "findings.run");
  const settings = parseRuleSettings(env.FINDING_RULES);
  return withLease(ctx.db, "findings", ctx.now, () =>
    evaluateDue(ctx, {
      meter: rules,
      settings,
      knownImages: env.KNOWN_IMAGES,
      horizon: horizon(),
      stepSeconds: Math.max(env.SAMPLE_STEP, env.BACKFILL_STEP),
      retentionSeconds: env.SERIES_RETENTION,
      ...{ isTick, signal, onProgress },
    }),
  );
}
