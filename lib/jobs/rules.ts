import type { Env } from "@/lib/env.ts";
import type { MeterRules } from "@/lib/metering/types.ts";

/** The rules for classing GPU-seconds from now on, from the settings. Metered buckets keep theirs. */
export function rulesOf(env: Env): MeterRules {
  return {
    startingGraceSeconds: env.METER_STARTING_GRACE,
    idleAfterSeconds: env.METER_IDLE_AFTER,
    heldMemoryPercent: env.METER_HELD_MEMORY_PERCENT,
    heldMemoryMib: env.METER_HELD_MEMORY_MIB,
    inefficientPercent: env.METER_INEFFICIENT_PERCENT,
    activityPercent: env.METER_ACTIVITY_PERCENT,
    holdSteps: env.METER_HOLD_STEPS,
    bucketSeconds: env.BUCKET_SECONDS,
    billingTimeZone: env.BILLING_TIME_ZONE,
  };
}
