import { type Instant, type Interval, subtract, union } from "@/lib/time.ts";

/** What a pod held, as far as one look at it told. */
export interface PodTime {
  /** Null while it has not started. */
  readonly startedAt: Instant | null;
  readonly endedAt: Instant;
  readonly gpuMilli: number | null;
  readonly node: string;
}

/**
 * When what a pod held differs between two looks. A start or an end that moves changes only the time between its old and its new
 * place, however long the pod ran; other GPUs or another node change all of it.
 * @param before null for a pod that was not known.
 */
export function podChange(before: PodTime | null, after: PodTime): Interval[] {
  const [was, is] = [before ? lifeOf(before) : [], lifeOf(after)];
  const same = before !== null && before.gpuMilli === after.gpuMilli && before.node === after.node;
  return same ? differing(was, is) : union([...was, ...is]);
}

function lifeOf({ startedAt, endedAt }: PodTime): Interval[] {
  return startedAt === null || endedAt <= startedAt ? [] : [{ start: startedAt, end: endedAt }];
}

/** The time that one of two sets of intervals covers, and the other does not. */
export function differing(a: readonly Interval[], b: readonly Interval[]): Interval[] {
  const only = (some: readonly Interval[], others: readonly Interval[]) =>
    union(some).flatMap((i) => subtract(i, others));
  return union([...only(a, b), ...only(b, a)]);
}
