import type { PodFinder, PodRestart } from "@/lib/sources/find-pods.ts";
import type { Answer, Missing } from "@/lib/sources/source.ts";
import { ceilTo, HOUR, type Interval } from "@/lib/time.ts";
import type { PrometheusClient } from "./client.ts";
import { rangeMsFor } from "./flavour.ts";
import { isOneOf, lastOverTime, maxBy, selector } from "./promql.ts";

const COUNTER = "kube_pod_container_status_restarts_total";
/** Distance of the looks at the counters, in seconds: a day has 1440 of them. */
const STEP = 60;
/** What is asked for at once: 2 KB of each container, so that 30,000 containers fit in one answer. More than that are halved. */
const SPAN = 2 * HOUR;

/**
 * Restarts of containers of known pods within a window, by kube-state-metrics' counter of each container: a look that sees a higher
 * count than the one before. Several between two looks are one; a count that falls is that of another pod of the same name. What was
 * counted before the first look at a container is not known, and no restart.
 * @throws AppError `source_unavailable`.
 */
export async function readRestarts(
  client: PrometheusClient,
  window: Interval,
  finder: PodFinder,
  cluster: string | undefined,
): Promise<Answer<PodRestart[]>> {
  const namespaces = finder.namespaces().filter((namespace) => namespace !== "");
  if (namespaces.length === 0) return { value: [], missing: [] };
  const range = rangeMsFor(await client.peer(), STEP);
  const counts = maxBy(
    ["namespace", "pod", "container", "uid"],
    lastOverTime(selector(COUNTER, [isOneOf("namespace", namespaces)]), range),
  );
  const first = ceilTo(window.start, STEP);
  const last = ceilTo(window.end, STEP);
  const out = new Map<string, PodRestart>();
  const incomplete = new Set<string>();
  /** The newest count of each container so far. */
  const before = new Map<string, number>();
  // The look before the window is what its first one is compared with.
  for (let from = first - STEP; from < last; from += SPAN) {
    const found = await client.range(counts, { start: from, end: Math.min(last, from + SPAN) }, STEP);
    for (const cause of found.incomplete) incomplete.add(cause);
    for (const { labels, at, value } of found.series) {
      const key = JSON.stringify([labels.namespace, labels.pod, labels.container, labels.uid]);
      for (const [i, time] of at.entries()) {
        const count = value[i] as number;
        const earlier = before.get(key);
        before.set(key, count);
        if (earlier === undefined || count <= earlier || time < first || time >= window.end) continue;
        const pod =
          (labels.uid ? finder.byId(labels.uid) : null) ??
          finder.byName(labels.namespace ?? "", labels.pod ?? "", { start: time - STEP, end: time });
        if (!pod || (cluster !== undefined && pod.clusterId !== cluster)) continue;
        out.set(`${pod.podId} ${time}`, { clusterId: pod.clusterId, podId: pod.podId, at: time });
      }
    }
  }
  const missing = [...incomplete].map((cause): Missing => {
    return { kind: "failed", subject: "", metric: "", cause: `${COUNTER}: ${cause}` };
  });
  return { value: [...out.values()].sort((a, b) => a.at - b.at || (a.podId < b.podId ? -1 : 1)), missing };
}
