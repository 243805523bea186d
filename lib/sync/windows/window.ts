import type { Interval } from "@/lib/time.ts";

/** A half-open span for which one source is asked about one subject, and how often it was. */
export interface SourceWindow extends Interval {
  readonly clusterId: string;
  readonly source: string;
  readonly subject: string;
  readonly stepSeconds: number;
  readonly backfillId: string;
  readonly attempts: number;
}

export type PlannedWindow = Omit<SourceWindow, "attempts">;
