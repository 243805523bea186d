import { chargeDay } from "@/lib/charges/charge.ts";
import { assertTied } from "@/lib/charges/identity.ts";
import { loadCharges } from "@/lib/charges/load.ts";
import { type ChargeOptions, eachDue } from "@/lib/charges/run.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { correctDay } from "./correct.ts";
import { listBooked, saveCorrections } from "./correct-store.ts";

/**
 * Looks at every day of a closed period that was metered again, or whose prices, teams or policies changed, and keeps what
 * it would come to now, less what was frozen and booked: lines of the next period that closes. Twice is once.
 * @returns how many days it looked at.
 */
export function correctDue(ctx: Ctx, options: ChargeOptions): Promise<number> {
  return eachDue(ctx, "closed", options, async (input) => {
    const frozen = await loadCharges(ctx.db, input.day);
    const now = chargeDay(input);
    assertTied(input, now);
    return async (tx) => {
      const booked = await listBooked(tx, input.day);
      await saveCorrections(tx, input.day, correctDay(frozen, booked, now), ctx.now());
    };
  });
}
