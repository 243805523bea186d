import type { Reader } from "@/db/client.ts";
import { allow } from "@/lib/auth/allow.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { sumExactly } from "@/lib/money.ts";
import { addDays, dateOf, dayKey, dayOfKey, daysBetween, type Instant } from "@/lib/time.ts";
import { type BurstSum, burstOver, onIntervals, rateAt } from "./amount.ts";
import { listOverQuota, listRates, listSwitches } from "./store.ts";
import type { RecordedRate, RecordedSwitch } from "./types.ts";

/** Day keys, half-open. */
interface Days {
  readonly from: number;
  readonly until: number;
}

export interface BurstDay extends BurstSum {
  readonly day: number;
  /** Use above the quota, which the ledger charges by itself: not in `micros`. 0: none was charged. */
  readonly overQuotaMicros: number;
  readonly overQuotaMilli: number;
}

/** Burst capacity by day, up to now. Days to come are not there. */
export async function readBurstDays(
  db: Reader,
  { now, zone }: { readonly now: Instant; readonly zone: string },
  { from, until }: Days,
): Promise<BurstDay[]> {
  const today = dayKey(dateOf(now, zone));
  const last = Math.min(until, addDays(today, 1));
  const [switches, rates, over] = await Promise.all([
    listSwitches(db),
    listRates(db),
    listOverQuota(db, { from, until: last }),
  ]);
  const on = onIntervals(switches, now);
  const overOf = new Map(over.map((o) => [o.day, o]));
  return Array.from({ length: Math.max(0, daysBetween(from, last)) }, (_, i) => {
    const day = addDays(from, i);
    const { start, end } = dayOfKey(day, zone);
    const { micros: overQuotaMicros = 0, milli: overQuotaMilli = 0 } = overOf.get(day) ?? {};
    return { day, ...burstOver(on, rates, { start, end: Math.min(end, now) }), overQuotaMicros, overQuotaMilli };
  });
}

/** Of days as one: unknown where that of any is. */
export function sumBurst(days: readonly BurstDay[]): BurstSum {
  const known = days.flatMap((d) => d.micros ?? []);
  const micros = known.length < days.length ? null : sumExactly(known);
  return { micros, seconds: days.reduce((sum, d) => sum + d.seconds, 0) };
}

/** How burst capacity stands. */
export interface BurstView {
  readonly isOn: boolean;
  /** Since when; null: it is off. */
  readonly since: Instant | null;
  /** For an hour, now; null: none is set. */
  readonly rateMicros: number | null;
  readonly today: BurstSum;
  /** The calendar month so far. */
  readonly month: BurstSum;
  readonly days: readonly BurstDay[];
  /** The newest first. */
  readonly switches: readonly RecordedSwitch[];
  readonly rates: readonly RecordedRate[];
}

/** Burst capacity on some days, and how it stands. @throws AppError `forbidden`. */
export async function loadBurst(ctx: Ctx, days: Days): Promise<BurstView> {
  allow(ctx.viewer, "burst.read");
  const [now, { zone }] = [ctx.now(), ctx.ledger];
  const today = dayKey(dateOf(now, zone));
  const month = { from: Math.floor(today / 100) * 100 + 1, until: addDays(today, 1) };
  const clock = { now, zone };
  const [switches, rates, own, ofMonth] = await Promise.all([
    listSwitches(ctx.db),
    listRates(ctx.db),
    readBurstDays(ctx.db, clock, days),
    readBurstDays(ctx.db, clock, month),
  ]);
  const current = onIntervals(switches, now + 1).at(-1);
  const isOn = switches.filter((s) => s.at <= now).at(-1)?.isOn ?? false;
  return {
    ...{ isOn, since: isOn ? (current?.start ?? null) : null, rateMicros: rateAt(rates, now) },
    today: sumBurst(ofMonth.filter((d) => d.day === today)),
    month: sumBurst(ofMonth),
    days: own,
    switches: switches.toReversed(),
    rates: rates.toReversed(),
  };
}
