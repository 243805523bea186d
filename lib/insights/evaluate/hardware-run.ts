import type { Db } from "@/db/client.ts";
import { judgeUnallocated, UNALLOCATED, UNALLOCATED_THRESHOLDS } from "@/lib/insights/rules/idle/unallocated.ts";
import { CLEAR, GONE, UNKNOWN } from "@/lib/insights/rules/measure.ts";
import { type Thresholds, thresholdsOf, type Verdict } from "@/lib/insights/rules/rule.ts";
import type { MeterRules } from "@/lib/metering/types.ts";
import { daysOf, HOUR, type Instant, type Interval } from "@/lib/time.ts";
import { matches } from "./facts-load.ts";
import { type HardwareBucket, loadHardwareBuckets, loadMeteredInstants } from "./hardware-store.ts";
import type { RuleSettings } from "./settings.ts";
import { cutAt, type Tracked, track } from "./track.ts";
import { type ExceptionRow, type FindingChange, loadTrackedOf } from "./tracked-store.ts";

export interface HardwareOptions {
  readonly meter: MeterRules;
  readonly settings: RuleSettings;
  readonly exceptions: readonly ExceptionRow[];
}

/**
 * Judges capacity that nobody held, by hardware: whole days from the one before the range, so that a day's loss is
 * counted whole. A finding about hardware that no bucket has any longer ends with its last one.
 * @param until up to where time is evaluated, the range included: what follows a changed bucket is judged again.
 */
export async function evaluateHardware(
  db: Db,
  clusterId: string,
  range: Interval,
  until: Instant,
  { meter, settings, exceptions }: HardwareOptions,
): Promise<FindingChange[]> {
  const mine = settings.of(UNALLOCATED.slug);
  if (mine === "off") return [];
  const thresholds = thresholdsOf({ thresholds: UNALLOCATED_THRESHOLDS }, mine);
  const lookback = Math.max(thresholds.after_hours ?? 0, 24) * HOUR;
  // What is found in the first hours of the range was lost before it.
  const first = daysOf({ start: range.start - lookback, end: range.end }, meter.billingTimeZone)[0];
  if (!first) return [];
  const time = { start: first.start - lookback, end: until - meter.bucketSeconds + 1 };
  const [buckets, metered, before] = await Promise.all([
    loadHardwareBuckets(db, clusterId, time),
    loadMeteredInstants(db, clusterId, time),
    loadTrackedOf(db, clusterId, UNALLOCATED.slug),
  ]);
  const bySubject = Map.groupBy(buckets, (b) => `${b.pool}/${b.model}`);
  for (const [subject, { tracked }] of before)
    if (tracked.endedAt === null && !bySubject.has(subject)) bySubject.set(subject, []);
  const out: FindingChange[] = [];
  for (const [subject, own] of bySubject) {
    const stored = before.get(subject)?.tracked ?? null;
    const prior = stored && cutAt(stored, first.start);
    const excepted = exceptions.filter((e) => concerns(e, clusterId, subject));
    const followed = { own, metered, from: first.start, prior, thresholds, excepted };
    const { state, losses } = follow(followed, meter.bucketSeconds);
    if (!state && !stored) continue;
    const about = { subjectKind: "hardware", subject, clusterId, workloadKey: 0, projectKey: 0 } as const;
    out.push({ ...about, rule: UNALLOCATED, thresholds, state, losses, fromDay: first.key });
  }
  return out;
}

const concerns = (e: ExceptionRow, clusterId: string, subject: string): boolean =>
  e.kind === "hardware" &&
  (e.rule === "" || e.rule === UNALLOCATED.slug) &&
  matches(`${clusterId}/${subject}`, e.pattern);

interface Followed {
  readonly own: readonly HardwareBucket[];
  readonly metered: ReadonlySet<Instant>;
  readonly from: Instant;
  readonly prior: Tracked | null;
  readonly thresholds: Thresholds;
  readonly excepted: readonly ExceptionRow[];
}

function follow({ own, metered, from, prior, thresholds, excepted }: Followed, bucketSeconds: number) {
  const begin = Math.min(from, own[0]?.bucketAt ?? from);
  const last = Math.max(own.at(-1)?.bucketAt ?? 0, ...metered);
  const count = Math.max(0, Math.round((last + bucketSeconds - begin) / bucketSeconds));
  const byTime = new Map(own.map((b) => [b.bucketAt, b]));
  const instant = (i: number) => begin + i * bucketSeconds;
  const hours = Array.from({ length: count }, (_, i) => {
    const b = byTime.get(instant(i));
    if (!b || b.throughAt < b.bucketAt + bucketSeconds) return undefined;
    return { capacityMilli: b.capacityMilli, unallocatedMilli: b.unallocatedMilli, seconds: bucketSeconds };
  });
  const inBuckets = { ...thresholds, after_hours: (thresholds.after_hours ?? 6) * (HOUR / bucketSeconds) };
  const index = (at: Instant) => Math.round((at - begin) / bucketSeconds);
  const judge = (to: number): Verdict => {
    const at = instant(to - 1);
    if (!byTime.has(at)) return metered.has(at) ? GONE : UNKNOWN;
    if (excepted.some((e) => e.createdAt <= at && at < e.expiresAt)) return CLEAR;
    return judgeUnallocated(hours.slice(Math.max(0, to - inBuckets.after_hours), to), inBuckets, to);
  };
  return track(prior, {
    from: index(from),
    end: count,
    instant,
    index,
    judge,
    lost: (i) => {
      const b = byTime.get(instant(i));
      return b?.unallocatedMilli ? [{ pool: b.pool, model: b.model, milliSeconds: b.unallocatedMilli }] : [];
    },
    severity: UNALLOCATED.severity,
    closeAfter: 1,
  });
}
