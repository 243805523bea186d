import type { MeterRules } from "@/lib/metering/types.ts";
import type { Instant } from "@/lib/time.ts";
import type { RuleSettings } from "./settings.ts";

/** What an evaluation is made with. */
export interface InsightOptions {
  readonly meter: MeterRules;
  readonly settings: RuleSettings;
  readonly knownImages: readonly string[];
  /** Up to where buckets are metered. */
  readonly horizon: Instant;
  readonly stepSeconds: number;
  /** For how long samples are kept, in seconds. */
  readonly retentionSeconds: number;
  /** One of many evaluations that follow each other: between two rounds it leaves workloads that are at work to the next round. */
  readonly isTick?: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((buckets: number) => void) | undefined;
}
