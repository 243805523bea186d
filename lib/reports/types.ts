import type { ClassAmounts } from "@/lib/classes.ts";

export type ClassMillis = Readonly<ClassAmounts>;

/** GPU-seconds by class with what was observed of them, in milli-GPU-seconds. Null is unknown, never zero. */
export interface Measures {
  readonly classes: ClassMillis;
  /** Held by workloads: every class except `unknown` and `unallocated`, and `down` only while a workload held it. */
  readonly allocatedMilli: number;
  readonly observedMilli: number;
  /** What samples should have covered: allocated, but not down. */
  readonly expectedMilli: number;
  /** Mean over what was observed; null when nothing was. */
  readonly utilisationPercent: number | null;
  readonly coveragePercent: number | null;
}
