/** Percentage of the observed time of a slot in a bucket that must be below the threshold for it to be inefficient. */
export const INEFFICIENT_SHARE = 95;

/** The thresholds by which GPU-seconds are classed. Stored with each metered bucket. */
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
