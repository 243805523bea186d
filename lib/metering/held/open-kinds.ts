/** Open items: GPU time that is not charged, or not classed, because something is not known, or that does not fit together. */
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
  "sources-disagree",
  "unknown-node",
  "overlap",
] as const;
export type OpenKind = (typeof OPEN_KINDS)[number];
