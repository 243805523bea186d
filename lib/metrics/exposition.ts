import {
  Counter,
  Gauge,
  Histogram,
  type OpenMetricsContentType,
  type PrometheusContentType,
  Registry,
} from "prom-client";
import type { Sample } from "./metric.ts";
import type { Family } from "./snapshot.ts";

/** The two text formats that Prometheus asks for. */
export type Exposition = "text" | "openmetrics";
export const CONTENT_TYPES = {
  text: Registry.PROMETHEUS_CONTENT_TYPE,
  openmetrics: Registry.OPENMETRICS_CONTENT_TYPE,
} as const;

interface Accepted {
  readonly type: string;
  readonly quality: number;
}

/**
 * Which format an `Accept` header asks for: OpenMetrics where it is preferred to plain text, else the text format, which every Prometheus
 * reads, also where nothing that we have is acceptable.
 */
export function expositionOf(accept: string | null): Exposition {
  const given: Accepted[] = (accept ?? "").split(",").map((part) => {
    const [type = "", ...parameters] = part.split(";").map((p) => p.trim().toLowerCase());
    const quality = parameters.find((p) => p.startsWith("q="));
    return { type, quality: quality ? Number(quality.slice(2)) || 0 : 1 };
  });
  const of = (...types: string[]) => Math.max(0, ...given.filter((g) => types.includes(g.type)).map((g) => g.quality));
  const openMetrics = of("application/openmetrics-text");
  return openMetrics > 0 && openMetrics >= of("text/plain", "text/*", "*/*") ? "openmetrics" : "text";
}

/** A histogram whose counts are known: the library's own counts what it observes itself. */
function histogramOf(name: string, help: string, samples: readonly Sample[]): Histogram<string> {
  const values = samples.flatMap(({ labels, value, buckets = [], sum = 0 }) => [
    ...buckets.map(({ seconds, count }) => ({
      ...{ labels: { ...labels, le: String(seconds) }, value: count, metricName: `${name}_bucket` },
    })),
    { labels: { ...labels, le: "+Inf" }, value, metricName: `${name}_bucket` },
    { labels, value: sum, metricName: `${name}_sum` },
    { labels, value, metricName: `${name}_count` },
  ]);
  const histogram = new Histogram<string>({ name, help, registers: [] });
  const get = async () => ({ name, help, type: "histogram", values, aggregator: "sum" });
  // The registry asks by the second name where it writes text.
  return Object.assign(histogram, { get, getForPromString: get });
}

/** Families as text, complete with a last line end, and `# EOF` in OpenMetrics. */
export async function expose(families: readonly Family[], format: Exposition): Promise<string> {
  const registry = new Registry<PrometheusContentType | OpenMetricsContentType>();
  registry.setContentType(CONTENT_TYPES[format]);
  for (const { name, help, type, labels, samples } of families) {
    const given = { name, help, labelNames: [...labels], registers: [registry] };
    if (type === "histogram") registry.registerMetric(histogramOf(name, help, samples));
    else if (type === "counter") {
      const counter = new Counter(given);
      for (const sample of samples) counter.inc(sample.labels, sample.value);
    } else {
      const gauge = new Gauge(given);
      // A metric without labels begins at 0, which is what nobody knows.
      if (labels.length === 0) gauge.remove();
      for (const sample of samples) gauge.set(sample.labels, sample.value);
    }
  }
  return registry.metrics();
}
