import type { Ctx } from "@/lib/ctx.ts";
import { type Booked, loadBooked } from "@/lib/statements/booked-load.ts";
import type { CostScope, Days } from "./cost-scope.ts";

export type { Booked };

/** Everything booked within the days, of what the viewer may see. */
export const readBooked = (ctx: Ctx, cost: CostScope, days: Days): Promise<Booked[]> =>
  loadBooked(ctx, cost.rows, days);

/** What is booked within the days, as one sum; a team's and a project's own are in it. */
export async function sumBooked(ctx: Ctx, cost: CostScope, days: Days): Promise<bigint> {
  return (await readBooked(ctx, cost, days)).reduce((sum, b) => sum + BigInt(b.amountMicros), 0n);
}
