import type { Answer, Missing, NamedPod } from "@/lib/sources/source.ts";
import type { Interval } from "@/lib/time.ts";
import type { PrometheusClient } from "./client.ts";
import { count, givenQuery, isOneOf, maxBy, rate, selector, sumBy } from "./promql.ts";

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

const podKey = ({ namespace, pod }: NamedPod): string => `${namespace}/${pod}`;

/**
 * Tokens that pods read and wrote in a window, by `namespace/pod`: growth of both counters, also over their restarts. A pod of which one of them
 * has less than two samples in the window is not there. @throws AppError `source_unavailable`.
 */
export async function readTokens(
  client: PrometheusClient,
  pods: readonly NamedPod[],
  window: Interval,
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
      const series = maxBy(["namespace", "pod", "model_name", "engine"], rate(selector(name, of), seconds * 1000));
      const found = await client.instant(sumBy(["namespace", "pod"], series), window.end);
      if (found.incomplete.length)
        return { value, missing: [{ kind: "failed", subject: "", metric: name, cause: found.incomplete.join(" ") }] };
      grown.push(
        new Map(
          found.series.map(({ labels: { namespace = "", pod = "" }, value: v }) => [
            podKey({ namespace, pod }),
            (v[0] ?? Number.NaN) * seconds,
          ]),
        ),
      );
    }
    for (const one of some.map(podKey)) {
      const sum = grown.reduce((total, counter) => total + (counter.get(one) ?? Number.NaN), 0);
      if (Number.isFinite(sum) && sum >= 0) value.set(one, sum);
    }
  }
  return { value, missing: [] };
}
