/**
 * The ten classes of a GPU-second, in the order in which the first match wins (docs/accounting.md §4).
 * The first three are of nobody, but `down` is a workload's when its own node fails; a workload holds the rest.
 */
export const CLASSES = [
  "down",
  "unknown",
  "unallocated",
  "starting",
  "no-data",
  "dead-idle",
  "idle-held",
  "warm-serving",
  "inefficient",
  "active",
] as const;
export type UsageClass = (typeof CLASSES)[number];

/** What each class means, whatever the thresholds; meanings.ts tells it with those in force. */
export const CLASS_MEANING: Readonly<Record<UsageClass, { label: string; meaning: string }>> = {
  down: { label: "Down", meaning: "The node was not ready, or the card was gone while its node was known." },
  unknown: { label: "Unknown", meaning: "Nobody could see the node or card then." },
  unallocated: { label: "Unallocated", meaning: "The card was free." },
  starting: { label: "Starting", meaning: "Allocated, before the first activity." },
  "no-data": { label: "No data", meaning: "Allocated, but no utilisation sample covers it." },
  "dead-idle": { label: "Dead idle", meaning: "No activity for a while, and almost no memory held." },
  "idle-held": { label: "Idle, memory held", meaning: "No activity for a while, while holding memory." },
  "warm-serving": { label: "Warm serving", meaning: "An inference workload waiting for requests." },
  inefficient: { label: "Inefficient", meaning: "Active, but nearly all of the time at low utilisation." },
  active: { label: "Active", meaning: "Working." },
};

/** Share of a slot's observed time in a bucket that must be below the threshold for it to be inefficient: its 95th percentile is. */
export const INEFFICIENT_SHARE = 95;

/** Classes that a workload holds: their sum is its allocation. */
export const HELD_CLASSES = CLASSES.filter((c) => c !== "unknown" && c !== "unallocated");

const COLUMNS = Object.fromEntries(CLASSES.map((c) => [c, `${c.replaceAll("-", "_")}_milli`]));
const PROPERTIES = Object.fromEntries(
  CLASSES.map((c) => [c, `${c.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())}Milli`]),
);
/** The column of a usage table that holds a class, as `active_milli`. */
export const classColumn = (c: UsageClass): string => COLUMNS[c] as string;
/** The property of a usage row that holds a class, as `activeMilli`. */
export const classProperty = (c: UsageClass): string => PROPERTIES[c] as string;

/** How GPU-seconds are classed. Stored with each metered bucket. */
export interface MeterRules {
  readonly startingGraceSeconds: number;
  readonly idleAfterSeconds: number;
  readonly heldMemoryPercent: number;
  readonly heldMemoryMib: number;
  readonly inefficientPercent: number;
  /** SM or DRAM activity above this is activity; utilisation counts above 0. */
  readonly activityPercent: number;
  /** A sample holds until the next, at most this many steps. */
  readonly holdSteps: number;
  readonly bucketSeconds: number;
  readonly billingTimeZone: string;
}

export const DEFAULT_RULES: MeterRules = {
  startingGraceSeconds: 900,
  idleAfterSeconds: 600,
  heldMemoryPercent: 2,
  heldMemoryMib: 512,
  inefficientPercent: 25,
  activityPercent: 1,
  holdSteps: 2.5,
  bucketSeconds: 3600,
  billingTimeZone: "UTC",
};
