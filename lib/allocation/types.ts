import { z } from "zod";
import type { CapacityClass } from "@/lib/classes.ts";

/** Cost that no workload caused: capacity nobody held, and imported cost of nobody. */
export const COST_CLASSES = ["unallocated", "down", "unknown", "shared"] as const satisfies (
  | CapacityClass
  | "shared"
)[];
export type CostClass = (typeof COST_CLASSES)[number];

/**
 * Who pays for it. `platform` keeps it. The others split it over teams, day by day: `charges` by what each was charged on
 * that cluster, `quota` by the GPUs it is entitled to, `equal` over teams that were charged or have quota, `node-pool` by
 * what each was charged on that pool. Where a day has nobody to split over, the platform keeps it.
 */
export const SHARE_METHODS = ["platform", "charges", "quota", "equal", "node-pool"] as const;
export type ShareMethod = (typeof SHARE_METHODS)[number];

export interface SharePolicy {
  /** Empty: every cluster without a policy of its own. */
  readonly clusterId: string;
  readonly costClass: CostClass;
  /** Day key from which on it holds, until a later one replaces it. */
  readonly fromDay: number;
  readonly method: ShareMethod;
}

/** How CPU, memory and quota are charged. */
export const chargeSettingsSchema = z.object({
  /** By what is requested, used, or the larger of the two; `none`: not charged even where there is a price. */
  cpu: z.enum(["none", "request", "usage", "larger"]).default("larger"),
  memory: z.enum(["none", "request", "usage", "larger"]).default("larger"),
  gpuMemory: z.enum(["none", "request", "usage", "larger"]).default("none"),
  /** A team pays for quota that it did not use, out of what is unallocated. */
  chargeUnusedQuota: z.boolean().default(false),
});
export type ChargeSettings = z.infer<typeof chargeSettingsSchema>;
export const DEFAULT_CHARGE_SETTINGS: ChargeSettings = chargeSettingsSchema.parse({});

const fromDay = z
  .number({ error: "From which day? Write it as YYYY-MM-DD." })
  .int()
  .min(20000101, "A policy begins in the year 2000 or later.")
  .max(99991231);

/** Who pays for a class of cost, from a day on. */
export const policyInputSchema = z.object({
  clusterId: z.string().trim().default(""),
  costClass: z.enum(COST_CLASSES, { error: `A policy is for one of: ${COST_CLASSES.join(", ")}.` }),
  method: z.enum(SHARE_METHODS, { error: `Who pays is one of: ${SHARE_METHODS.join(", ")}.` }),
  fromDay,
});
export type PolicyInput = z.input<typeof policyInputSchema>;

export const settingsInputSchema = z.object({ fromDay, settings: chargeSettingsSchema });
export type SettingsInput = z.input<typeof settingsInputSchema>;
