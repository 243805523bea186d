import { CLEAR, cellsOfMinutes, GONE, milliOf, point, UNKNOWN } from "@/lib/insights/rules/measure.ts";
import { defineRule } from "@/lib/insights/rules/rule.ts";

export const nodesFragmented = defineRule({
  slug: "nodes-fragmented",
  version: 1,
  group: "suspicious",
  topic: "waste",
  title: "Spread over more nodes than needed",
  meaning:
    "One job runs on more nodes than its cards need: they talk over the network, and whole nodes stay blocked for others.",
  advice: "Ask for whole nodes, or for topology-aware placement.",
  severity: "info",
  audience: "owner",
  measured: { precision: 1, recall: 1 },
  subject: "workload",
  thresholds: { after_minutes: { value: 60, help: "minutes in a row" } },
  lookback: (t) => cellsOfMinutes(t.after_minutes),
  judge: (view, end, t) => {
    const held = view.heldIn(end - 1);
    if (!held.length) return GONE;
    const from = end - cellsOfMinutes(t.after_minutes);
    if (from < 0 || view.facts.category !== "Train") return CLEAR;
    if (held.some((s) => !s.facts.node)) return UNKNOWN;
    const spread = (index: number) => {
      const slots = view.heldIn(index);
      const nodes = new Set(slots.map((s) => s.facts.node));
      const sizes = [...nodes].map((n) => view.facts.nodeGpus[n] ?? 0);
      const largest = Math.max(0, ...sizes);
      return {
        nodes: nodes.size,
        needed: largest ? Math.ceil(milliOf(slots) / 1000 / largest) : nodes.size,
        gpus: milliOf(slots) / 1000,
      };
    };
    for (let i = from; i < end; i++) {
      const { nodes, needed } = spread(i);
      if (nodes <= needed) return CLEAR;
    }
    const { nodes, needed, gpus } = spread(end - 1);
    if (gpus < 2) return CLEAR;
    const evidence = [
      point("scheduler", `${gpus.toFixed(0)} GPUs on ${nodes} nodes; ${needed} would do.`, nodes, needed, 2),
    ];
    return { kind: "fires", evidence, since: from, milli: milliOf(held) };
  },
  lost: () => [],
});
