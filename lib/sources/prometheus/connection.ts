import { errorText } from "@/lib/errors.ts";
import type { ConnectionReport } from "@/lib/sources/connection-form.ts";
import type { Unit } from "@/lib/sources/source.ts";
import { type ClientSettings, PrometheusClient } from "./client.ts";
import { DCGM_METERS } from "./dcgm.ts";
import { peerName } from "./flavour.ts";
import { count, max, type Promql, selector, VECTOR_ONE } from "./promql.ts";
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

/** What exists now: the names of metrics, and the units that their values prove now. */
interface Existing {
  readonly found: ReadonlySet<string>;
  readonly units: ReadonlyMap<string, Unit>;
}

/** One small query for each metric: some gateways do not allow a query without a name. */
async function existing(client: PrometheusClient): Promise<Existing> {
  const names = METERS.map((meter) => meter.source);
  const isAny = async (query: Promql) => (await client.instant(query)).series.length > 0;
  const exists = await Promise.all(names.map((name) => isAny(count(selector(name)))));
  const found = new Set(names.filter((_, i) => exists[i]));
  const shares = UTILISATION.filter((m) => m.reads === "share" && !m.definedUnit && found.has(m.source));
  const units = new Map<string, Unit>();
  for (const { source } of shares) {
    const largest = (await client.instant(max(selector(source)))).series[0]?.value[0] ?? 0;
    if (largest > 1 && largest <= 100) units.set(source, "percent");
    else if (largest > 0 && largest < 1) units.set(source, "ratio");
  }
  return { found, units };
}

const METERS = [...DCGM_METERS, ...RUNAI_METERS];
const UTILISATION = METERS.filter((m) => m.metric === "gpu_utilisation_percent");
/** The first name of each metric, with the others that mean the same. */
const FAMILIES = [...Map.groupBy(DCGM_METERS, (m) => `${m.metric} ${m.isFallback ?? false}`).values()];

function inWords({ found, units }: Existing): { ok: boolean; message: string } {
  const ok = UTILISATION.some((meter) => found.has(meter.source));
  const has = METERS.map((meter) => meter.source).filter((name) => found.has(name));
  const lacks = FAMILIES.filter((family) => !family.some((m) => found.has(m.source))).map((f) => f[0]?.source);
  const sentences: string[] = [];
  if (!DCGM_METERS.some((m) => m.metric === "gpu_utilisation_percent" && found.has(m.source)))
    sentences.push("No DCGM_FI_DEV_GPU_UTIL series: is dcgm-exporter scraped?");
  if (has.length > 0) sentences.push(`Found: ${has.join(", ")}.`);
  if (has.length > 0 && lacks.length > 0) sentences.push(`Not found: ${lacks.join(", ")}.`);
  for (const [name, unit] of units)
    sentences.push(
      `${name} is read as ${unit === "ratio" ? "a ratio from 0 to 1" : "percent"}, which its values prove.`,
    );
  return { ok, message: sentences.join(" ") };
}

/** A person waits for the answer. */
function limits({ timeoutMs, deadlineMs }: ClientSettings["http"]) {
  return { retryCount: 0, timeoutMs: Math.min(timeoutMs, 10_000), deadlineMs: Math.min(deadlineMs, 20_000) };
}

function withoutUser(url: string): string {
  return url.replace(/\/\/[^/@]*@/, "//");
}
