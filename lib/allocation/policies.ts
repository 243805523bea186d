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
    let latest: SharePolicy | undefined;
    for (const p of policies)
      if (p.clusterId === cluster && p.costClass === costClass && p.fromDay <= day)
        if (!latest || p.fromDay > latest.fromDay) latest = p;
    if (latest) return latest.method;
  }
  return "platform";
}

export interface DatedSettings {
  readonly fromDay: number;
  readonly settings: ChargeSettings;
}

/** The charge settings in force on a day. */
export function settingsOf(list: readonly DatedSettings[], day: number): ChargeSettings {
  let latest: DatedSettings | undefined;
  for (const s of list) if (s.fromDay <= day && (!latest || s.fromDay > latest.fromDay)) latest = s;
  return latest?.settings ?? DEFAULT_CHARGE_SETTINGS;
}
