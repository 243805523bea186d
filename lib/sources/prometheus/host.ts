import { errorText } from "@/lib/errors.ts";
import type { PodFinder } from "@/lib/sources/find-pods.ts";
import type { Answer, KnownMetric, Missing, Series } from "@/lib/sources/source.ts";
import type { Interval } from "@/lib/time.ts";
import type { Found, PrometheusClient } from "./client.ts";
import { CLUSTER_LABELS, clusterLabel } from "./dcgm.ts";
import { Emitter, push } from "./emit.ts";
import { rangeMsFor } from "./flavour.ts";
import { isNot, isOneOf, lastOverTime, maxBy, type Promql, rate, selector, sumBy } from "./promql.ts";
import { Subjects } from "./subjects.ts";
import type { Points } from "./wire.ts";

/** A metric of cAdvisor, and how it is translated. */
interface HostMeter {
  readonly source: string;
  readonly metric: KnownMetric;
  /** @param newestMs the range, in milliseconds, whose newest sample stands for an instant. */
  readonly value: (series: Promql, newestMs: number, stepSeconds: number) => Promql;
  /** Our value = their value × scale. */
  readonly scale: number;
}

/** A rate needs two scrapes; kubelets are scraped every 10 to 60 s. */
const LEAST_RATE_SECONDS = 120;

const HOST_METERS: readonly HostMeter[] = [
  {
    source: "container_cpu_usage_seconds_total",
    metric: "cpu_cores",
    value: (series, _newestMs, step) => rate(series, Math.max(step, LEAST_RATE_SECONDS) * 1000),
    scale: 1,
  },
  {
    source: "container_memory_working_set_bytes",
    metric: "cpu_memory_mib",
    value: (series, newestMs) => lastOverTime(series, newestMs),
    scale: 2 ** -20,
  },
];

/**
 * CPU (cores) and memory (MiB) of the host that each known pod used: `pod` series, one query for each metric, over the
 * namespaces of known pods. CPU at t is the mean of the last two minutes, or of the step if that is longer; memory is
 * the newest sample of (t − step, t]. Unknown pods are left out. A server without the series of cAdvisor returns
 * nothing; a failed query is listed as missing, never thrown.
 */
export async function readHost(
  client: PrometheusClient,
  window: Interval,
  step: number,
  finder: PodFinder,
  cluster: string | undefined,
): Promise<Answer<Series[]>> {
  const namespaces = finder.namespaces().filter((namespace) => namespace !== "");
  if (namespaces.length === 0) return { value: [], missing: [] };
  // The cgroup of the pod has no container, and its sandbox is "POD": both are reported beside what runs in it.
  const matchers = [isNot("container", ""), isNot("container", "POD"), isOneOf("namespace", namespaces)];
  const ask = async (meter: HostMeter): Promise<Found> => {
    const vector = meter.value(selector(meter.source, matchers), rangeMsFor(await client.peer(), step), step);
    // Each container once, however many scrape jobs or replicas deliver it, and however often it was restarted.
    const containers = maxBy(["namespace", "pod", "container", ...CLUSTER_LABELS], vector);
    return client.range(sumBy(["namespace", "pod", ...CLUSTER_LABELS], containers), window, step);
  };
  const settled = await Promise.allSettled(HOST_METERS.map(ask));
  const subjects = new Subjects(finder, cluster);
  const emitter = new Emitter();
  const missing: Missing[] = [];
  for (const [i, meter] of HOST_METERS.entries()) {
    const one = settled[i] as PromiseSettledResult<Found>;
    const { series, incomplete } =
      one.status === "fulfilled" ? one.value : { series: [], incomplete: [errorText(one.reason)] };
    for (const cause of incomplete)
      missing.push({ kind: "failed", subject: "", metric: meter.metric, cause: `${meter.source}: ${cause}` });
    for (const points of series) write(emitter, subjects, meter, points, step);
  }
  return { value: emitter.series(), missing };
}

function write(emitter: Emitter, subjects: Subjects, meter: HostMeter, points: Points, step: number): void {
  const { namespace = "", pod = "" } = points.labels;
  if (!pod || points.at.length === 0) return;
  const holder = { kind: "pod", namespace, pod, uid: undefined } as const;
  const targets = subjects.segments(holder, points.at, step, clusterLabel(points.labels));
  const builders = targets.map(({ subject }) => {
    if (!subject) return null;
    const { podId: subjectId, clusterId } = subject;
    const key = { clusterId, subjectKind: "pod", subjectId, gpu: "", metric: meter.metric } as const;
    return emitter.builder(key, undefined, undefined);
  });
  for (let i = 0, n = 0; i < points.at.length; i++) {
    const at = points.at[i] as number;
    while (at >= (targets[n + 1]?.from ?? Number.POSITIVE_INFINITY)) n++;
    const value = (points.value[i] as number) * meter.scale;
    const builder = builders[n];
    if (builder && value >= 0) push(builder, at, Math.round(value * 1e6) / 1e6, true);
  }
}
