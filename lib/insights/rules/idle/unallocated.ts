import { percentText, point, spanText, UNKNOWN } from "@/lib/insights/rules/measure.ts";
import type { HardwareRule } from "@/lib/insights/rules/rule.ts";

/** The cards that were free throughout are bounded by the bucket that had fewest. */
export const unallocated: HardwareRule = {
  slug: "unallocated",
  version: 1,
  group: "idle",
  title: "Unallocated cards",
  meaning: "As much as whole cards, in one piece or in parts, that nobody held for hours.",
  advice: "Lower the number of nodes, offer the cards to preemptible work, or see which quota keeps others out.",
  severity: "info",
  audience: "admin",
  measured: { precision: 1, recall: 0.979 },
  subject: "hardware",
  thresholds: {
    after_hours: { value: 6, help: "hours in a row" },
    cards: { value: 1, help: "least number of cards that were free throughout" },
  },
  hours: (t) => t.after_hours ?? 6,
  judge: (last, t, end) => {
    const known = last.filter((b) => b !== undefined && b.capacityMilli > 0) as Exclude<
      (typeof last)[number],
      undefined
    >[];
    const now = known.at(-1);
    if (!now || known.length < last.length) return UNKNOWN;
    const free = Math.min(...known.map((b) => b.unallocatedMilli / b.seconds));
    const least = t.cards ?? 1;
    if (free < 1000 * least) return { kind: "clear" };
    const cards = Math.floor(free / 1000);
    const share = (100 * now.unallocatedMilli) / now.capacityMilli;
    const seconds = known.reduce((sum, b) => sum + b.seconds, 0);
    const words = `At least ${cards} ${cards === 1 ? "GPU was" : "GPUs were"} free for ${spanText(seconds)}.`;
    const evidence = [
      point("scheduler", words, cards, least, 2),
      point("capacity", `${percentText(share)} of the hardware was free at the end of it.`, share),
    ];
    return { kind: "fires", evidence, since: end - last.length, milli: Math.round(now.unallocatedMilli / now.seconds) };
  },
  lost: (bucket) => bucket.unallocatedMilli,
};
