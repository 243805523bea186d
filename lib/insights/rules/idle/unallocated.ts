import { percentText, point, spanText } from "@/lib/insights/rules/measure.ts";
import type { RuleWords, Thresholds, Verdict } from "@/lib/insights/rules/rule.ts";

/** What one hour of hardware looked like, in milli-GPU-seconds. */
export interface HardwareHour {
  readonly capacityMilli: number;
  readonly unallocatedMilli: number;
  readonly seconds: number;
}

export const UNALLOCATED: RuleWords = {
  slug: "unallocated",
  version: 1,
  group: "idle",
  title: "Unallocated cards",
  meaning: "Whole cards that nobody held for hours, on hardware that the platform pays for.",
  advice: "Lower the number of nodes, offer the cards to preemptible work, or see which quota keeps others out.",
  severity: "info",
  audience: "admin",
};

export const UNALLOCATED_THRESHOLDS = {
  after_hours: { value: 6, help: "hours in a row" },
  cards: { value: 1, help: "least number of cards that were free throughout" },
} as const;

/**
 * Judges the last buckets of some hardware, oldest first; undefined: one that is not metered. The cards that were free
 * throughout are bounded by the bucket that had fewest.
 * @param t `after_hours` counts buckets here.
 * @param end index after the last of them.
 */
export function judgeUnallocated(
  last: readonly (HardwareHour | undefined)[],
  t: Thresholds,
  end = last.length,
): Verdict {
  const needed = t.after_hours ?? UNALLOCATED_THRESHOLDS.after_hours.value;
  if (last.length < needed || last.some((h) => h === undefined || h.capacityMilli === 0)) return { kind: "unknown" };
  const known = last as readonly HardwareHour[];
  const free = Math.min(...known.map((h) => h.unallocatedMilli / h.seconds));
  const least = t.cards ?? UNALLOCATED_THRESHOLDS.cards.value;
  if (free < 1000 * least) return { kind: "clear" };
  const cards = Math.floor(free / 1000);
  const now = known.at(-1) as HardwareHour;
  const share = (100 * now.unallocatedMilli) / now.capacityMilli;
  const seconds = known.reduce((sum, h) => sum + h.seconds, 0);
  const words = `At least ${cards} ${cards === 1 ? "card was" : "cards were"} free for ${spanText(seconds)}.`;
  const evidence = [
    point("scheduler", words, cards, least, 2),
    point("capacity", `${percentText(share)} of the hardware was free at the end of it.`, share),
  ];
  return { kind: "fires", evidence, since: end - needed, milli: Math.round(now.unallocatedMilli / now.seconds) };
}
