import { savingOf } from "../need.ts";
import type { SizeRule } from "../types.ts";

/** Fewer of its cards worked, in every hour. */
export const downsize: SizeRule = (u) => {
  if (u.busiestMilli === null || u.allocatedPeakMilli < 2000) return null;
  const held = Math.ceil(u.allocatedPeakMilli / 1000);
  const needed = Math.max(1, Math.ceil(u.busiestMilli / 1000 - 0.01));
  if (needed >= held) return null;
  return {
    kind: "downsize",
    title: `Ask for ${needed} instead of ${held} GPUs`,
    evidence: `At most ${(u.busiestMilli / 1000).toFixed(1)} of ${held} GPUs worked in any hour.`,
    savingMicros: savingOf(u.spentMicros, needed, held),
  };
};
