import type { BulkSampleSource } from "@/lib/sources/source.ts";
import { ceilTo } from "@/lib/time.ts";
import { type ClientSettings, PrometheusClient } from "./client.ts";
import { testConnection } from "./connection.ts";
import { gather } from "./gather.ts";
import { readHost } from "./host.ts";
import { readLabels } from "./labels.ts";
import { reshape } from "./reshape.ts";

/**
 * Samples from Prometheus and its relatives: dcgm-exporter's series per card, Run:ai's own per pod and card, and cAdvisor's
 * CPU and memory of the host per pod.
 * Nothing is stored. Vendor words stop here. An answer names what it lacks; it never fills in.
 */

export interface PrometheusSettings extends ClientSettings {
  /** The id of the one cluster that this Prometheus watches. Without it, inventory and labels tell. */
  readonly cluster?: string | undefined;
}

export interface PrometheusSource extends BulkSampleSource {
  /** HTTP requests sent so far, retries included. */
  readonly requests: number;
  close(): Promise<void>;
}

/**
 * @returns a source whose series have points at the multiples of the step within the half-open window. The point at t is the newest sample
 *   of (t − step, t]; where there is none, there is no point.
 * @throws AppError `invalid` naming the setting that is wrong.
 */
export function createPrometheusSource(settings: PrometheusSettings): PrometheusSource {
  const client = new PrometheusClient(settings);
  return {
    name: "prometheus",
    get requests() {
      return client.requests;
    },
    series: async (window, step, finder, detail) => {
      const first = ceilTo(window.start, step);
      if (first >= window.end) return { value: [], missing: [] };
      // One instant more on each side shows who comes and who goes at the edges; reshape gives only the window.
      const wide = { start: first - step, end: ceilTo(window.end, step) + 1 };
      const { dcgm, runai, missing } = await gather(client, wide, step, detail);
      const answer = reshape({ dcgm, runai, window, step, finder, cluster: settings.cluster });
      const host = await readHost(client, { start: first, end: window.end }, step, finder, settings.cluster);
      return {
        value: [...answer.value, ...host.value],
        missing: [...missing, ...answer.missing, ...host.missing],
      };
    },
    labels: (window, keys, finder) => readLabels(client, window, keys, finder, settings.cluster),
    test: () => testConnection(settings),
    close: () => client.close(),
  };
}
