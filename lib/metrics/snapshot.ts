import type { Ctx } from "@/lib/ctx.ts";
import type { Instant } from "@/lib/time.ts";
import { METRIC_GROUPS } from "./index.ts";
import type { Metric, MetricGroup, Sample } from "./metric.ts";

/** A metric with its series at one instant. */
export interface Family extends Metric {
  readonly samples: readonly Sample[];
}

/** All figures at one instant. */
export interface Snapshot {
  readonly at: Instant;
  readonly families: readonly Family[];
}

const own = (name: string, help: string, labels: readonly string[] = []): Metric => ({
  name,
  type: "gauge",
  help,
  labels,
});

export const OWN_METRICS = {
  info: own(
    "gpu_ledger_info",
    "1, with the version of the product, the currency of amounts and the billing time zone.",
    ["version", "currency", "zone"],
  ),
  at: own("gpu_ledger_metrics_timestamp_seconds", "When the figures of the ledger were read from its database."),
  up: own(
    "gpu_ledger_metrics_group_up",
    "1: a group of figures was read; 0: reading it failed, and its metrics are absent.",
    ["group"],
  ),
  leftOut: own(
    "gpu_ledger_metrics_series_left_out",
    "Series that a metric has beyond METRICS_SERIES_LIMIT: those of the smallest values are left out.",
    ["metric"],
  ),
} as const;

/** Every metric of the ledger, in the order in which it is written; those of the process are not among them. */
export const LEDGER_METRICS: readonly Metric[] = [
  ...METRIC_GROUPS.flatMap((group) => group.metrics),
  ...Object.values(OWN_METRICS),
];

/**
 * Reads every group, one after the other: a scrape is never worth a burst of queries. A group that fails is logged, reported as not up, and
 * absent. @param limit most series of one metric; how many are left out is a metric itself.
 */
export async function readSnapshot(
  ctx: Ctx,
  { limit, version, groups = METRIC_GROUPS }: { limit: number; version: string; groups?: readonly MetricGroup[] },
): Promise<Snapshot> {
  const at = ctx.now();
  const families: Family[] = [];
  const up: Sample[] = [];
  for (const group of groups) {
    try {
      const samples = await group.read(ctx);
      for (const metric of group.metrics) families.push({ ...metric, samples: samples[metric.name] ?? [] });
      up.push({ labels: { group: group.name }, value: 1 });
    } catch (error) {
      ctx.log.error({ err: error, group: group.name }, "metrics could not be read");
      up.push({ labels: { group: group.name }, value: 0 });
    }
  }
  const cut = families.map((family) => ({ ...family, ...largest(family.samples, limit) }));
  const leftOut = cut.map(({ name, leftOut }) => ({ labels: { metric: name }, value: leftOut }));
  const info = { version, currency: ctx.ledger.currency, zone: ctx.ledger.zone };
  return {
    at,
    families: [
      ...cut.map(({ leftOut: _, ...family }) => family),
      { ...OWN_METRICS.info, samples: [{ labels: info, value: 1 }] },
      { ...OWN_METRICS.at, samples: [{ labels: {}, value: at }] },
      { ...OWN_METRICS.up, samples: up },
      { ...OWN_METRICS.leftOut, samples: leftOut.filter((s) => s.value > 0) },
    ],
  };
}

/** The samples with the largest absolute values, in their order, and how many there are besides. */
export function largest(samples: readonly Sample[], limit: number): { samples: readonly Sample[]; leftOut: number } {
  if (samples.length <= limit) return { samples, leftOut: 0 };
  const kept = new Set([...samples].sort((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, limit));
  return { samples: samples.filter((s) => kept.has(s)), leftOut: samples.length - limit };
}
