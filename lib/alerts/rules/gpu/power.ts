import { type CardFacts, cardFacts, EXAMPLE_CARD, readCardsNow } from "@/lib/alerts/cards/load.ts";
import { meanOf, pastOfCards } from "@/lib/alerts/cards/past-load.ts";
import { defineRule } from "@/lib/alerts/rules/rule.ts";
import { formatMoment, formatNumber } from "@/lib/format.ts";
import { MINUTE } from "@/lib/time.ts";

const titleOf = ({ gpuModel, node }: CardFacts, watts: number): string =>
  `${gpuModel || "A GPU"} of ${node} draws ${formatNumber(watts, 0)} W`;

export const gpuPower = defineRule({
  kind: "gpu-power",
  title: "GPU power",
  help: "A card draws more than so many watts, on average over a quarter of an hour. Where no source reports power, it never fires.",
  ...{ scope: "ledger", audience: "admin", severity: "warning", holdSeconds: 0, repeatSeconds: 0 },
  ...{ everySeconds: 5 * MINUTE, ofSamples: true },
  threshold: { label: "More watts than", unit: "count", least: 1, most: 5000, usual: 700 },
  sample: () => ({
    title: titleOf(EXAMPLE_CARD, 742),
    summary: "That is more than 700 W, on average over the quarter of an hour up to 20 Nov 2026, 08:00.",
    facts: cardFacts(EXAMPLE_CARD),
    link: "/gpus",
  }),
  async read(ctx, asked) {
    const { threshold } = asked;
    const { cards, silent } = await readCardsNow(ctx, "power_watts", "sum", asked);
    const over = cards.filter(({ mean }) => mean > threshold);
    return [
      ...silent,
      ...over.map((card) => ({
        subject: card.subject,
        title: titleOf(card, card.mean),
        summary: `That is more than ${formatNumber(threshold, 0)} W, on average over the quarter of an hour up to ${formatMoment(card.newestAt, ctx.ledger.zone)}.`,
        facts: cardFacts(card),
        link: "/gpus",
      })),
    ];
  },
  history: (ctx, { threshold }, span) =>
    pastOfCards(ctx, "power_watts", "sum", span, (card, values) => {
      const mean = meanOf(values);
      return mean > threshold ? { what: "over", title: titleOf(card, mean) } : null;
    }),
});
