import { collectDefaultMetrics, type OpenMetricsContentType, type PrometheusContentType, Registry } from "prom-client";
import { CONTENT_TYPES, type Exposition } from "./exposition.ts";

type AnyRegistry = Registry<PrometheusContentType | OpenMetricsContentType>;

/** Gauges whose names end in `_total`, which is the mark of counters. */
const MISNAMED = ["nodejs_active_handles_total", "nodejs_active_requests_total", "nodejs_active_resources_total"];

/** Kept on globalThis: modules that are bundled twice share one, and a process has its figures once. */
const place = globalThis as { gpuLedgerProcess?: Map<Exposition, AnyRegistry> };
place.gpuLedgerProcess ??= new Map();
const registries = place.gpuLedgerProcess;

/**
 * CPU, memory, event loop and garbage collection of this process, as text. Each format has a registry of its own: writing OpenMetrics
 * takes `_total` from the names of a registry's counters for good.
 */
export function exposeProcess(format: Exposition): Promise<string> {
  let registry = registries.get(format);
  if (!registry) {
    registry = new Registry<PrometheusContentType | OpenMetricsContentType>();
    registry.setContentType(CONTENT_TYPES[format]);
    collectDefaultMetrics({ register: registry });
    for (const name of MISNAMED) registry.removeSingleMetric(name);
    registries.set(format, registry);
  }
  return registry.metrics();
}
