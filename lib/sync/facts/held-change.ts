import { type Instant, type Interval, subtract, union } from "@/lib/time.ts";

/** When a pod ran and what it held, as one reading of the inventory reports it. */
export interface PodTime {
  /** From when on it held: null before it started, or was seen bound. */
  readonly startedAt: Instant | null;
  readonly endedAt: Instant;
  readonly gpuMilli: number | null;
  /** What it requests instead of a number of GPUs. */
  readonly share?: string;
  readonly node: string;
}

/**
 * The half-open intervals in which two readings differ in what a pod held. A start or an end that moved changes only
 * the time between the old and the new instant, however long the pod ran; a different number of GPUs or a different
 * node changes all of it.
 * @param before null for a pod that was not known.
 */
export function podChange(before: PodTime | null, after: PodTime): Interval[] {
  const [was, is] = [before ? lifeOf(before) : [], lifeOf(after)];
  const same =
    before !== null &&
    before.gpuMilli === after.gpuMilli &&
    (before.share ?? "") === (after.share ?? "") &&
    before.node === after.node;
  return same ? differing(was, is) : union([...was, ...is]);
}

function lifeOf({ startedAt, endedAt }: PodTime): Interval[] {
  return startedAt === null || endedAt <= startedAt ? [] : [{ start: startedAt, end: endedAt }];
}

/** The time that is covered by exactly one of two sets of half-open intervals. */
export function differing(a: readonly Interval[], b: readonly Interval[]): Interval[] {
  const only = (some: readonly Interval[], others: readonly Interval[]) =>
    union(some).flatMap((i) => subtract(i, others));
  return union([...only(a, b), ...only(b, a)]);
}
