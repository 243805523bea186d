import { classedMilli, knownMicros, observedHours, percent } from "../need.ts";
import type { SizeRule } from "../types.ts";

/** It did next to nothing for a day and more. Warm inference is not idle. */
export const terminate: SizeRule = (u) => {
  const all = classedMilli(u);
  if (u.category === "Deploy" || all === 0 || u.idleMilli < 0.95 * all) return null;
  return {
    kind: "terminate",
    title: u.running ? "Stop it" : "Do not start it again like this",
    evidence: `Idle for ${percent(u.idleMilli / all)} of ${observedHours(u).toFixed(0)} observed hours.`,
    savingMicros: knownMicros(u, u.idleMilli),
  };
};
