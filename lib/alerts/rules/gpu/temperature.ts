import { type CardFacts, cardFacts, EXAMPLE_CARD, readCardsNow } from "@/lib/alerts/cards/load.ts";
import { meanOf, pastOfCards } from "@/lib/alerts/cards/past-load.ts";
import { defineRule } from "@/lib/alerts/rules/rule.ts";
import { formatMoment, formatNumber } from "@/lib/format.ts";
import { MINUTE } from "@/lib/time.ts";

const titleOf = ({ gpuModel, node }: CardFacts, degrees: number): string =>
  `${gpuModel || "A GPU"} of ${node} is at ${formatNumber(degrees, 0)} °C`;

export const gpuTemperature = defineRule({
  kind: "gpu-temperature",
  title: "GPU temperature",
  help: "A card is hotter than so many degrees Celsius, on average over a quarter of an hour. Where no source reports temperatures, it never fires.",
  ...{ scope: "ledger", audience: "admin", severity: "warning", holdSeconds: 0, repeatSeconds: 0 },
  ...{ everySeconds: 5 * MINUTE, ofSamples: true },
  threshold: { label: "Hotter than (°C)", unit: "count", least: 30, most: 150, usual: 85 },
  sample: () => ({
    title: titleOf(EXAMPLE_CARD, 91),
    summary: "That is hotter than 85 °C, on average over the quarter of an hour up to 20 Nov 2026, 08:00.",
    facts: cardFacts(EXAMPLE_CARD),
    link: "/gpus",
  }),
  async read(ctx, asked) {
    const { threshold } = asked;
    const { cards, silent } = await readCardsNow(ctx, "temperature_celsius", "max", asked);
    const hot = cards.filter(({ mean }) => mean > threshold);
    return [
      ...silent,
      ...hot.map((card) => ({
        subject: card.subject,
        title: titleOf(card, card.mean),
        summary: `That is hotter than ${formatNumber(threshold, 0)} °C, on average over the quarter of an hour up to ${formatMoment(card.newestAt, ctx.ledger.zone)}.`,
        facts: cardFacts(card),
        link: "/gpus",
      })),
    ];
  },
  history: (ctx, { threshold }, span) =>
    pastOfCards(ctx, "temperature_celsius", "max", span, (card, values) => {
      const mean = meanOf(values);
      return mean > threshold ? { what: "hot", title: titleOf(card, mean) } : null;
    }),
});
