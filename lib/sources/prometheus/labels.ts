import type { Answer, Missing, PodFinder, PodLabels } from "@/lib/sources/source.ts";
import type { Interval } from "@/lib/time.ts";
import type { PrometheusClient } from "./client.ts";
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

/**
 * The labels with some keys of every known pod that kube-state-metrics showed in a window, in one query. A pod without
 * any of them has an empty set; one that was not shown is left out: its labels are unknown.
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
  const range = rangeMsFor(await client.peer(), window.end - window.start);
  const series = selector("kube_pod_labels", [isOneOf("namespace", namespaces)]);
  const by = ["namespace", "pod", ...keys.flatMap(manglings)];
  const found = await client.instant(sumBy([...new Set(by)], lastOverTime(series, range)), window.end);
  const pods = new Map<string, PodLabels>();
  for (const { labels } of found.series) {
    const pod = finder.byName(labels.namespace ?? "", labels.pod ?? "", window);
    if (!pod || (cluster !== undefined && pod.clusterId !== cluster)) continue;
    const labelsOfKeys = Object.fromEntries(
      keys.flatMap((key) => {
        const value = manglings(key)
          .map((name) => labels[name])
          .find(Boolean);
        return value ? [[key, value]] : [];
      }),
    );
    const before = pods.get(pod.podId)?.labels;
    pods.set(pod.podId, { clusterId: pod.clusterId, podId: pod.podId, labels: { ...before, ...labelsOfKeys } });
  }
  const missing = found.incomplete.map((cause): Missing => {
    return { kind: "failed", subject: "", metric: "", cause: `kube_pod_labels: ${cause}` };
  });
  return { value: [...pods.values()], missing };
}
