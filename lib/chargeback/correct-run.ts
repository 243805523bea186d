import type { Ctx } from "@/lib/ctx";
import { dayOfKey } from "@/lib/time";
import { chargeDay } from "./charge.ts";
import { assertTied } from "./charge-identity.ts";
import { loadCharges } from "./charge-load.ts";
import type { ChargeOptions } from "./charge-run.ts";
import { listDueDays } from "./charge-store.ts";
import { correctDay } from "./correct.ts";
import { listBooked, saveCorrections } from "./correct-store.ts";
import { loadChargeRules, loadDay, loadPlaces } from "./day-load.ts";

const BATCH = 50;

/**
 * Looks at every day of a closed period that was metered again, or whose prices, teams or policies changed, and keeps what
 * it would come to now, less what was frozen and booked: lines of the next period that closes. Twice is once.
 * @returns how many days it looked at.
 */
export async function correctDue(ctx: Ctx, options: ChargeOptions): Promise<number> {
  let done = 0;
  for (;;) {
    const due = await listDueDays(ctx.db, BATCH, "closed");
    if (due.length === 0) return done;
    const [rules, places] = await Promise.all([loadChargeRules(ctx.db, options.currency), loadPlaces(ctx.db)]);
    for (const day of due) {
      options.signal?.throwIfAborted();
      const [input, frozen] = await Promise.all([
        loadDay(ctx.db, dayOfKey(day.day, options.billingTimeZone), rules, places),
        loadCharges(ctx.db, day.day),
      ]);
      const now = chargeDay(input);
      assertTied(input, now);
      await ctx.db.write(async (tx) => {
        const booked = await listBooked(tx, day.day);
        await saveCorrections(tx, day, correctDay(frozen, booked, now), ctx.now());
      });
      done++;
      options.onProgress?.(done);
    }
  }
}
