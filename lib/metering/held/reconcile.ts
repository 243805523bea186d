import type { Steps } from "@/lib/metering/timeline.ts";
import { floorTo, type Instant, type Interval } from "@/lib/time.ts";
import type { Holding } from "./workload-input.ts";

export interface Disagreement {
  readonly bucketAt: Instant;
  /** ∫ |allocation samples − pods| over the samples that disagree, in milli-GPU-seconds. */
  readonly milliGpuSeconds: number;
}

/**
 * Where the allocation samples and the pods report different GPUs for longer than one sampling step: two samples in a
 * row or more. The ledger uses the pods; this only reports the
 * difference.
 */
export function disagreements(
  allocation: Steps | undefined,
  held: readonly Holding[],
  range: Interval,
  bucketSeconds: number,
): Disagreement[] {
  const pods = held.filter((h) => h.podId !== null);
  if (!allocation || !pods.length) return [];
  const sums = new Map<Instant, number>();
  let run: { bucketAt: Instant; amount: number }[] = [];
  const close = () => {
    if (run.length > 1) for (const { bucketAt, amount } of run) sums.set(bucketAt, (sums.get(bucketAt) ?? 0) + amount);
    run = [];
  };
  allocation.at.forEach((at, i) => {
    if (at < range.start || at >= range.end) return;
    const said = Math.round((allocation.value[i] as number) * 1000);
    const listed = pods.reduce((sum, p) => sum + (p.start <= at && at < p.end ? p.milli : 0), 0);
    if (said === listed) close();
    else {
      const seconds = Math.min(allocation.until[i] as number, range.end) - at;
      run.push({ bucketAt: floorTo(at, bucketSeconds), amount: Math.abs(said - listed) * seconds });
    }
  });
  close();
  return [...sums].map(([bucketAt, milliGpuSeconds]) => ({ bucketAt, milliGpuSeconds }));
}
