import type { Metric, Sample } from "./metric.ts";
import type { Family, Snapshot } from "./snapshot.ts";

/** A name that an earlier platform used for one of our figures, so that its boards and rules go on working. */
export interface Alias extends Metric {
  /** The metric of ours that it is made of. */
  readonly of: string;
  /** What differs from the original, for the table of the documents. */
  readonly differs: string;
  readonly sampleOf: (sample: Sample) => Sample | null;
}

const team = ({ labels, value }: Sample): Sample => ({ labels: { team: labels.team ?? "" }, value });
const isIdle = ({ labels }: Sample): boolean => labels.class === "dead-idle" || labels.class === "idle-held";

/** Offered with METRICS_ALIASES=on. Labels that we do not have (node, cloud_provider) are left out: a query that sums over them is unchanged. */
export const ALIASES: readonly Alias[] = [
  {
    name: "ai_finops_gpu_cost_per_hour",
    type: "gauge",
    help: "Alias of gpu_ledger_team_cost_per_hour.",
    labels: ["team", "instance_type"],
    of: "gpu_ledger_team_cost_per_hour",
    differs: "`instance_type` is the GPU model; no `node`, no `cloud_provider`",
    sampleOf: ({ labels, value }) => ({
      labels: { team: labels.team ?? "", instance_type: labels.gpu_model ?? "" },
      value,
    }),
  },
  {
    name: "ai_finops_team_cost_daily",
    type: "gauge",
    help: "Alias of gpu_ledger_team_cost_today.",
    labels: ["team"],
    of: "gpu_ledger_team_cost_today",
    differs: "today so far, not 24 times the present rate",
    sampleOf: team,
  },
  {
    name: "ai_finops_gpu_cost_daily",
    type: "gauge",
    help: "Alias of gpu_ledger_team_usage_cost_today.",
    labels: ["team"],
    of: "gpu_ledger_team_usage_cost_today",
    differs: "today so far; without shares, imported cost and corrections",
    sampleOf: team,
  },
  {
    name: "ai_finops_idle_gpu_hours",
    type: "gauge",
    help: "Alias of gpu_ledger_team_gpu_seconds_today of the idle classes, in hours.",
    labels: ["team"],
    of: "gpu_ledger_team_gpu_seconds_today",
    differs: "idle by our classes, not utilisation below 20 %; no `node`",
    sampleOf: (sample) => (isIdle(sample) ? { ...team(sample), value: sample.value / 3600 } : null),
  },
  {
    name: "ai_finops_gpu_efficiency",
    type: "gauge",
    help: "Alias of gpu_ledger_team_efficiency_ratio, in percent.",
    labels: ["team"],
    of: "gpu_ledger_team_efficiency_ratio",
    differs: "active part of what was held this month, in percent; no `node`",
    sampleOf: (sample) => ({ ...team(sample), value: sample.value * 100 }),
  },
];

/** The aliases of a snapshot's figures; samples with the same labels are added up. */
export function aliasesOf({ families }: Snapshot): Family[] {
  return ALIASES.flatMap(({ of, differs: _, sampleOf, ...metric }) => {
    const family = families.find((f) => f.name === of);
    if (!family) return [];
    const sums = new Map<string, Sample>();
    for (const sample of family.samples.map(sampleOf)) {
      if (!sample) continue;
      const key = JSON.stringify(sample.labels);
      sums.set(key, { ...sample, value: sample.value + (sums.get(key)?.value ?? 0) });
    }
    return [{ ...metric, samples: [...sums.values()] }];
  });
}
