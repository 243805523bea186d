import { errorText } from "@/lib/errors.ts";
import type { ConnectionReport } from "@/lib/sources/source.ts";
import { type ClientSettings, PrometheusClient } from "./client.ts";
import { DCGM_METERS } from "./dcgm.ts";
import { peerName } from "./flavour.ts";
import { count, selector, VECTOR_ONE } from "./promql.ts";
import { RUNAI_METERS } from "./runai-series.ts";

/**
 * Asks once, without retries, which server answers and which of the needed series exist now. Never throws: `message`
 * says in a sentence or two what to do. Not `ok` either if the server answers but has no utilisation of any card.
 */
export async function testConnection(settings: ClientSettings): Promise<ConnectionReport> {
  const report = { source: "prometheus", url: withoutUser(settings.url), ok: false, version: null, latencyMs: null };
  let client: PrometheusClient | null = null;
  try {
    client = new PrometheusClient({ ...settings, http: { ...settings.http, ...limits(settings.http) } });
    const peer = await client.peer();
    const start = performance.now();
    const one = (await client.instant(VECTOR_ONE)).series[0]?.value[0];
    const latencyMs = Math.round(performance.now() - start);
    const version = peerName(peer);
    if (one !== 1)
      return { ...report, version, latencyMs, message: `${version} answers, but not 1 to the query vector(1).` };
    const { ok, message } = inWords(await existing(client));
    return { ...report, url: client.url, ok, version, latencyMs, message: `${version} answers. ${message}` };
  } catch (error) {
    return { ...report, message: errorText(error) };
  } finally {
    await client?.close();
  }
}

/** One small query for each metric: some gateways do not allow a query without a name. */
async function existing(client: PrometheusClient): Promise<Set<string>> {
  const names = [...DCGM_METERS, ...RUNAI_METERS].map((meter) => meter.source);
  const counts = await Promise.all(names.map((name) => client.instant(count(selector(name)))));
  return new Set(names.filter((_, i) => counts[i]?.series.length));
}

function inWords(found: ReadonlySet<string>): { ok: boolean; message: string } {
  const utilisation = [...DCGM_METERS, ...RUNAI_METERS].filter((m) => m.metric === "gpu_utilisation_percent");
  const ok = utilisation.some((meter) => found.has(meter.source));
  const has = [...DCGM_METERS, ...RUNAI_METERS].map((meter) => meter.source).filter((name) => found.has(name));
  const lacks = DCGM_METERS.map((meter) => meter.source).filter((name) => !found.has(name));
  const sentences: string[] = [];
  if (!found.has("DCGM_FI_DEV_GPU_UTIL")) sentences.push("No DCGM_FI_DEV_GPU_UTIL series: is dcgm-exporter scraped?");
  if (has.length > 0) sentences.push(`Found: ${has.join(", ")}.`);
  if (has.length > 0 && lacks.length > 0) sentences.push(`Not found: ${lacks.join(", ")}.`);
  return { ok, message: sentences.join(" ") };
}

/** A person waits for the answer. */
function limits({ timeoutMs, deadlineMs }: ClientSettings["http"]) {
  return { retryCount: 0, timeoutMs: Math.min(timeoutMs, 10_000), deadlineMs: Math.min(deadlineMs, 20_000) };
}

function withoutUser(url: string): string {
  return url.replace(/\/\/[^/@]*@/, "//");
}
