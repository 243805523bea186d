import type { Ctx } from "@/lib/ctx.ts";
import { AppError, errorText } from "@/lib/errors.ts";
import type { LivingPod } from "@/lib/sources/find-pods.ts";
import type { Answer } from "@/lib/sources/source.ts";
import { formatInstant, type Interval, intersect } from "@/lib/time.ts";
import { hoursOf } from "./read-counts.ts";
import { type Counted, type Limits, readDueDays, unknown } from "./read-requests.ts";
import type { ServingPod } from "./serving-load.ts";

/** Reads the tokens of pods of one cluster in a window of a day, as `Readers["tokens"]` says. */
export type ReadTokens = (pods: readonly LivingPod[], window: Interval) => Promise<Answer<ReadonlyMap<string, number>>>;

/** The reader of a cluster's tokens on a day; undefined: no source reports any now. */
export type TokenReader = (
  cluster: { readonly id: string; readonly source: string },
  day: Interval,
) => Promise<ReadTokens | undefined>;

/**
 * Reads how many tokens the inference workloads of units read and wrote, day by day and hour by hour, from the counters of their pods: of each
 * cluster from its own source. @returns how many days were read.
 */
export const readDueTokens = (ctx: Ctx, readerOf: TokenReader, limits: Limits): Promise<number> =>
  readDueDays(ctx, "tokens", limits, async (unit, day, pods) => {
    try {
      return await readDay(readerOf, day, pods);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      ctx.log.warn({ unit: unit.key, error: errorText(error) }, "tokens of a unit could not be read");
      return unknown(errorText(error), true);
    }
  });

/** The tokens of a day: of all pods, or unknown where those of one pod in one hour are. */
async function readDay(readerOf: TokenReader, day: Interval, pods: readonly ServingPod[]): Promise<Counted> {
  let sum = 0;
  for (const [clusterId, own] of Map.groupBy(pods, (pod) => pod.clusterId)) {
    const read = await readerOf({ id: clusterId, source: own[0]?.source ?? "" }, day);
    if (!read) return unknown(`No source reports tokens of the cluster ${clusterId}.`, true);
    for (const hour of hoursOf(day))
      for (const { window, living } of partsOf(own, hour)) {
        const { value, missing } = await read(living, window);
        if (missing.length) return unknown(missing.map((m) => m.cause).join(" "));
        for (const { namespace, pod } of living) {
          const tokens = value.get(`${namespace}/${pod}`);
          if (tokens === undefined)
            return unknown(`Pod ${pod} reported no tokens in the hour from ${formatInstant(hour.start)} on.`);
          sum += tokens;
        }
      }
  }
  return { countMilli: Math.round(sum) * 1000, problem: "", isBroken: false };
}

interface Part {
  readonly window: Interval;
  readonly living: readonly LivingPod[];
}

/**
 * The pods that lived in an hour, by the window in which each is the only one of its name: the hour, or where a pod replaces another of its
 * name, the hour up to the start of the next, and from there on.
 */
function partsOf(pods: readonly ServingPod[], hour: Interval): Part[] {
  const parts = [];
  const alive = pods.filter((pod) => intersect(pod, hour));
  for (const same of Map.groupBy(alive, (pod) => `${pod.namespace}/${pod.podName}`).values()) {
    const inOrder = same.toSorted((a, b) => a.start - b.start);
    for (const [i, { namespace, podName, start, end }] of inOrder.entries()) {
      const from = i === 0 ? hour.start : Math.max(start, hour.start);
      const window = { start: from, end: Math.min(hour.end, Math.max(from, inOrder[i + 1]?.start ?? hour.end)) };
      const life = intersect({ start, end }, window);
      if (life) parts.push({ window, pod: { namespace, pod: podName, ...life } });
    }
  }
  return [...Map.groupBy(parts, ({ window: { start, end } }) => `${start} ${end}`).values()].map((list) => ({
    window: (list[0] as (typeof list)[number]).window,
    living: list.map(({ pod }) => pod),
  }));
}
