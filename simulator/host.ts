import { cpuMilliAt, utilisationAt } from "./curves.ts";
import type { PodRun } from "./timeline.ts";

/** Pods without cards work evenly. */
function loadAt(run: PodRun, i: number): number {
  return run.slots.length > 0 ? utilisationAt(run.curve, i) : 60;
}

/** CPU that a running pod uses from grid index `i` to the next, thousandths of a core. */
export function podCpuMilli(run: PodRun, i: number): number {
  return cpuMilliAt(run.curve, i, loadAt(run, i), run.workload.request.cpuMilliPerPod);
}

/** Memory of the host that a running pod holds, MiB. */
export function podMemoryMib(run: PodRun, i: number): number {
  return Math.round(run.workload.request.memoryMibPerPod * (0.25 + 0.004 * loadAt(run, i)));
}

const spent = new WeakMap<PodRun, number[]>();

/** CPU used from the pod's first grid index until the instant of index `i`, whole thousandths of a core-second. */
export function podCpuSpent(run: PodRun, i: number, step: number): number {
  let sums = spent.get(run);
  if (!sums) {
    sums = [0];
    spent.set(run, sums);
  }
  const { first } = run.curve;
  for (let n = sums.length; n <= i - first; n++)
    sums.push((sums[n - 1] as number) + podCpuMilli(run, first + n - 1) * step);
  return sums[i - first] as number;
}
