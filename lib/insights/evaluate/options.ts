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
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((buckets: number) => void) | undefined;
}
