import type { Instant } from "@/lib/time.ts";

/** From an instant on, burst capacity is on or off, until the next of these. */
export interface BurstSwitch {
  readonly at: Instant;
  readonly isOn: boolean;
}

/** From an instant on, an hour of it costs so many micro-units of the ledger currency. */
export interface BurstRate {
  readonly fromAt: Instant;
  readonly rateMicros: number;
}

/** Where a switch was made. */
export const BURST_SOURCES = ["page", "api", "command", "setting"] as const;
export type BurstSource = (typeof BURST_SOURCES)[number];

export interface RecordedSwitch extends BurstSwitch {
  readonly source: BurstSource;
  readonly note: string;
  readonly recordedBy: string;
  readonly recordedAt: Instant;
}

export interface RecordedRate extends BurstRate {
  readonly recordedBy: string;
  readonly recordedAt: Instant;
}
