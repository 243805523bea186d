import { CLASSES } from "@/lib/classes.ts";
import { defineGroup, samplesOf, sumOver } from "@/lib/metrics/metric.ts";
import { loadClusterNames, loadFleetRows, loadHolders } from "./fleet-load.ts";

/** What the cards do at the newest metered instant, and what those that are held cost an hour. */
export const fleetGroup = defineGroup({
  name: "fleet",
  metrics: [
    {
      name: "gpu_ledger_gpus",
      type: "gauge",
      help: `GPUs at the newest metered instant by class (${CLASSES.join(", ")}); their sum is the capacity.`,
      labels: ["cluster", "gpu_model", "class"],
    },
    {
      name: "gpu_ledger_team_gpus",
      type: "gauge",
      help: "GPUs that workloads of a team hold at the newest metered instant, by class. An empty team: never charged yet.",
      labels: ["team", "class"],
    },
    {
      name: "gpu_ledger_team_cost_per_hour",
      type: "gauge",
      help: "What the GPUs that a team holds now cost an hour, at the price of each workload's newest charge.",
      labels: ["team", "gpu_model", "currency"],
    },
    {
      name: "gpu_ledger_unpriced_gpus",
      type: "gauge",
      help: "GPUs that workloads hold now and that are in no cost per hour, because they have no charge yet.",
      labels: ["cluster"],
    },
    {
      name: "gpu_ledger_metered_timestamp_seconds",
      type: "gauge",
      help: "The newest metered instant of a cluster.",
      labels: ["cluster"],
    },
  ],
  async read(ctx) {
    const [all, holders, clusterName] = await Promise.all([
      loadFleetRows(ctx.db),
      loadHolders(ctx.db),
      loadClusterNames(ctx.db),
    ]);
    const rows = all.map((r) => ({ ...r, cluster: clusterName(r.clusterId), holder: holders.get(r.workloadKey) }));
    const held = rows.filter((r) => r.workloadKey !== 0);
    const { currency } = ctx.ledger;
    const gpus = (r: { readonly milli: number }) => r.milli / 1000;
    return {
      gpu_ledger_gpus: sumOver(rows, (r) => ({ cluster: r.cluster, gpu_model: r.gpuModel, class: r.class }), gpus),
      gpu_ledger_team_gpus: sumOver(held, (r) => ({ team: r.holder?.team ?? "", class: r.class }), gpus),
      gpu_ledger_team_cost_per_hour: sumOver(
        held.flatMap((r) => (r.holder ? [{ ...r, ...r.holder }] : [])),
        (r) => ({ team: r.team, gpu_model: r.gpuModel, currency }),
        (r) => (r.hourRate * r.milli) / 1e6,
      ),
      gpu_ledger_unpriced_gpus: sumOver(
        held,
        (r) => ({ cluster: r.cluster }),
        (r) => (r.holder ? 0 : gpus(r)),
      ),
      gpu_ledger_metered_timestamp_seconds: samplesOf(
        Map.groupBy(rows, (r) => r.cluster),
        ([cluster]) => ({ cluster }),
        ([, slots]) => Math.max(...slots.map((s) => s.asOfAt)),
      ),
    };
  },
});
