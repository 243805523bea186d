import { firstAfter, type Signals, type Steps } from "@/lib/metering/timeline.ts";
import type { Instant, Interval } from "@/lib/time.ts";

/**
 * Labels that are lost for longer than this, in seconds, are not filled in. It is less than the margin that metering
 * reads around a range by more than an idle run can reach, so that any way of cutting a range gives the same.
 */
const MOST_SECONDS = 600;

/**
 * The readings of a card for its pod with those of the card without a pod in between: an exporter that cannot ask the
 * kubelet who holds a card shows it as nobody's for a while. Each metric for itself, because another series may name the pod of
 * some meanwhile. Before the first and after the last sample of a metric that names the pod, nothing is added to it.
 * @param unnamed the readings of the card while no pod was named; absent if no sample was without one.
 */
export function withLostLabels(named: Signals, unnamed: Signals | undefined): Signals {
  if (!unnamed) return named;
  const out = new Map(named);
  for (const [metric, own] of named) {
    const others = unnamed.get(metric);
    const gaps = others ? gapsOf(own, others) : [];
    if (others && gaps.length) out.set(metric, merged(own, others, gaps));
  }
  return out;
}

/** Between two samples of a series that are not too far apart, where another has samples. */
function gapsOf(own: Steps, others: Steps): Interval[] {
  return own.at.slice(1).flatMap((end, i): Interval[] => {
    const start = own.at[i] as Instant;
    return end - start <= MOST_SECONDS && (others.at[firstAfter(others.at, start)] ?? end) < end
      ? [{ start, end }]
      : [];
  });
}

/** The samples of a series, and in the gaps those of another: each holds until the next. */
function merged(own: Steps, others: Steps, gaps: readonly Interval[]): Steps {
  const all = own.at.map((at, i) => ({ at, until: own.until[i] as Instant, value: own.value[i] as number }));
  let g = 0;
  others.at.forEach((at, i) => {
    while (g < gaps.length && (gaps[g] as Interval).end <= at) g++;
    const gap = gaps[g];
    if (gap && gap.start < at) all.push({ at, until: others.until[i] as Instant, value: others.value[i] as number });
  });
  all.sort((a, b) => a.at - b.at);
  return {
    at: all.map((s) => s.at),
    until: all.map((s, i) => Math.min(s.until, all[i + 1]?.at ?? s.until)),
    value: all.map((s) => s.value),
  };
}
