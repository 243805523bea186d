import { classProperty, type UsageClass } from "@/lib/classes.ts";
import { floorTo, type Instant, type Interval } from "@/lib/time.ts";
import type { Segment } from "./classify.ts";
import { add, type Quantities, raise } from "./quantities.ts";
import { INEFFICIENT_SHARE, type MeterRules } from "./types.ts";

/**
 * Adds the segments of one slot to the usage of each bucket that they touch, inside `range`.
 *
 * Busy time of a bucket is `inefficient` if the 95th percentile of utilisation over the observed seconds of the slot in
 * that bucket (weighted by time: the smallest value that 95 % of them do not exceed) is below the threshold, else
 * `active`.
 * @param usageOf the record that takes the quantities of a bucket.
 * @returns how many samples reported more than 100 %.
 */
export function integrateSlot(
  segments: readonly Segment[],
  milli: number,
  range: Interval,
  rules: MeterRules,
  usageOf: (bucketAt: Instant) => Quantities,
): number {
  const bucket = rules.bucketSeconds;
  const low = rules.inefficientPercent * 100;
  let current = Number.NaN;
  let busy = 0;
  let observed = 0;
  let belowThreshold = 0;
  let clamped = 0;
  let usage: Quantities | undefined;
  const flush = () => {
    if (usage && busy > 0) {
      const inefficient = belowThreshold * 100 >= observed * INEFFICIENT_SHARE;
      add(usage, classProperty(inefficient ? "inefficient" : "active", "milli"), busy * milli);
    }
    busy = observed = belowThreshold = 0;
  };
  for (const segment of segments) {
    if (segment.end <= range.start) continue;
    if (segment.start >= range.end) break;
    if (segment.clamped) clamped++;
    const end = Math.min(segment.end, range.end);
    for (let at = Math.max(segment.start, range.start); at < end; ) {
      const bucketAt = floorTo(at, bucket);
      const until = Math.min(end, bucketAt + bucket);
      if (bucketAt !== current) {
        flush();
        current = bucketAt;
        usage = usageOf(bucketAt);
      }
      const seconds = until - at;
      const record = usage as Quantities;
      if (segment.class === "busy") busy += seconds;
      else add(record, classProperty(segment.class as UsageClass, "milli"), seconds * milli);
      if (segment.centi !== null) {
        observed += seconds;
        if (segment.centi < low) belowThreshold += seconds;
        add(record, "observedMilli", seconds * milli);
        add(record, "utilisationWeighted", segment.centi * seconds * milli);
        raise(record, "utilisationPeakCenti", segment.centi);
      }
      at = until;
    }
  }
  flush();
  return clamped;
}
