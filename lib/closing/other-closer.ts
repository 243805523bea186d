import { permissionOf } from "@/lib/auth/permissions.ts";
import { countWithRole } from "@/lib/auth/user-store.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import type { BillingPeriod } from "@/lib/periods/types.ts";
import { findOwnCharged } from "@/lib/pricing/price-store.ts";

/**
 * Four eyes on what is invoiced: the person who both proposed and approved prices that charged a period, which only somebody alone can do, does not close
 * it where another person may. The command line, which is of this machine, is not asked.
 * @throws AppError `forbidden` that names the prices.
 */
export async function needOtherCloser(
  { db, viewer }: Pick<Ctx, "db" | "viewer">,
  period: BillingPeriod,
): Promise<void> {
  if (viewer.kind !== "person" || viewer.userKey === undefined) return;
  const title = await findOwnCharged(db, viewer.id, period);
  if (title === undefined) return;
  if ((await countWithRole(db, permissionOf("periods.close").roles, { except: viewer.userKey })) === 0) return;
  throw new AppError(
    "forbidden",
    `You proposed and approved "${title}" alone, and ${period.id} is charged at its prices: another person with the role finance or admin must close it.`,
  );
}
