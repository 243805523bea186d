import { allow } from "@/lib/auth/allow.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { meterRange } from "@/lib/metering/run.ts";
import { formatInstant, type Interval } from "@/lib/time.ts";

/**
 * Meters a range again from what is stored, because somebody asks for it, and puts that on record: what is charged may change.
 * @returns how many buckets were metered. @throws AppError `forbidden`.
 */
export async function meterAgain(
  ctx: Ctx,
  clusterIds: readonly string[],
  range: Interval,
  options: Parameters<typeof meterRange>[3],
): Promise<number> {
  allow(ctx.viewer, "meter.run");
  const done = await meterRange(ctx, clusterIds, range, options);
  const after = { from: formatInstant(range.start), to: formatInstant(range.end), buckets: done };
  await ctx.db.write((tx) =>
    recordAct(tx, ctx, { action: "meter.run", subject: "metering", before: null, after, reason: "" }),
  );
  return done;
}
