import type { Ctx } from "@/lib/ctx.ts";
import { AppError, errorText } from "@/lib/errors.ts";
import type { Readers } from "@/lib/sources/source.ts";
import { formatInstant, type Interval, MINUTE } from "@/lib/time.ts";
import { hoursOf } from "./read-counts.ts";
import { type Counted, type Limits, readDueDays, unknown } from "./read-requests.ts";
import type { ServingPod } from "./serving-load.ts";

/** A pod that began to run loads its model first: in so many seconds it need not count anything. */
const LOADING_SECONDS = 15 * MINUTE;

/**
 * Reads how many tokens the inference workloads of units read and wrote, day by day and hour by hour, from the counters of their pods.
 * @returns how many days were read.
 */
export const readDueTokens = (ctx: Ctx, read: Readers["tokens"], limits: Limits): Promise<number> =>
  readDueDays(ctx, "tokens", limits, async (unit, day, pods) => {
    try {
      return await readDay(read, day, pods);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      ctx.log.warn({ unit: unit.key, error: errorText(error) }, "tokens of a unit could not be read");
      return unknown(errorText(error), true);
    }
  });

/** The tokens of a day: of all pods, or unknown where one that ran for a whole hour counted nothing in it. */
async function readDay(read: Readers["tokens"], day: Interval, pods: readonly ServingPod[]): Promise<Counted> {
  let sum = 0;
  for (const hour of hoursOf(day)) {
    const alive = pods.filter((pod) => pod.start < hour.end && pod.end > hour.start);
    if (alive.length === 0) continue;
    const names = alive.map(({ namespace, podName }) => ({ namespace, pod: podName }));
    const { value, missing } = await read(names, hour);
    if (missing.length) return unknown(missing.map((m) => m.cause).join(" "));
    for (const pod of alive) {
      const own = value.get(`${pod.namespace}/${pod.podName}`);
      const ranWhole = pod.start + LOADING_SECONDS <= hour.start && pod.end >= hour.end;
      if (own === undefined && ranWhole)
        return unknown(`Pod ${pod.podName} reported no tokens in the hour from ${formatInstant(hour.start)} on.`);
      sum += own ?? 0;
    }
  }
  return { countMilli: Math.round(sum) * 1000, problem: "", isBroken: false };
}
