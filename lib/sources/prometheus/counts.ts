import type { LivingPod, PodFinder } from "@/lib/sources/find-pods.ts";
import type { Answer, Missing } from "@/lib/sources/source.ts";
import { ceilTo, type Interval } from "@/lib/time.ts";
import type { PrometheusClient } from "./client.ts";
import { CLUSTER_LABELS, clusterLabel } from "./dcgm.ts";
import { count, givenQuery, is, isOneOf, maxBy, maxOverTime, rate, selector, sumBy } from "./promql.ts";
import type { Points } from "./wire.ts";

/**
 * What a query counts in a window: the sum of its series at the end of the window. Null where it returns none, or a value that is not a
 * number; `missing` says whether the server has other samples of that time (`no-data`) or none at all (`failed`).
 * @throws AppError `source_unavailable`.
 */
export async function readCount(
  client: PrometheusClient,
  query: string,
  window: Interval,
): Promise<Answer<number | null>> {
  const found = await client.instant(givenQuery(query, window.end - window.start), window.end);
  if (found.incomplete.length) return unknown("failed", found.incomplete.join(" "));
  const values = found.series.map((s) => s.value[0] ?? Number.NaN);
  if (values.length > 0) {
    const sum = values.reduce((a, b) => a + b, 0);
    return Number.isFinite(sum) && sum >= 0
      ? { value: sum, missing: [] }
      : unknown("failed", "The query returns a value that is not a count.");
  }
  const others = await client.instant(count(selector("up")), window.end);
  return others.series.length > 0
    ? unknown("no-data", "The query returns no series.")
    : unknown("failed", "Prometheus has no samples of that time.");
}

const unknown = (kind: Missing["kind"], cause: string): Answer<number | null> => ({
  value: null,
  missing: [{ kind, subject: "", metric: "", cause }],
});

/** What vLLM counts of each model that it serves: tokens that it read, and tokens that it wrote. */
const COUNTERS = ["vllm:prompt_tokens_total", "vllm:generation_tokens_total"];
/** Pods of one query: longer ones pass the limits of proxies. */
const MOST_PODS = 100;
/** Distance of the looks at what is ready, in seconds: each is over the whole time since the one before. */
const LOOK = 300;

/** Whose tokens are read. */
interface Place {
  readonly clusterId: string;
  readonly finder: PodFinder;
  /** The one cluster that the settings of the server name. */
  readonly onlyCluster: string | undefined;
}

const podKey = ({ namespace = "", pod = "" }: { readonly namespace?: string; readonly pod?: string }): string =>
  `${namespace}/${pod}`;

/**
 * Tokens that pods of one cluster read and wrote in a window, by `namespace/pod`: growth of both counters, also over their restarts. A pod of
 * which one of them has less than two samples in the window is 0 where kube-state-metrics shows that it was not ready in all of its life in the
 * window, and is not there otherwise. Nor is one whose series may be of several clusters. @throws AppError `source_unavailable`.
 */
export async function readTokens(
  client: PrometheusClient,
  pods: readonly LivingPod[],
  window: Interval,
  place: Place,
): Promise<Answer<ReadonlyMap<string, number>>> {
  const seconds = window.end - window.start;
  const value = new Map<string, number>();
  for (let i = 0; i < pods.length; i += MOST_PODS) {
    const some = pods.slice(i, i + MOST_PODS);
    const of = [
      isOneOf("namespace", [...new Set(some.map((p) => p.namespace))]),
      isOneOf("pod", [...new Set(some.map((p) => p.pod))]),
    ];
    const grown: ReadonlyMap<string, number>[] = [];
    for (const name of COUNTERS) {
      // The same series of two servers that read the same is one.
      const series = maxBy(
        ["namespace", "pod", "model_name", "engine", ...CLUSTER_LABELS],
        rate(selector(name, of), seconds * 1000),
      );
      const found = await client.instant(sumBy(["namespace", "pod", ...CLUSTER_LABELS], series), window.end);
      if (found.incomplete.length)
        return { value, missing: [{ kind: "failed", subject: "", metric: name, cause: found.incomplete.join(" ") }] };
      const ours = ofCluster(found.series, window, place);
      grown.push(
        new Map(
          [...ours].map(([key, list]) => [key, Math.max(...list.map((s) => s.value[0] ?? Number.NaN)) * seconds]),
        ),
      );
    }
    for (const one of some.map(podKey)) {
      const sum = grown.reduce((total, counter) => total + (counter.get(one) ?? Number.NaN), 0);
      if (Number.isFinite(sum) && sum >= 0) value.set(one, sum);
    }
    // A pod with one of the counters serves: the other is unknown.
    const silent = some.filter((pod) => grown.every((counter) => !counter.has(podKey(pod))));
    for (const key of await neverReady(client, silent, window, place)) value.set(key, 0);
  }
  return { value, missing: [] };
}

/** The series of each pod of the cluster: those that name it, else those of the only cluster that they can be of. */
function ofCluster(
  series: readonly Points[],
  window: Interval,
  { clusterId, finder, onlyCluster }: Place,
): ReadonlyMap<string, readonly Points[]> {
  const clusterOf = ({ labels }: Points) => {
    const label = clusterLabel(labels);
    return label === undefined ? null : (finder.clusterNamed?.(label) ?? null);
  };
  const out = new Map<string, readonly Points[]>();
  for (const [key, list] of Map.groupBy(series, ({ labels }) => podKey(labels))) {
    const named = list.filter((s) => clusterOf(s) === clusterId);
    const open = list.filter((s) => clusterOf(s) === null);
    const { namespace = "", pod = "" } = list[0]?.labels ?? {};
    const clusters = onlyCluster === undefined ? finder.clustersOf?.(namespace, pod, window) : [onlyCluster];
    const isOurs = clusters?.length === 1 && clusters[0] === clusterId;
    const labels = new Set(open.map((s) => clusterLabel(s.labels)));
    if (named.length > 0) out.set(key, named);
    else if (open.length > 0 && isOurs && labels.size === 1) out.set(key, open);
  }
  return out;
}

/** Those of the pods, by `namespace/pod`, that kube-state-metrics saw in all of their life in the window, and never ready. */
async function neverReady(
  client: PrometheusClient,
  pods: readonly LivingPod[],
  window: Interval,
  place: Place,
): Promise<string[]> {
  if (pods.length === 0) return [];
  const of = [
    isOneOf("namespace", [...new Set(pods.map((p) => p.namespace))]),
    isOneOf("pod", [...new Set(pods.map((p) => p.pod))]),
    is("condition", "true"),
  ];
  const ready = maxBy(
    ["namespace", "pod", ...CLUSTER_LABELS],
    maxOverTime(selector("kube_pod_status_ready", of), LOOK * 1000),
  );
  const looks = { start: ceilTo(window.start + 1, LOOK), end: ceilTo(window.end, LOOK) + 1 };
  const found = await client.range(ready, looks, LOOK);
  if (found.incomplete.length) return [];
  const ours = ofCluster(found.series, window, place);
  return pods.flatMap((pod) => {
    const series = ours.get(podKey(pod)) ?? [];
    const seen = new Set(series.flatMap((s) => s.at));
    let isSeen = seen.size > 0;
    for (let at = ceilTo(pod.start, LOOK) + LOOK; at <= pod.end; at += LOOK) isSeen &&= seen.has(at);
    const isReady = series.some((s) => s.value.some((v) => v !== 0));
    return isSeen && !isReady ? [podKey(pod)] : [];
  });
}
