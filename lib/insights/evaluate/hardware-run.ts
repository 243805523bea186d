import type { Db } from "@/db/client.ts";
import { thresholdsOf } from "@/lib/insights/rules/rule.ts";
import { judgeUnallocated, UNALLOCATED, UNALLOCATED_THRESHOLDS } from "@/lib/insights/rules/unallocated.ts";
import type { MeterRules } from "@/lib/metering/types.ts";
import { daysOf, HOUR, type Interval } from "@/lib/time.ts";
import { type HardwareBucket, loadHardwareBuckets } from "./hardware-store.ts";
import type { RuleSettings } from "./settings.ts";
import { cutAt, track } from "./track.ts";
import { type FindingChange, loadTrackedOf } from "./tracked-store.ts";

/**
 * Judges capacity that nobody held, by hardware: whole days from the one before the range, so that a day's loss is
 * counted whole.
 */
export async function evaluateHardware(
  db: Db,
  clusterId: string,
  range: Interval,
  { meter, settings }: { readonly meter: MeterRules; readonly settings: RuleSettings },
): Promise<FindingChange[]> {
  const mine = settings.of(UNALLOCATED.slug);
  if (mine === "off") return [];
  const thresholds = thresholdsOf({ thresholds: UNALLOCATED_THRESHOLDS }, mine);
  const lookback = Math.max(thresholds.after_hours ?? 0, 24) * HOUR;
  // What is found in the first hours of the range was lost before it.
  const first = daysOf({ start: range.start - lookback, end: range.end }, meter.billingTimeZone)[0];
  if (!first) return [];
  const end = { start: first.start - lookback, end: Number.MAX_SAFE_INTEGER };
  const [buckets, before] = await Promise.all([
    loadHardwareBuckets(db, clusterId, end, meter.bucketSeconds),
    loadTrackedOf(db, clusterId, UNALLOCATED.slug),
  ]);
  const out: FindingChange[] = [];
  for (const [subject, own] of Map.groupBy(buckets, (b) => `${b.pool}/${b.model}`)) {
    const stored = before.get(subject)?.tracked ?? null;
    const prior = stored && cutAt(stored, first.start);
    const { state, losses } = follow(own, first.start, prior, thresholds, meter.bucketSeconds);
    if (!state && !stored) continue;
    const about = { subjectKind: "hardware", subject, clusterId, workloadKey: 0, projectKey: 0 } as const;
    out.push({ ...about, rule: UNALLOCATED, thresholds, state, losses, fromDay: first.key });
  }
  return out;
}

function follow(
  own: readonly HardwareBucket[],
  from: number,
  prior: Parameters<typeof track>[0],
  thresholds: Readonly<Record<string, number>>,
  bucketSeconds: number,
) {
  const begin = Math.min(from, own[0]?.bucketAt ?? from);
  const end = (own.at(-1)?.bucketAt ?? from - bucketSeconds) + bucketSeconds;
  const byTime = new Map(own.map((b) => [b.bucketAt, b]));
  const count = Math.max(0, Math.round((end - begin) / bucketSeconds));
  const perHour = 3600 / bucketSeconds;
  const hours = Array.from({ length: count }, (_, i) => {
    const b = byTime.get(begin + i * bucketSeconds);
    return b && { capacityMilli: b.capacityMilli, unallocatedMilli: b.unallocatedMilli, seconds: bucketSeconds };
  });
  const inBuckets = { ...thresholds, after_hours: (thresholds.after_hours ?? 6) * perHour };
  const index = (at: number) => Math.round((at - begin) / bucketSeconds);
  return track(prior, {
    from: index(from),
    end: count,
    instant: (i) => begin + i * bucketSeconds,
    index,
    judge: (to) => judgeUnallocated(hours.slice(Math.max(0, to - inBuckets.after_hours), to), inBuckets, to),
    lost: (i) => {
      const b = byTime.get(begin + i * bucketSeconds);
      return b?.unallocatedMilli ? [{ pool: b.pool, model: b.model, milliSeconds: b.unallocatedMilli }] : [];
    },
    severity: UNALLOCATED.severity,
    closeAfter: 1,
  });
}
