import type { DatedSettings } from "@/lib/allocation/policies.ts";
import type { SharePolicy } from "@/lib/allocation/types.ts";
import type { TeamRule, WorkloadIdentity } from "@/lib/attribution/types.ts";
import type { ClassRow } from "@/lib/classes.ts";
import type { Micros } from "@/lib/money.ts";
import type { PriceBook } from "@/lib/pricing/types.ts";
import type { Charge, Share, Unpriced } from "./types.ts";

/** What is decided about money, whole: the same for every day, each of which takes what holds on it. */
export interface ChargeRules {
  readonly book: PriceBook;
  readonly teamRules: readonly TeamRule[];
  readonly policies: readonly SharePolicy[];
  readonly settings: readonly DatedSettings[];
}

export interface Hardware {
  readonly key: number;
  readonly clusterId: string;
  readonly nodePool: string;
  readonly gpuModel: string;
}

export interface ChargedWorkload {
  readonly key: number;
  readonly projectKey: number;
  readonly preemptible: boolean;
  readonly identity: WorkloadIdentity;
}

export interface ChargedProject {
  readonly key: number;
  readonly clusterId: string;
  readonly name: string;
  readonly department: string;
  readonly namespace: string;
  /** Node pool → deserved milli-GPU. */
  readonly quotaMilli: Readonly<Record<string, number>>;
}

/** One workload's (0: nobody's) sums of a day on one hardware, as metering keeps them (usage_days). */
export interface DayUsage {
  readonly hardwareKey: number;
  readonly workloadKey: number;
  readonly classes: Readonly<ClassRow<"milli">>;
  readonly observedMilli: number;
  readonly cpuUsedMilliSeconds: number;
  readonly cpuRequestedMilliSeconds: number;
  readonly cpuObservedSeconds: number;
  readonly memoryUsedMibSeconds: number;
  readonly memoryRequestedMibSeconds: number;
  readonly memoryObservedSeconds: number;
  readonly gpuMemoryUsedMibSeconds: number;
  readonly gpuMemoryRequestedMibSeconds: number;
  readonly gpuMemoryObservedSeconds: number;
}

/** The part of an imported cost line that falls on a day. */
export interface DayCost {
  /** Empty: of no cluster in particular. */
  readonly clusterId: string;
  /** 0: of nobody; the policy for shared cost decides. */
  readonly teamKey: number;
  readonly amountMicros: Micros;
}

export interface DayInput {
  /** Key `YYYYMMDD` of the billing time zone, and how long the day is: 23 to 25 hours. */
  readonly day: number;
  readonly seconds: number;
  readonly hardware: ReadonlyMap<number, Hardware>;
  readonly workloads: ReadonlyMap<number, ChargedWorkload>;
  readonly projects: readonly ChargedProject[];
  readonly usage: readonly DayUsage[];
  readonly costs: readonly DayCost[];
  readonly rules: ChargeRules;
}

/** A team's and project's sum over its workloads at one price. */
export type TeamDay = Omit<Charge, "workloadKey">;

export interface DayCharges {
  readonly charges: readonly Charge[];
  readonly teamDays: readonly TeamDay[];
  readonly shares: readonly Share[];
  readonly unpriced: readonly Unpriced[];
}
