import { cardMemoryMib } from "@/lib/metering/held/card-memory.ts";
import { knownMicros, memoryShare, percent, savingOf, worksLittle } from "../need.ts";
import type { SizeRule, Use } from "../types.ts";

/** MIG slices as shares of a card's memory; models that have them. */
const SLICES = [1 / 8, 1 / 4, 1 / 2] as const;
const HAS_MIG = /A100|A30|H100|H200|H800|A800|B200/i;

/** The share of a card that a workload on one card needs; null: all of it, or unknown. */
export function shareOf(u: Use): number | null {
  const memory = memoryShare(u);
  if (memory === null || u.allocatedPeakMilli > 1000 || !(worksLittle(u) || isQuiet(u))) return null;
  const share = SLICES.find((s) => s >= memory);
  return share !== undefined && share * 1000 < u.allocatedPeakMilli ? share : null;
}

/** Waits for requests most of the time. */
const isQuiet = (u: Use): boolean =>
  u.category === "Deploy" && u.warmMilli >= 0.5 * (u.warmMilli + u.inefficientMilli + u.activeMilli + u.idleMilli);

/** A part of the card would do: a fraction, or a MIG slice where the card has them. */
export const fraction: SizeRule = (u) => {
  const share = shareOf(u);
  if (share === null) return null;
  const gib = (share * (cardMemoryMib(u.gpuModel) ?? 0)) / 1024;
  return {
    kind: "fraction",
    title: `Ask for ${share} of a card (${gib.toFixed(0)} GiB)${HAS_MIG.test(u.gpuModel) ? ", or a MIG slice of it" : ""}`,
    evidence: `Uses at most ${percent((memoryShare(u) ?? 0) / 1.2)} of the card's memory, and little of its time.`,
    savingMicros: savingOf(knownMicros(u), share * 1000, u.allocatedPeakMilli),
  };
};
