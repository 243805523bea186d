import type { WorkloadView } from "@/lib/insights/cells/view.ts";

/** One thing that speaks for a finding, with its numbers. Each family of signals counts as one kind of evidence. */
export interface Evidence {
  /** `utilisation`, `memory`, `power`, `sm`, `tensor`, `scheduler` and so on. */
  readonly kind: string;
  /** In words, for people who know their job: "No activity for 2 h 15 min". */
  readonly text: string;
  /** The figure, and the limit that it broke, in the unit of the text. */
  readonly value: number;
  readonly limit: number | null;
  readonly points: number;
}

/** A part of capacity that a finding says is lost: milli-GPU-seconds on hardware. */
export interface Loss {
  readonly pool: string;
  readonly model: string;
  readonly milliSeconds: number;
}

/**
 * What a rule says of a cell. `unknown`: data is missing or contradicts itself, which neither opens nor closes.
 * `gone`: the subject holds nothing.
 */
export type Verdict =
  | {
      readonly kind: "fires";
      readonly evidence: readonly Evidence[];
      /** Index of the cell from which on it is lost. */
      readonly since: number;
      /** Milli-GPUs concerned at present. */
      readonly milli: number;
      readonly severity?: Severity;
    }
  | { readonly kind: "clear" | "unknown" | "gone" };

export type Severity = "info" | "warning" | "critical";
export type Group = "idle" | "suspicious" | "sensor";

/** What suspicious workloads are listed by. */
export const TOPICS = ["health", "waste", "unusual"] as const;
export type Topic = (typeof TOPICS)[number];

/** Thresholds of a rule by name; minutes, percent or counts, as the name says. */
export type Thresholds = Readonly<Record<string, number>>;

export interface ThresholdHelp {
  readonly value: number;
  readonly help: string;
}

/** What every rule says about itself, whatever its subject. */
export interface RuleWords {
  readonly slug: string;
  readonly version: number;
  readonly group: Group;
  /** Of rules of the group `suspicious`. */
  readonly topic?: Topic;
  readonly title: string;
  /** What it means, without blame. */
  readonly meaning: string;
  readonly advice: string;
  /** Whether the advice is to stop the workload: then it names the command. */
  readonly stops?: true;
  readonly severity: Severity;
  /** `admin`: shown to administrators alone. */
  readonly audience: "owner" | "admin";
  /** What it reaches on labelled workloads (docs/findings.md), rounded to three decimals; a test measures it. Absent: another version's. */
  readonly measured?: { readonly precision: number; readonly recall: number };
}

/** A rule about one workload: all of it is one object in one file, and one line in rules/index.ts. */
export interface WorkloadRule<T extends Thresholds = Thresholds> extends RuleWords {
  readonly subject: "workload";
  readonly thresholds: { readonly [K in keyof T]: ThresholdHelp };
  /** Cells that it looks back from the one that it judges. */
  lookback(thresholds: T): number;
  /** Cells without the problem after which an episode ends; default 2. */
  readonly closeAfter?: number;
  /** @param end index after the cell that is judged. */
  judge(view: WorkloadView, end: number, thresholds: T): Verdict;
  /** What is lost in one cell while the finding is open. */
  lost(view: WorkloadView, index: number, thresholds: T): readonly Loss[];
}

/** What one bucket of hardware looked like, in milli-GPU-seconds. */
export interface HardwareBucket {
  readonly pool: string;
  readonly model: string;
  readonly capacityMilli: number;
  /** Nobody held it although the card was there. */
  readonly unallocatedMilli: number;
  /** Held by more than the hardware has. */
  readonly overlapMilli: number;
  readonly seconds: number;
}

/** A rule about hardware: a pool and model of a cluster. It judges whole metered buckets, one after the other. */
export interface HardwareRule extends RuleWords {
  readonly subject: "hardware";
  readonly thresholds: Readonly<Record<string, ThresholdHelp>>;
  /** Hours that it looks at, the judged bucket included. */
  hours(thresholds: Thresholds): number;
  /**
   * @param last the buckets of these hours, oldest first; undefined: one that is not metered. All are there.
   * @param end index after the last of them.
   */
  judge(last: readonly (HardwareBucket | undefined)[], thresholds: Thresholds, end: number): Verdict;
  /** Milli-GPU-seconds that are lost in one bucket while the finding is open. */
  lost(bucket: HardwareBucket): number;
}

/** Keeps the types of a rule's own thresholds inside, and none of them outside. */
export const defineRule = <const T extends Record<string, ThresholdHelp>>(
  rule: Omit<WorkloadRule<{ [K in keyof T]: number }>, "thresholds"> & { readonly thresholds: T },
): WorkloadRule => rule as unknown as WorkloadRule;

/** The values of a rule's thresholds: its own, with what the settings say instead. */
export function thresholdsOf(
  rule: { readonly thresholds: Readonly<Record<string, ThresholdHelp>> },
  given: Thresholds = {},
): Thresholds {
  return Object.fromEntries(Object.entries(rule.thresholds).map(([name, t]) => [name, given[name] ?? t.value]));
}
