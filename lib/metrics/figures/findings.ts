import { listFindings } from "@/lib/insights/findings/load.ts";
import { defineGroup, sumOver } from "@/lib/metrics/metric.ts";

/** Findings that nobody resolved, and what they cost. */
export const findingGroup = defineGroup({
  name: "findings",
  metrics: [
    {
      name: "gpu_ledger_findings_open",
      type: "gauge",
      help: "Findings that hold now, by rule, severity and what people said of them.",
      labels: ["rule", "severity", "state"],
    },
    {
      name: "gpu_ledger_findings_cost_per_hour",
      type: "gauge",
      help: "What the findings that hold now lose an hour; those without a price are not in it.",
      labels: ["rule", "currency"],
    },
    {
      name: "gpu_ledger_findings_gpus",
      type: "gauge",
      help: "GPUs that the findings that hold now are about. One GPU can be in findings of several rules.",
      labels: ["rule"],
    },
  ],
  async read(ctx) {
    const open = (await listFindings(ctx, { live: true })).filter((f) => f.state !== "resolved");
    const { currency } = ctx.ledger;
    return {
      gpu_ledger_findings_open: sumOver(
        open,
        ({ rule, severity, state }) => ({ rule, severity, state }),
        () => 1,
      ),
      gpu_ledger_findings_cost_per_hour: sumOver(
        open.flatMap((f) => (f.hourMicros === null ? [] : [{ rule: f.rule, micros: f.hourMicros }])),
        ({ rule }) => ({ rule, currency }),
        ({ micros }) => micros / 1e6,
      ),
      gpu_ledger_findings_gpus: sumOver(
        open,
        ({ rule }) => ({ rule }),
        ({ nowMilli }) => nowMilli / 1000,
      ),
    };
  },
});
