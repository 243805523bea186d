import type { Instant, Interval } from "@/lib/time.ts";

/** The runs of the containers of a pod, oldest first: its life, cut where they were started again. */
export function containerRuns(pod: Interval, restarts: readonly Instant[]): Interval[] {
  const cuts = [...new Set(restarts)].filter((at) => at > pod.start && at < pod.end).sort((a, b) => a - b);
  const edges = [pod.start, ...cuts, pod.end];
  return edges.slice(1).map((end, i) => ({ start: edges[i] as Instant, end }));
}
