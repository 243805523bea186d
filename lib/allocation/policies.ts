import { latestOn } from "@/lib/dated.ts";
import {
  type ChargeSettings,
  type CostClass,
  DEFAULT_CHARGE_SETTINGS,
  type ShareMethod,
  type SharePolicy,
} from "./types.ts";

/** The method in force for a cluster and class on a day: its own, else that for all clusters, else the platform pays. */
export function methodOf(
  policies: readonly SharePolicy[],
  clusterId: string,
  costClass: CostClass,
  day: number,
): ShareMethod {
  for (const cluster of new Set([clusterId, ""])) {
    const own = policies.filter((p) => p.clusterId === cluster && p.costClass === costClass);
    const inForce = latestOn(own, day);
    if (inForce) return inForce.method;
  }
  return "platform";
}

export interface DatedSettings {
  readonly fromDay: number;
  readonly settings: ChargeSettings;
}

/** The charge settings in force on a day. */
export const settingsOf = (list: readonly DatedSettings[], day: number): ChargeSettings =>
  latestOn(list, day)?.settings ?? DEFAULT_CHARGE_SETTINGS;

/** Whether a policy is the one in force on a day among those of its cluster and class. */
export const isInForce = (policies: readonly SharePolicy[], policy: SharePolicy, day: number): boolean =>
  latestOn(
    policies.filter((p) => p.clusterId === policy.clusterId && p.costClass === policy.costClass),
    day,
  ) === policy;
