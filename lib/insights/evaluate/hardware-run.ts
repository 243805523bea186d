import type { Db } from "@/db/client.ts";
import { HARDWARE_RULES } from "@/lib/insights/rules/index.ts";
import { CLEAR, GONE, UNKNOWN } from "@/lib/insights/rules/measure.ts";
import { type HardwareRule, type Thresholds, thresholdsOf, type Verdict } from "@/lib/insights/rules/rule.ts";
import type { MeterRules } from "@/lib/metering/types.ts";
import { daysOf, HOUR, type Instant, type Interval } from "@/lib/time.ts";
import { matches } from "./facts-load.ts";
import { loadHardwareBuckets, loadMeteredInstants, type MeteredBucket } from "./hardware-store.ts";
import type { RuleSettings } from "./settings.ts";
import { cutAt, type Tracked, track } from "./track.ts";
import { type ExceptionRow, type FindingChange, loadTrackedOf } from "./tracked-store.ts";

export interface HardwareOptions {
  readonly meter: MeterRules;
  readonly settings: RuleSettings;
  readonly exceptions: readonly ExceptionRow[];
}

/**
 * Judges hardware by every rule about it: whole days from the one before the range, so that a day's loss is counted
 * whole. A finding about hardware that no bucket has any longer ends with its last one.
 * @param until up to where time is evaluated, the range included: what follows a changed bucket is judged again.
 */
export async function evaluateHardware(
  db: Db,
  clusterId: string,
  range: Interval,
  until: Instant,
  { meter, settings, exceptions }: HardwareOptions,
): Promise<FindingChange[]> {
  const judging = HARDWARE_RULES.flatMap((rule) => {
    const mine = settings.of(rule.slug);
    return mine === "off" ? [] : [{ rule, thresholds: thresholdsOf(rule, mine) }];
  });
  const lookback = Math.max(24, ...judging.map(({ rule, thresholds }) => rule.hours(thresholds))) * HOUR;
  // What is found in the first hours of the range was lost before it.
  const first = daysOf({ start: range.start - lookback, end: range.end }, meter.billingTimeZone)[0];
  if (!first) return [];
  const time = { start: first.start - lookback, end: until - meter.bucketSeconds + 1 };
  const [buckets, metered] = await Promise.all([
    loadHardwareBuckets(db, clusterId, time),
    loadMeteredInstants(db, clusterId, time),
  ]);
  const bySubject = Map.groupBy(buckets, (b) => `${b.pool}/${b.model}`);
  const out: FindingChange[] = [];
  for (const { rule, thresholds } of judging) {
    const before = await loadTrackedOf(db, clusterId, rule.slug);
    const open = [...before].filter(([, { tracked }]) => tracked.endedAt === null).map(([subject]) => subject);
    for (const subject of new Set([...bySubject.keys(), ...open])) {
      const stored = before.get(subject)?.tracked ?? null;
      const prior = stored && cutAt(stored, first.start);
      const excepted = exceptions.filter((e) => concerns(e, rule.slug, clusterId, subject));
      const own = bySubject.get(subject) ?? [];
      const followed = { own, metered, from: first.start, prior, rule, thresholds, excepted };
      const { state, losses } = followHardware(followed, meter.bucketSeconds);
      if (!state && !stored) continue;
      const about = { subjectKind: "hardware", subject, clusterId, workloadKey: 0, projectKey: 0 } as const;
      out.push({ ...about, rule, thresholds, state, losses, fromDay: first.key });
    }
  }
  return out;
}

const concerns = (e: ExceptionRow, rule: string, clusterId: string, subject: string): boolean =>
  e.kind === "hardware" && (e.rule === "" || e.rule === rule) && matches(`${clusterId}/${subject}`, e.pattern);

export interface Followed {
  readonly own: readonly MeteredBucket[];
  readonly metered: ReadonlySet<Instant>;
  readonly from: Instant;
  readonly prior: Tracked | null;
  readonly rule: HardwareRule;
  readonly thresholds: Thresholds;
  readonly excepted: readonly ExceptionRow[];
}

/** Judges the buckets of one hardware by one rule, one after the other. */
export function followHardware(
  { own, metered, from, prior, rule, thresholds, excepted }: Followed,
  bucketSeconds: number,
) {
  const begin = Math.min(from, own[0]?.bucketAt ?? from);
  const last = Math.max(own.at(-1)?.bucketAt ?? 0, ...metered);
  const count = Math.max(0, Math.round((last + bucketSeconds - begin) / bucketSeconds));
  const byTime = new Map(own.map((b) => [b.bucketAt, b]));
  const instant = (i: number) => begin + i * bucketSeconds;
  const buckets = Array.from({ length: count }, (_, i) => {
    const b = byTime.get(instant(i));
    return b && b.throughAt >= b.bucketAt + bucketSeconds ? { ...b, seconds: bucketSeconds } : undefined;
  });
  const needed = Math.max(1, Math.ceil((rule.hours(thresholds) * HOUR) / bucketSeconds));
  const judge = (to: number): Verdict => {
    const at = instant(to - 1);
    if (!byTime.has(at)) return metered.has(at) ? GONE : UNKNOWN;
    if (excepted.some((e) => e.createdAt <= at && at < e.expiresAt)) return CLEAR;
    return to < needed ? UNKNOWN : rule.judge(buckets.slice(to - needed, to), thresholds, to);
  };
  return track(prior, {
    from: Math.round((from - begin) / bucketSeconds),
    end: count,
    instant,
    index: (at) => Math.round((at - begin) / bucketSeconds),
    judge,
    lost: (i) => {
      const b = buckets[i];
      const milliSeconds = b ? rule.lost(b) : 0;
      return b && milliSeconds > 0 ? [{ pool: b.pool, model: b.model, milliSeconds }] : [];
    },
    severity: rule.severity,
    closeAfter: 1,
  });
}
