import { CLASS_DEFINITIONS, CLASSES, type UsageClass } from "@/lib/classes.ts";
import { formatSeconds } from "@/lib/time.ts";
import { INEFFICIENT_SHARE, type MeterRules } from "./types.ts";

/** The meaning of each class, in a sentence with the thresholds of the rules. */
export function classMeanings(rules: MeterRules): Readonly<Record<UsageClass, string>> {
  const idle = `No activity for ${formatSeconds(rules.idleAfterSeconds)} or more`;
  const [share, memory] = [`${rules.heldMemoryPercent} % of the card's memory`, `${rules.heldMemoryMib} MiB`];
  const withThresholds: Partial<Record<UsageClass, string>> = {
    starting: `Allocated, before the first activity, for at most ${formatSeconds(rules.startingGraceSeconds)}.`,
    "dead-idle": `${idle}, and less than ${share}, or than ${memory}, held.`,
    "idle-held": `${idle}, while holding ${share} and ${memory} or more.`,
    inefficient: `Active, but ${INEFFICIENT_SHARE} % of the time below ${rules.inefficientPercent} % utilisation.`,
  };
  return Object.fromEntries(CLASSES.map((c) => [c, withThresholds[c] ?? CLASS_DEFINITIONS[c].meaning])) as Record<
    UsageClass,
    string
  >;
}
