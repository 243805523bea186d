import { type CardFacts, cardFacts, EXAMPLE_CARD, readCardsNow } from "@/lib/alerts/cards/load.ts";
import { pastOfCards } from "@/lib/alerts/cards/past-load.ts";
import { defineRule } from "@/lib/alerts/rules/rule.ts";
import { formatMoment } from "@/lib/format.ts";
import { MINUTE } from "@/lib/time.ts";

/** Errors that the program on the card causes as a rule: of it, not of the hardware. Source: NVIDIA's catalogue of XID errors. */
const OF_PROGRAMS: ReadonlySet<number> = new Set([13, 31, 43, 45, 68, 69]);
/** Errors after which a card is not to be used before somebody has looked: memory, link, and what falls off the bus. */
const OF_HARDWARE: Readonly<Record<number, string>> = {
  48: "an uncorrectable memory error",
  63: "a memory row was remapped",
  64: "a memory row could not be remapped",
  74: "an NVLink error",
  79: "the card has fallen off the bus",
  92: "many corrected memory errors",
  94: "a contained memory error",
  95: "an uncontained memory error",
  119: "the card's processor does not answer",
  120: "the card's processor failed",
};

const isFault = (code: number): boolean => code > 0 && !OF_PROGRAMS.has(code);
const titleOf = ({ gpuModel, node }: CardFacts, code: number): string =>
  `${gpuModel || "A GPU"} of ${node} reports XID ${code}${OF_HARDWARE[code] ? `: ${OF_HARDWARE[code]}` : ""}`;

export const gpuXid = defineRule({
  kind: "gpu-xid",
  title: "GPU error (XID)",
  help: "The last error that a card reports is one of the hardware or driver, not of the program on it. It stays until the driver is loaded again. Where no source reports XID errors, it never fires.",
  ...{ scope: "ledger", audience: "admin", severity: "warning", holdSeconds: 0, repeatSeconds: 0 },
  ...{ everySeconds: 5 * MINUTE, ofSamples: true },
  threshold: null,
  sample: () => ({
    title: titleOf(EXAMPLE_CARD, 79),
    summary: "Reported up to 20 Nov 2026, 08:00. Look at the log of the node before you give work to this card.",
    facts: [...cardFacts(EXAMPLE_CARD), { label: "XID", value: "79" }],
    link: "/gpus",
  }),
  async read(ctx, asked) {
    const { cards, silent } = await readCardsNow(ctx, "xid_code", "max", asked);
    const broken = cards.filter(({ newest }) => isFault(newest));
    return [
      ...silent,
      ...broken.map((card) => {
        const isHardware = OF_HARDWARE[card.newest] !== undefined;
        return {
          ...{ subject: card.subject, title: titleOf(card, card.newest) },
          ...(isHardware ? { level: 1, severity: "critical" as const } : {}),
          summary: `Reported up to ${formatMoment(card.newestAt, ctx.ledger.zone)}. Look at the log of the node before you give work to this card.`,
          facts: [...cardFacts(card), { label: "XID", value: String(card.newest) }],
          link: "/gpus",
        };
      }),
    ];
  },
  history: (ctx, _, span) =>
    pastOfCards(ctx, "xid_code", "max", span, (card, values) => {
      const code = values.at(-1) ?? 0;
      return isFault(code) ? { what: String(code), title: titleOf(card, code) } : null;
    }),
});
