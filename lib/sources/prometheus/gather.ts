import { errorText } from "@/lib/errors";
import type { Detail, Missing } from "@/lib/sources/source";
import type { Interval } from "@/lib/time";
import type { Found, PrometheusClient } from "./client";
import type { Gathered } from "./collect";
import { DCGM_METERS, type Meter } from "./dcgm";
import { rangeMsFor } from "./flavour";
import { lastOverTime, selector } from "./promql";
import { RUNAI_METERS } from "./runai-series";

export interface Haul {
  readonly dcgm: readonly Gathered[];
  readonly runai: readonly Gathered[];
  readonly missing: readonly Missing[];
}

/** Metrics that no class depends on. */
const EVIDENCE: ReadonlySet<string> = new Set(["tensor_active_percent", "power_watts"]);

/**
 * One query for each meter, together. A query that failed or was answered in part is told as missing.
 * @throws AppError `source_unavailable` when none was answered.
 */
export async function gather(client: PrometheusClient, window: Interval, step: number, detail: Detail): Promise<Haul> {
  const range = rangeMsFor(await client.peer(), step);
  const devices = DCGM_METERS.filter((m) => detail === "all" || !EVIDENCE.has(m.metric));
  const meters = [...devices, ...RUNAI_METERS];
  const ask = (meter: Meter) => client.range(lastOverTime(selector(meter.source, meter.matchers), range), window, step);
  const settled = await Promise.allSettled(meters.map(ask));
  const refusals = settled.filter((one) => one.status === "rejected");
  if (refusals.length === settled.length) throw refusals[0]?.reason;

  const dcgm: Gathered[] = [];
  const runai: Gathered[] = [];
  const missing: Missing[] = [];
  for (const [i, meter] of meters.entries()) {
    const found = outcome(settled[i] as PromiseSettledResult<Found>);
    for (const cause of found.incomplete)
      missing.push({ subject: "", metric: meter.metric, cause: `${meter.source}: ${cause}` });
    (i < devices.length ? dcgm : runai).push({ meter, series: found.series });
    // Without DCGM's whole word, Run:ai's indices would stand where UUIDs belong, and the same card would be stored twice.
    if (i === devices.length - 1 && missing.length > 0) return { dcgm, runai, missing: [...missing, ...withheld()] };
  }
  return { dcgm, runai, missing };
}

function outcome(settled: PromiseSettledResult<Found>): Found {
  return settled.status === "fulfilled" ? settled.value : { series: [], incomplete: [errorText(settled.reason)] };
}

function withheld(): Missing[] {
  const cause = "left out, because the answer for dcgm-exporter's series is not whole";
  return RUNAI_METERS.map(({ metric, source }) => ({ subject: "", metric, cause: `${source}: ${cause}` }));
}
