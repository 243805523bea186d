import { knownMicros, savingOf } from "../need.ts";
import type { SizeRule } from "../types.ts";

/** Fewer of its cards worked, in every quarter of an hour; no more is saved than what was idle. */
export const downsize: SizeRule = (u) => {
  if (u.busiestMilli === null || u.allocatedPeakMilli < 2000) return null;
  const held = Math.ceil(u.allocatedPeakMilli / 1000);
  const needed = Math.max(1, Math.ceil(u.busiestMilli / 1000));
  if (needed >= held) return null;
  return {
    kind: "downsize",
    title: `Ask for ${needed} instead of ${held} GPUs`,
    evidence: `At most ${needed} of ${held} GPUs worked in any quarter of an hour.`,
    savingMicros: Math.min(savingOf(knownMicros(u), needed, held), knownMicros(u, u.idleMilli)),
  };
};
