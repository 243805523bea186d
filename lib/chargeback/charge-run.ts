import type { Ctx } from "@/lib/ctx";
import { dayOfKey } from "@/lib/time";
import { chargeDay } from "./charge.ts";
import { assertTied } from "./charge-identity.ts";
import { listDueDays, saveDay } from "./charge-store.ts";
import { loadChargeRules, loadDay, loadPlaces } from "./day-load.ts";

export interface ChargeOptions {
  readonly currency: string;
  readonly billingTimeZone: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((daysDone: number) => void) | undefined;
}

const BATCH = 50;

/**
 * Charges every day of an open period that was metered, or whose prices, teams or policies changed, since it was charged;
 * newest first, so that today is right soonest. Each day ties out before it is written. Twice is once.
 * @returns how many days it charged.
 */
export async function chargeDue(ctx: Ctx, options: ChargeOptions): Promise<number> {
  let done = 0;
  for (;;) {
    const due = await listDueDays(ctx.db, BATCH);
    if (due.length === 0) return done;
    const [rules, places] = await Promise.all([loadChargeRules(ctx.db, options.currency), loadPlaces(ctx.db)]);
    for (const day of due) {
      options.signal?.throwIfAborted();
      const input = await loadDay(ctx.db, dayOfKey(day.day, options.billingTimeZone), rules, places);
      const result = chargeDay(input);
      assertTied(input, result);
      await saveDay(ctx.db, day, result, ctx.now());
      done++;
      options.onProgress?.(done);
    }
  }
}
