import type { PodFinder, PodLabels } from "@/lib/sources/find-pods.ts";
import type { Answer, Missing } from "@/lib/sources/source.ts";
import { ceilTo, type Interval } from "@/lib/time.ts";
import type { PrometheusClient } from "./client.ts";
import { CLUSTER_LABELS, clusterLabel } from "./dcgm.ts";
import { rangeMsFor } from "./flavour.ts";
import { isOneOf, lastOverTime, selector, sumBy } from "./promql.ts";

/**
 * The names under which kube-state-metrics shows the key of a label: characters other than letters and digits become
 * `_`, and newer versions write snake case.
 */
export function manglings(key: string): string[] {
  const plain = key.replace(/[^a-zA-Z0-9_]/g, "_");
  const snake = plain.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
  return [...new Set([`label_${snake}`, `label_${plain}`])];
}

/** Of how many parts of a window the newest counts, and the shortest part, in seconds. */
const PARTS = 96;
const LEAST_PART_SECONDS = 60;

/**
 * The labels with some keys of every known pod that kube-state-metrics showed in a window: of each pod those that it
 * had last, in one query of 96 parts at most. A pod without any of them has an empty set; one that was not shown is left
 * out: its labels are unknown.
 * @throws AppError `source_unavailable`.
 */
export async function readLabels(
  client: PrometheusClient,
  window: Interval,
  keys: readonly string[],
  finder: PodFinder,
  cluster: string | undefined,
): Promise<Answer<PodLabels[]>> {
  const namespaces = finder.namespaces().filter((namespace) => namespace !== "");
  if (namespaces.length === 0 || keys.length === 0) return { value: [], missing: [] };
  const step = Math.max(LEAST_PART_SECONDS, ceilTo(Math.ceil((window.end - window.start) / PARTS), LEAST_PART_SECONDS));
  const range = rangeMsFor(await client.peer(), step);
  const series = selector("kube_pod_labels", [isOneOf("namespace", namespaces)]);
  const by = ["namespace", "pod", ...CLUSTER_LABELS, ...keys.flatMap(manglings)];
  // The part that holds the end of the window ends at the next multiple of the step.
  const parts = { start: window.start, end: ceilTo(window.end, step) + step };
  const found = await client.range(sumBy([...new Set(by)], lastOverTime(series, range)), parts, step);
  const pods = new Map<string, PodLabels>();
  const byTime = found.series
    .map(({ labels, at }) => ({ labels, last: at.at(-1) ?? 0 }))
    .sort((a, b) => a.last - b.last || (JSON.stringify(a.labels) < JSON.stringify(b.labels) ? -1 : 1));
  for (const { labels } of byTime) {
    const label = clusterLabel(labels);
    const named = label === undefined ? null : finder.clusterNamed?.(label);
    const pod = finder.byName(labels.namespace ?? "", labels.pod ?? "", window, named ?? cluster);
    if (!pod) continue;
    const labelsOfKeys = Object.fromEntries(
      keys.flatMap((key) => {
        const value = manglings(key)
          .map((name) => labels[name])
          .find(Boolean);
        return value ? [[key, value]] : [];
      }),
    );
    pods.set(pod.podId, { clusterId: pod.clusterId, podId: pod.podId, labels: labelsOfKeys });
  }
  const missing = found.incomplete.map((cause): Missing => {
    return { kind: "failed", subject: "", metric: "", cause: `kube_pod_labels: ${cause}` };
  });
  return { value: [...pods.values()], missing };
}
