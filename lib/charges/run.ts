import type { Tx } from "@/db/client.ts";
import { allow } from "@/lib/auth/allow.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { addDays, dateOf, dayKey, dayOfKey } from "@/lib/time.ts";
import { chargeDay } from "./charge.ts";
import type { DayInput } from "./day.ts";
import { loadChargeRules, loadDay, loadPlaces } from "./day-load.ts";
import { forgetCharged, keepDay, listNextDue, loadChargeRevision } from "./due-store.ts";
import { assertTied } from "./identity.ts";
import { saveCharges } from "./store.ts";

export interface ChargeOptions {
  readonly currency: string;
  readonly billingTimeZone: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((daysDone: number) => void) | undefined;
}

const BATCH = 50;
/** As far ahead as cost can be imported (lib/costs/spread.ts). */
const MOST_DAYS_AHEAD = 366;

/**
 * Charges every day of an open period that was metered, or whose prices, teams or policies changed, since it was charged;
 * today first, then the days before it and last those ahead, up to a year: the newest figures are right soonest. Each day ties out before it is written. Twice is once.
 * @returns how many days it charged.
 */
export function chargeDue(ctx: Ctx, options: ChargeOptions): Promise<number> {
  return eachDue(ctx, "open", options, async (input) => {
    const result = chargeDay(input);
    assertTied(input, result);
    return (tx) => saveCharges(tx, input.day, result);
  });
}

/** Has every day from one on charged again, whatever it was charged from: days of closed periods are looked at. */
export async function renewCharges(ctx: Ctx, fromDay: number, reason = ""): Promise<void> {
  allow(ctx.viewer, "charges.renew");
  await ctx.db.write(async (tx) => {
    await forgetCharged(tx, fromDay);
    const subject = `charges/${fromDay}`;
    await recordAct(tx, ctx, { action: "charges.renew", subject, before: null, after: { fromDay }, reason });
  });
}

/**
 * Takes due days in batches, today first, until no day up to a year ahead is due. What `work` makes of a day is kept with the word that it was
 * looked at, unless something that it follows from was changed meanwhile: then the batch begins again with what holds now.
 * @returns how many days it kept.
 */
export async function eachDue(
  ctx: Ctx,
  which: "open" | "closed",
  options: ChargeOptions,
  work: (input: DayInput) => Promise<(tx: Tx) => Promise<void>>,
): Promise<number> {
  let done = 0;
  for (;;) {
    const revision = await loadChargeRevision(ctx.db);
    const today = dayKey(dateOf(ctx.now(), options.billingTimeZone));
    const due = await listNextDue(ctx.db, BATCH, which, { today, untilDay: addDays(today, MOST_DAYS_AHEAD) });
    if (due.length === 0) return done;
    const [rules, places] = await Promise.all([loadChargeRules(ctx.db, options.currency), loadPlaces(ctx.db)]);
    for (const day of due) {
      options.signal?.throwIfAborted();
      const keep = await work(await loadDay(ctx.db, dayOfKey(day.day, options.billingTimeZone), rules, places));
      if (!(await keepDay(ctx.db, day, revision, ctx.now(), keep))) break;
      done++;
      options.onProgress?.(done);
    }
  }
}
