/** What can be done so that a workload costs what it needs. */
export const KINDS = ["terminate", "downsize", "smaller-card", "fraction", "consolidate", "spot", "upsize"] as const;
export type Kind = (typeof KINDS)[number];
/** What exceptions about advice have in place of a rule. */
export const ADVICE = "right-sizing";
export const CONFIDENCES = ["high", "medium", "low"] as const;
export type Confidence = (typeof CONFIDENCES)[number];

/** What a workload held, did and cost on one GPU model over some days. Milli-GPU-seconds and micro-units. */
export interface Use {
  readonly workloadKey: number;
  readonly clusterId: string;
  readonly gpuModel: string;
  readonly category: string;
  readonly projectKey: number;
  /** Null: no source says. */
  readonly preemptible: boolean | null;
  readonly running: boolean;
  readonly heldMilli: number;
  /** Wall-clock seconds in which it held GPUs. */
  readonly heldSeconds: number;
  readonly observedMilli: number;
  readonly expectedMilli: number;
  /** Of the time with a class: dead idle and idle with memory; warm; below the limit of efficiency; well used. */
  readonly idleMilli: number;
  readonly warmMilli: number;
  readonly inefficientMilli: number;
  readonly activeMilli: number;
  /** The most at one instant, in milli-GPUs. */
  readonly allocatedPeakMilli: number;
  /** The most milli-GPUs that may have worked within one quarter of an hour; null: not read, or not known for all of its time. */
  readonly busiestMilli: number | null;
  /** The most memory at one instant, of all its cards together; null: never observed. */
  readonly memoryPeakMib: number | null;
  /** Charged for GPU time at all terms, and at standard terms. */
  readonly spentMicros: number;
  readonly standardMicros: number;
}

/** Prices of a GPU-hour in force, by model and terms, in billionths. */
export interface Offer {
  readonly clusterId: string;
  readonly gpuModel: string;
  readonly standardNanos: number | null;
  readonly spotNanos: number | null;
}

export interface Advice {
  readonly kind: Kind;
  /** What to do, in a few words. */
  readonly title: string;
  /** What speaks for it, with numbers. */
  readonly evidence: string;
  /** Of what was spent, the part that would not have been; null: it would have cost more. */
  readonly savingMicros: number | null;
}

export interface Recommendation extends Advice {
  readonly uses: readonly Use[];
  readonly spentMicros: number;
  readonly coveragePercent: number;
  readonly confidence: Confidence;
}

/** One rule: a file each in rules/, one line each in recommend.ts. */
export type SizeRule = (use: Use, offers: readonly Offer[]) => Advice | null;
