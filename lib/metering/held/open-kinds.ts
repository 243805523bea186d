/** Open items: GPU time that is not charged, or not classed, because something is not known (open-items.ts). */
export const OPEN_KINDS = [
  "gpus-unknown",
  "time-unknown",
  "outlives-workload",
  "unlisted-cards",
  "unlisted-holders",
  "cards-unknown",
  "runs-under",
  "card-without-gpus",
  "sensors-contradict",
] as const;
export type OpenKind = (typeof OPEN_KINDS)[number];
