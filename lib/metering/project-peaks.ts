import type { Instant, Interval } from "@/lib/time.ts";

/** What one workload adds to its project: its pods, and the GPUs that it held. */
export interface ProjectLoad {
  readonly projectKey: number;
  readonly pods: readonly {
    readonly createdAt: Instant;
    readonly startedAt: Instant | null;
    readonly endedAt: Instant;
  }[];
  readonly held: readonly (Interval & { readonly milli: number })[];
}

/** The largest values of a project at one instant of a bucket, over all its workloads and hardware. */
export interface ProjectPeak {
  readonly bucketAt: Instant;
  readonly projectKey: number;
  allocatedMilli: number;
  pods: number;
  runningPods: number;
}

type Figure = "allocatedMilli" | "pods" | "runningPods";

/**
 * The peaks of every project and bucket in which it had a pod or held a GPU. Exact to the second, from starts and ends
 * alone: the peak of a longer time is the largest of its buckets.
 */
export function projectPeaks(
  loads: readonly ProjectLoad[],
  range: Interval,
  bucketSeconds: number,
): readonly ProjectPeak[] {
  const out: ProjectPeak[] = [];
  for (const [projectKey, own] of Map.groupBy(loads, (load) => load.projectKey)) {
    const levels = { allocatedMilli: new Level(range), pods: new Level(range), runningPods: new Level(range) };
    for (const { pods, held } of own) {
      for (const { start, end, milli } of held) levels.allocatedMilli.add(start, end, milli);
      for (const { createdAt, startedAt, endedAt } of pods) {
        levels.pods.add(createdAt, endedAt, 1);
        if (startedAt !== null) levels.runningPods.add(startedAt, endedAt, 1);
      }
    }
    const peaks = new Map<Instant, ProjectPeak>();
    for (const [figure, level] of Object.entries(levels))
      level.each((from, until, value) => {
        for (let at = from - (from % bucketSeconds); at < until; at += bucketSeconds) {
          let peak = peaks.get(at);
          if (!peak) {
            peak = { bucketAt: at, projectKey, allocatedMilli: 0, pods: 0, runningPods: 0 };
            peaks.set(at, peak);
          }
          if (value > peak[figure as Figure]) peak[figure as Figure] = value;
        }
      });
    out.push(...peaks.values());
  }
  return out.sort((a, b) => a.bucketAt - b.bucketAt || a.projectKey - b.projectKey);
}

/** A sum of weights over time: half-open, so that an end and a start at the same second do not overlap. */
class Level {
  readonly #range: Interval;
  readonly #changes = new Map<Instant, number>();
  constructor(range: Interval) {
    this.#range = range;
  }

  add(start: Instant, end: Instant, weight: number): void {
    const from = Math.max(start, this.#range.start);
    const until = Math.min(end, this.#range.end);
    if (until <= from || weight === 0) return;
    this.#changes.set(from, (this.#changes.get(from) ?? 0) + weight);
    this.#changes.set(until, (this.#changes.get(until) ?? 0) - weight);
  }

  /** Every interval of one level above zero, in order. */
  each(take: (from: Instant, until: Instant, value: number) => void): void {
    const instants = Float64Array.from(this.#changes.keys()).sort();
    let value = 0;
    instants.forEach((at, i) => {
      value += this.#changes.get(at) ?? 0;
      const until = instants[i + 1];
      if (value > 0 && until !== undefined) take(at, until, value);
    });
  }
}
