import type { Instant } from "@/lib/time.ts";
import type { Samples } from "./chunk.ts";

/** How long a value holds, in steps, as metering reads it. */
const HOLD_STEPS = 2.5;

/**
 * Finer samples with coarser ones where they have none: a coarser value at t is the newest of (t − its step, t], so it
 * counts only if no finer one was taken in that time – else a known silence would become observed. It is repeated at the
 * finer step for as long as it holds, and never past the end of the span.
 * @param finer and coarser ascending and before `end`, which is exclusive; steps in seconds.
 */
export function fillIn(
  finer: Samples,
  finerStep: number,
  coarser: Samples,
  coarserStep: number,
  end: Instant,
): Samples {
  const rows = new Map(finer.at.map((at, i) => [at, finer.value[i] as number]));
  const ascending = finer.at;
  let next = 0;
  coarser.at.forEach((at, i) => {
    while (next < ascending.length && (ascending[next] as number) <= at) next++;
    const before = ascending[next - 1];
    if (before !== undefined && before > at - coarserStep) return;
    const limit = Math.min(
      ascending[next] ?? Number.POSITIVE_INFINITY,
      coarser.at[i + 1] ?? Number.POSITIVE_INFINITY,
      at + HOLD_STEPS * (coarserStep - finerStep) + 1,
      end,
    );
    for (let t = at; t < limit || t === at; t += finerStep) rows.set(t, coarser.value[i] as number);
  });
  const list = [...rows].sort(([a], [b]) => a - b);
  return { at: list.map(([at]) => at), value: list.map(([, value]) => value) };
}
