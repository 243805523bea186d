import { CLEAR, percentText, point, spanText, UNKNOWN } from "@/lib/insights/rules/measure.ts";
import type { HardwareRule } from "@/lib/insights/rules/rule.ts";

/** Metering measures it: what workloads hold beyond the cards that there are. */
export const overlap: HardwareRule = {
  slug: "overlap",
  version: 1,
  group: "sensor",
  title: "More GPUs held than there are",
  meaning:
    "Workloads hold more of some hardware than it has, by what the sources report: the same cards are counted twice.",
  advice:
    "Look at the workloads of the nodes on the page GPUs, and at pods that ended without being reported. It blocks the close of a period.",
  severity: "warning",
  audience: "admin",
  measured: { precision: 1, recall: 1 },
  subject: "hardware",
  thresholds: { card_minutes: { value: 10, help: "card-minutes of overlap in a bucket of the ledger" } },
  hours: () => 1,
  judge: (last, t, end) => {
    const now = last.at(-1);
    if (!now) return UNKNOWN;
    const seconds = now.overlapMilli / 1000;
    const least = t.card_minutes ?? 10;
    if (seconds < least * 60) return CLEAR;
    const share = now.capacityMilli ? (100 * now.overlapMilli) / now.capacityMilli : 100;
    const evidence = [
      point(
        "scheduler",
        `${spanText(seconds)} of cards held twice within ${spanText(now.seconds)}.`,
        seconds / 60,
        least,
        2,
      ),
      point("capacity", `${percentText(share)} beyond the capacity of the hardware.`, share),
    ];
    return { kind: "fires", evidence, since: end - 1, milli: Math.round(now.overlapMilli / now.seconds) };
  },
  // The cards exist once: nothing is lost.
  lost: () => 0,
};
