import { allow } from "@/lib/auth/allow.ts";
import type { Ctx } from "@/lib/ctx.ts";
import type { Env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import { OPENCOST_READING, type ReadOpencost, readOpencost } from "@/lib/opencost/read.ts";
import { lastStart } from "@/lib/readings/index.ts";
import { configuredSources, openSource } from "@/lib/sources/index.ts";
import { COST_PARTS } from "@/lib/sources/namespace-cost.ts";
import { HOUR } from "@/lib/time.ts";

export interface DayRange {
  /** Day keys, half-open; undefined: what is due. */
  readonly from?: number | undefined;
  readonly until?: number | undefined;
}

/** Whether something is set up that says what namespaces cost. */
export const hasOpencost = (env: Env): boolean => configuredSources(env).some(({ provides }) => provides.has("costs"));

/**
 * Reads what namespaces cost from OpenCost: what is due, or a range of days.
 * @returns null while another process reads. @throws AppError `invalid` where OPENCOST_URL is not set, and as readOpencost.
 */
export async function readOpencostNow(ctx: Ctx, env: Env, days: DayRange = {}): Promise<ReadOpencost | null> {
  allow(ctx.viewer, "costs.import");
  const definition = configuredSources(env).find(({ provides }) => provides.has("costs"));
  if (!definition) throw new AppError("invalid", "OpenCost is not configured: set OPENCOST_URL.");
  const source = openSource(definition, env, ctx.log);
  const { costs } = source.read;
  if (!costs) throw new AppError("internal", `${source.title} provides no costs.`);
  const covers = (clusterId: string) => source.covers?.(clusterId) ?? true;
  const parts = COST_PARTS.filter((part) => env.OPENCOST_PARTS.includes(part));
  try {
    return await readOpencost(
      ctx,
      { source: { read: { costs }, covers }, currency: env.OPENCOST_CURRENCY, parts },
      days,
    );
  } finally {
    await source.close();
  }
}

/** Reads from systems outside what is due by their own clocks: OpenCost each hour. A server calls it every few minutes. */
export async function readOutsideDue(ctx: Ctx, env: Env): Promise<void> {
  const isDue = async (name: string, everySeconds: number) =>
    ((await lastStart(ctx.db, name)) ?? 0) + everySeconds <= ctx.now();
  if (hasOpencost(env) && (await isDue(OPENCOST_READING, HOUR))) await readOpencostNow(ctx, env);
}
