import { readSecretFile } from "@/lib/env.ts";
import { defineSource, httpSettings } from "@/lib/sources/define.ts";
import type { PodFinder } from "@/lib/sources/find-pods.ts";
import type { Missing, OpenSource, WindowSamples } from "@/lib/sources/source.ts";
import { ceilTo, type Instant, type Interval } from "@/lib/time.ts";
import { type ClientSettings, PrometheusClient } from "./client.ts";
import type { Gathered } from "./collect.ts";
import { testConnection } from "./connection.ts";
import { readCount, readTokens } from "./counts.ts";
import { DCGM_METERS } from "./dcgm.ts";
import { exporterNodes } from "./exporters.ts";
import { prometheusForm } from "./form.ts";
import { gather } from "./gather.ts";
import { readHost } from "./host.ts";
import { readLabels } from "./labels.ts";
import { count, lastOverTime, selector } from "./promql.ts";
import { reshape } from "./reshape.ts";
import { readRestarts } from "./restarts.ts";

/**
 * Samples and labels from Prometheus and compatible servers: the series of dcgm-exporter per card, those of Run:ai per
 * pod and card, CPU and memory of the host per pod from cAdvisor, labels and restarts of containers from kube-state-metrics.
 * Nothing is stored. An answer lists what is missing in it; nothing is filled in.
 */

export interface PrometheusSettings extends ClientSettings {
  /** Ids or names of the clusters that this Prometheus watches. Without them, the inventory and labels decide. */
  readonly clusters?: readonly string[] | undefined;
}

const PROVIDES = ["samples", "labels", "restarts", "counts", "tokens"] as const;
export type PrometheusSource = OpenSource<(typeof PROVIDES)[number]> & {
  readonly read: { readonly samples: WindowSamples };
};

/** Fewer than the 11,000 that Prometheus allows: the span of a chunk is one window down to steps of 15 seconds. */
const MOST_POINTS = 1440;

/**
 * Opens Prometheus. Its samples are read by window: the point at t is the newest sample of (t − step, t]; without such a sample there is
 * no point.
 * @throws AppError `invalid` naming the setting that is wrong.
 */
export function createPrometheusSource(settings: PrometheusSettings): PrometheusSource {
  const client = new PrometheusClient(settings);
  const { clusters } = settings;
  const onlyOne = (finder: PodFinder) => onlyCluster(clusters, finder);
  const samples: WindowSamples = {
    by: "window",
    mostPoints: MOST_POINTS,
    series: async (window, step, finder, detail, units) => {
      const first = ceilTo(window.start, step);
      if (first >= window.end) return { value: [], missing: [] };
      // One more instant on each side shows which pods come and go at the edges; reshape returns only the window.
      const wide = { start: first - step, end: ceilTo(window.end, step) + 1 };
      const cluster = onlyOne(finder);
      const { dcgm, runai, missing } = await gather(client, wide, step, detail);
      const averaged = await onlyAverages(client, { start: first, end: firstSample(dcgm) ?? window.end });
      const nodeOf = await exporterNodes(dcgm, finder);
      const answer = reshape({ dcgm, runai, window, step, finder, cluster, nodeOf, ...(units ? { units } : {}) });
      const host = await readHost(client, { start: first, end: window.end }, step, finder, cluster);
      return {
        value: [...answer.value, ...host.value],
        missing: [...missing, ...averaged, ...answer.missing, ...host.missing],
        units: answer.units ?? [],
      };
    },
  };
  return {
    read: {
      samples,
      labels: (window, keys, finder) => readLabels(client, window, keys, finder, onlyOne(finder)),
      restarts: (window, finder) => readRestarts(client, window, finder, onlyOne(finder)),
      counts: (query, window) => readCount(client, query, window),
      tokens: (pods, window, clusterId, finder) =>
        readTokens(client, pods, window, { clusterId, finder, onlyCluster: onlyOne(finder) }),
    },
    clusters,
    connection: () => testConnection(settings),
    requests: () => client.requests,
    takeCallTimes: () => client.takeCallTimes(),
    clock: client.clock,
    close: () => client.close(),
  };
}

/** The first instant at which any card has a sample; null: none has. */
function firstSample(dcgm: readonly Gathered[]): Instant | null {
  const firsts = dcgm.flatMap(({ series }) => series.flatMap(({ at }) => at[0] ?? []));
  return firsts.length > 0 ? firsts.reduce((least, at) => Math.min(least, at)) : null;
}

/** Shorter silences have other causes, in seconds. */
const LEAST_AVERAGED = 600;

/**
 * Says so where a server has kept only averages of a time without samples: they show no idle card. Nothing where it has none, or does
 * not answer.
 */
async function onlyAverages(client: PrometheusClient, time: Interval): Promise<Missing[]> {
  if (time.end - time.start < LEAST_AVERAGED) return [];
  const rangeMs = (time.end - time.start - LEAST_AVERAGED / 2) * 1000;
  const within = { start: time.start, end: time.end - LEAST_AVERAGED / 2 };
  const cause = "The server has only averages (downsampled blocks) of this time, on which nothing is judged";
  for (const name of UTILISATION)
    if (await client.hasAverages(count(lastOverTime(selector(name), rangeMs)), within).catch(() => false))
      return [{ kind: "no-data", subject: "", metric: "", cause }];
  return [];
}

const UTILISATION = DCGM_METERS.filter((m) => m.metric === "gpu_utilisation_percent").map((m) => m.source);

/** The id of the one cluster that settings name; undefined if they name none or several. */
function onlyCluster(clusters: readonly string[] | undefined, finder: PodFinder): string | undefined {
  const [name, ...others] = clusters ?? [];
  if (name === undefined || others.length > 0) return undefined;
  return finder.clusterNamed?.(name) ?? name;
}

export const prometheus = defineSource({
  name: "prometheus",
  title: "Prometheus",
  provides: PROVIDES,
  settings: { PROMETHEUS_URL: "https://prometheus.your-cluster" },
  address: (env) => env.PROMETHEUS_URL,
  form: prometheusForm(createPrometheusSource),
  open: (env, log) => {
    const bearerTokenFile = env.PROMETHEUS_BEARER_TOKEN_FILE;
    // Read again for each request; once here, so that a missing file is found at the start.
    if (bearerTokenFile) readSecretFile("PROMETHEUS_BEARER_TOKEN_FILE", bearerTokenFile);
    return createPrometheusSource({
      url: env.PROMETHEUS_URL ?? "",
      pathPrefix: env.PROMETHEUS_PATH_PREFIX,
      username: env.PROMETHEUS_USERNAME,
      password: env.PROMETHEUS_PASSWORD,
      bearerToken: env.PROMETHEUS_BEARER_TOKEN,
      bearerTokenFile,
      caFile: env.PROMETHEUS_CA_FILE,
      certFile: env.PROMETHEUS_CERT_FILE,
      keyFile: env.PROMETHEUS_KEY_FILE,
      headers: env.PROMETHEUS_HEADERS,
      clusters: env.PROMETHEUS_CLUSTER ? [env.PROMETHEUS_CLUSTER] : undefined,
      http: httpSettings(env),
      log,
    });
  },
});
