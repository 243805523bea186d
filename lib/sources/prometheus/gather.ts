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

/** Metrics that no class depends on. */
const EVIDENCE: ReadonlySet<string> = new Set(["tensor_active_percent", "power_watts"]);

/** Read by one query for two, which halves what it costs to ask. What time cannot be classed without is asked for alone. */
const TOGETHER: readonly ReadonlySet<string>[] = [
  new Set(["DCGM_FI_PROF_SM_ACTIVE", "DCGM_FI_PROF_DRAM_ACTIVE"]),
  new Set(["DCGM_FI_PROF_PIPE_TENSOR_ACTIVE", "DCGM_FI_DEV_POWER_USAGE"]),
  new Set(RUNAI_METERS.map((meter) => meter.source)),
];

type Settled = PromiseSettledResult<Found>;

/**
 * A query for each meter or two, at once. A query that failed or was answered in part is told as missing.
 * @throws AppError `source_unavailable` when none was answered.
 */
export async function gather(client: PrometheusClient, window: Interval, step: number, detail: Detail): Promise<Haul> {
  const range = rangeMsFor(await client.peer(), step);
  const devices = DCGM_METERS.filter((m) => detail === "all" || !EVIDENCE.has(m.metric));
  const meters = [...devices, ...RUNAI_METERS];
  const ask = (series: Promql) => client.range(lastOverTime(series, range), window, step);
  const parts = [...Map.groupBy(meters, (m) => TOGETHER.find((names) => names.has(m.source)) ?? m).values()];
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
    // Without DCGM's whole word, Run:ai's indices would stand where UUIDs belong, and the same card would be stored twice.
    if (i === devices.length - 1 && missing.length > 0) return { dcgm, runai, missing: [...missing, ...withheld()] };
  }
  return { dcgm, runai, missing };
}

/** Each meter of a part with its own answer: from one query where that is answered whole and by name, else asked for alone. */
async function askPart(
  ask: (series: Promql) => Promise<Found>,
  part: readonly Meter[],
): Promise<(readonly [Meter, Settled])[]> {
  if (part.length > 1) {
    const [both] = await Promise.allSettled([ask(anyOf(part.map((meter) => meter.source)))]);
    const named = both.status === "fulfilled" ? byMeter(both.value, part) : null;
    if (named) return named;
    // Where nothing listens, asking again twice is in vain.
    if (both.status === "rejected" && isNetwork(both.reason)) return part.map((meter) => [meter, both] as const);
  }
  const alone = await Promise.allSettled(part.map((meter) => ask(selector(meter.source, meter.matchers))));
  return part.map((meter, i) => [meter, alone[i] as Settled] as const);
}

const isNetwork = (error: unknown) => error instanceof PrometheusError && error.errorType === "network";

/** Null when the answer lacks something, or a series does not say which metric's it is: then who lacks what is not known. */
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
  const cause = "left out, because the answer for dcgm-exporter's series is not whole";
  return RUNAI_METERS.map(({ metric, source }) => ({
    kind: "failed",
    subject: "",
    metric,
    cause: `${source}: ${cause}`,
  }));
}
