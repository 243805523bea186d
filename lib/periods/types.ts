import type { Instant } from "@/lib/time.ts";

export const PERIOD_STATES = ["open", "draft", "closed"] as const;
export type PeriodState = (typeof PERIOD_STATES)[number];

/** A billing period: whole days of the billing time zone, half-open. */
export interface BillingPeriod {
  /** `2026-10`, or `FY2026-P10` with a 4-4-5 calendar. */
  readonly id: string;
  readonly fiscalYear: number;
  readonly fromDay: number;
  readonly untilDay: number;
  readonly start: Instant;
  readonly end: Instant;
}
