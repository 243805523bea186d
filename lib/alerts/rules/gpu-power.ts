import { formatMoment, formatNumber } from "@/lib/format.ts";
import { MINUTE } from "@/lib/time.ts";
import { listCardMeans } from "./gpu-load.ts";
import { defineRule } from "./rule.ts";

export const gpuPower = defineRule({
  kind: "gpu-power",
  title: "GPU power",
  help: "A card draws more than so many watts, on average over a quarter of an hour. Where no source reports power, it never fires.",
  ...{ scope: "ledger", audience: "admin", severity: "warning", holdSeconds: 0, repeatSeconds: 0 },
  everySeconds: 5 * MINUTE,
  threshold: { label: "More watts than", unit: "count", least: 1, most: 5000, usual: 700 },
  async read(ctx, { threshold }) {
    const cards = await listCardMeans(ctx, "power_watts");
    return cards
      .filter(({ mean }) => mean > threshold)
      .map(({ cluster, node, gpu, gpuModel, mean, newestAt }) => ({
        subject: `${cluster}/${node}/${gpu}`,
        title: `${gpuModel || "A GPU"} of ${node} draws ${formatNumber(mean, 0)} W`,
        summary: `That is more than ${formatNumber(threshold, 0)} W, on average over the quarter of an hour up to ${formatMoment(newestAt, ctx.ledger.zone)}.`,
        facts: [
          { label: "Cluster", value: cluster },
          { label: "Node", value: node },
          { label: "GPU", value: gpu },
        ],
        link: "/gpus",
      }));
  },
  history: async () => null,
});
