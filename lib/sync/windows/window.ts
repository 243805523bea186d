import type { Interval } from "@/lib/time.ts";

/** A span of time that one source is asked about one subject for, and how often it was. */
export interface SourceWindow extends Interval {
  readonly clusterId: string;
  readonly source: string;
  readonly subject: string;
  readonly stepSeconds: number;
  readonly backfillId: string;
  readonly attempts: number;
}

export type PlannedWindow = Omit<SourceWindow, "attempts">;
