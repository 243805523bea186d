import type { PodFinder, PodRestart } from "@/lib/sources/find-pods.ts";
import type { Answer, Missing } from "@/lib/sources/source.ts";
import { ceilTo, type Interval } from "@/lib/time.ts";
import type { PrometheusClient } from "./client.ts";
import { rangeMsFor } from "./flavour.ts";
import { isOneOf, lastOverTime, maxBy, selector } from "./promql.ts";

const COUNTER = "kube_pod_container_status_restarts_total";
/** Distance of the looks at the counters, in seconds: a day has 1440 of them. */
const STEP = 60;

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
  // The look before the window is what its first one is compared with.
  const found = await client.range(counts, { start: first - STEP, end: ceilTo(window.end, STEP) }, STEP);
  const out = new Map<string, PodRestart>();
  for (const { labels, at, value } of found.series)
    for (let i = 1; i < at.length; i++) {
      const time = at[i] as number;
      if ((value[i] as number) <= (value[i - 1] as number) || time < first || time >= window.end) continue;
      const pod =
        (labels.uid ? finder.byId(labels.uid) : null) ??
        finder.byName(labels.namespace ?? "", labels.pod ?? "", { start: time - STEP, end: time });
      if (!pod || (cluster !== undefined && pod.clusterId !== cluster)) continue;
      out.set(`${pod.podId} ${time}`, { clusterId: pod.clusterId, podId: pod.podId, at: time });
    }
  const missing = found.incomplete.map((cause): Missing => {
    return { kind: "failed", subject: "", metric: "", cause: `${COUNTER}: ${cause}` };
  });
  return { value: [...out.values()].sort((a, b) => a.at - b.at || (a.podId < b.podId ? -1 : 1)), missing };
}
