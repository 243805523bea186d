import { errorText } from "@/lib/errors.ts";
import type { Detail, Missing } from "@/lib/sources/source.ts";
import type { Interval } from "@/lib/time.ts";
import type { Found, PrometheusClient } from "./client.ts";
import type { Gathered } from "./collect.ts";
import { DCGM_METERS, type Meter } from "./dcgm.ts";
import { PrometheusError } from "./failure.ts";
import { rangeMsFor } from "./flavour.ts";
import { anyOf, lastOverTime, type Promql, selector } from "./promql.ts";
import { RUNAI_METERS } from "./runai-series.ts";

export interface Haul {
  readonly dcgm: readonly Gathered[];
  readonly runai: readonly Gathered[];
  readonly missing: readonly Missing[];
}

/** Metrics on which no class depends. */
const EVIDENCE: ReadonlySet<string> = new Set([
  "tensor_active_percent",
  "power_watts",
  "temperature_celsius",
  "xid_code",
]);

/**
 * Metrics that one query reads, under all of their names: few servers have more than one. Metrics without which time
 * cannot be classed are read apart from the others.
 */
const TOGETHER: readonly ReadonlySet<string>[] = [
  ["gpu_utilisation_percent"],
  ["gpu_memory_used_mib"],
  ["sm_active_percent", "dram_active_percent"],
  ["tensor_active_percent", "power_watts", "temperature_celsius", "xid_code"],
].flatMap((metrics) => {
  const meters = DCGM_METERS.filter((m) => metrics.includes(m.metric));
  const groups = [meters.filter((m) => !m.isFallback), meters.filter((m) => m.isFallback)];
  return groups.filter((g) => g.length > 0).map((g) => new Set(g.map((m) => m.source)));
});
const OF_PODS = new Set(RUNAI_METERS.map((meter) => meter.source));

type Settled = PromiseSettledResult<Found>;

/**
 * Runs one query for each meter or pair, all at once. A query that failed or was answered in part is listed as missing.
 * @throws AppError `source_unavailable` when none was answered.
 */
export async function gather(client: PrometheusClient, window: Interval, step: number, detail: Detail): Promise<Haul> {
  const range = rangeMsFor(await client.peer(), step);
  const devices = DCGM_METERS.filter((m) => detail === "all" || !EVIDENCE.has(m.metric));
  const meters = [...devices, ...RUNAI_METERS];
  const ask = (series: Promql) => client.range(lastOverTime(series, range), window, step);
  const parts = [
    ...Map.groupBy(meters, (m) => [...TOGETHER, OF_PODS].find((names) => names.has(m.source)) ?? m).values(),
  ];
  const answers = new Map((await Promise.all(parts.map((part) => askPart(ask, part)))).flat());
  const settled = meters.map((meter) => answers.get(meter) as Settled);
  const refusals = settled.filter((one) => one.status === "rejected");
  if (refusals.length === settled.length) throw refusals[0]?.reason;

  const dcgm: Gathered[] = [];
  const runai: Gathered[] = [];
  const missing: Missing[] = [];
  for (const [i, meter] of meters.entries()) {
    const found = outcome(settled[i] as Settled);
    for (const cause of found.incomplete)
      missing.push({ kind: "failed", subject: "", metric: meter.metric, cause: `${meter.source}: ${cause}` });
    (i < devices.length ? dcgm : runai).push({ meter, series: found.series });
    // Without a complete answer of DCGM, indices of Run:ai would stand where UUIDs belong, and a card would be stored
    // twice.
    if (i === devices.length - 1 && missing.length > 0)
      return { dcgm: withoutFallbacks(dcgm, missing), runai, missing: [...missing, ...withheld()] };
  }
  return { dcgm, runai, missing };
}

/** Without the meters that would stand in for one whose answer is incomplete: it is asked again. */
function withoutFallbacks(dcgm: readonly Gathered[], missing: readonly Missing[]): Gathered[] {
  const lacking = new Set(missing.map((m) => m.metric));
  return dcgm.map(({ meter, series }) => {
    const stands = meter.isFallback && lacking.has(meter.metric);
    return { meter, series: stands ? series.filter((points) => points.labels.GPU_I_ID) : series };
  });
}

/**
 * Each meter of a part with its own answer: from one query if that is answered in full and by name, otherwise from a
 * query of its own.
 */
async function askPart(
  ask: (series: Promql) => Promise<Found>,
  part: readonly Meter[],
): Promise<(readonly [Meter, Settled])[]> {
  if (part.length > 1) {
    const [both] = await Promise.allSettled([ask(anyOf(part.map((meter) => meter.source)))]);
    const named = both.status === "fulfilled" ? byMeter(both.value, part) : null;
    if (named) return named;
    // Where nothing listens, further queries are pointless.
    if (both.status === "rejected" && isNetwork(both.reason)) return part.map((meter) => [meter, both] as const);
  }
  const alone = await Promise.allSettled(part.map((meter) => ask(selector(meter.source, meter.matchers))));
  return part.map((meter, i) => [meter, alone[i] as Settled] as const);
}

const isNetwork = (error: unknown) => error instanceof PrometheusError && error.errorType === "network";

/** Null if the answer is incomplete, or if a series does not name its metric: then it is unknown what is missing. */
function byMeter({ series, incomplete }: Found, part: readonly Meter[]): (readonly [Meter, Settled])[] | null {
  const named = Map.groupBy(series, (points) => points.labels.__name__);
  const known = part.filter((meter) => named.has(meter.source)).length;
  if (incomplete.length > 0 || known < named.size) return null;
  return part.map((meter) => {
    const value: Found = { series: named.get(meter.source) ?? [], incomplete: [] };
    return [meter, { status: "fulfilled", value }] as const;
  });
}

function outcome(settled: Settled): Found {
  return settled.status === "fulfilled" ? settled.value : { series: [], incomplete: [errorText(settled.reason)] };
}

function withheld(): Missing[] {
  const cause = "left out because the answer for the series of dcgm-exporter is incomplete";
  return RUNAI_METERS.map(({ metric, source }) => ({
    kind: "failed",
    subject: "",
    metric,
    cause: `${source}: ${cause}`,
  }));
}
