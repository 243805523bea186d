import {
  collectDefaultMetrics,
  Histogram,
  type OpenMetricsContentType,
  type PrometheusContentType,
  Registry,
} from "prom-client";
import { CONTENT_TYPES, type Exposition } from "./exposition.ts";

type AnyRegistry = Registry<PrometheusContentType | OpenMetricsContentType>;

/** Gauges whose names end in `_total`, which is the mark of counters. */
const MISNAMED = ["nodejs_active_handles_total", "nodejs_active_requests_total", "nodejs_active_resources_total"];

/** Kept on globalThis: modules that are bundled twice share one, and a process has its figures once. */
const place = globalThis as {
  gpuLedgerProcess?: Map<Exposition, AnyRegistry>;
  gpuLedgerRequests?: Histogram<RequestLabel>;
};
place.gpuLedgerProcess ??= new Map();
const registries = place.gpuLedgerProcess;

type RequestLabel = "method" | "path" | "status";

/** Seconds: from an answer out of memory to a report of a year. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

function requestSeconds(): Histogram<RequestLabel> {
  place.gpuLedgerRequests ??= new Histogram({
    name: "gpu_ledger_api_request_duration_seconds",
    help: "Time from a request to the API until its answer begins, in this process.",
    labelNames: ["method", "path", "status"],
    buckets: BUCKETS,
    registers: [],
  });
  return place.gpuLedgerRequests;
}

/** Counts a request to the API. @param path as the documentation writes it, with names for its parts: there are few of them. */
export function observeRequest(method: string, path: string, status: number, seconds: number): void {
  requestSeconds().observe({ method, path, status: String(status) }, seconds);
}

/**
 * CPU, memory, event loop and garbage collection of this process, and how long its API answered, as text. Each format has a registry of its own: writing OpenMetrics
 * takes `_total` from the names of a registry's counters for good.
 */
export function exposeProcess(format: Exposition): Promise<string> {
  let registry = registries.get(format);
  if (!registry) {
    registry = new Registry<PrometheusContentType | OpenMetricsContentType>();
    registry.setContentType(CONTENT_TYPES[format]);
    collectDefaultMetrics({ register: registry });
    for (const name of MISNAMED) registry.removeSingleMetric(name);
    registry.registerMetric(requestSeconds());
    registries.set(format, registry);
  }
  return registry.metrics();
}
