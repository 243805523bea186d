import { formatMoment, formatNumber } from "@/lib/format.ts";
import { MINUTE } from "@/lib/time.ts";
import { cardFacts, readCardsNow } from "./gpu-load.ts";
import { defineRule } from "./rule.ts";

export const gpuPower = defineRule({
  kind: "gpu-power",
  title: "GPU power",
  help: "A card draws more than so many watts, on average over a quarter of an hour. Where no source reports power, it never fires.",
  ...{ scope: "ledger", audience: "admin", severity: "warning", holdSeconds: 0, repeatSeconds: 0 },
  everySeconds: 5 * MINUTE,
  threshold: { label: "More watts than", unit: "count", least: 1, most: 5000, usual: 700 },
  async read(ctx, asked) {
    const { threshold } = asked;
    const { cards, silent } = await readCardsNow(ctx, "power_watts", "sum", asked);
    const hot = cards.filter(({ mean }) => mean > threshold);
    return [
      ...silent,
      ...hot.map((card) => ({
        subject: card.subject,
        title: `${card.gpuModel || "A GPU"} of ${card.node} draws ${formatNumber(card.mean, 0)} W`,
        summary: `That is more than ${formatNumber(threshold, 0)} W, on average over the quarter of an hour up to ${formatMoment(card.newestAt, ctx.ledger.zone)}.`,
        facts: cardFacts(card),
        link: "/gpus",
      })),
    ];
  },
  history: async () => null,
});
