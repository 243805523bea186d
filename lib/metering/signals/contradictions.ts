import { type Signals, StepReader, type Steps } from "@/lib/metering/timeline.ts";
import type { Interval } from "@/lib/time.ts";

const USED = "gpu_utilisation_percent";
/** Kernels cannot keep a card busy for this share of the time without a multiprocessor that ever was active. */
const BUSY_PERCENT = 50;
/** For so long, in seconds, before it is a fault of a sensor and not a delay. */
const LEAST_SECONDS = 600;

/**
 * Where utilisation is at least 50 % while no multiprocessor was active (SM 0) for 10 minutes or more: the counters of
 * the card have failed, or its driver. Half-open, ascending.
 */
export function contradictions(signals: Signals): Interval[] {
  const [used, sm] = [signals.get(USED), signals.get("sm_active_percent")];
  if (!used || !sm) return [];
  const reader = new StepReader(sm);
  const out: Interval[] = [];
  let run: { start: number; end: number } | null = null;
  const close = () => {
    if (run && run.end - run.start >= LEAST_SECONDS) out.push(run);
    run = null;
  };
  used.at.forEach((at, i) => {
    const isOdd = (used.value[i] as number) >= BUSY_PERCENT && reader.valueAt(at) === 0;
    const isNext = run !== null && run.end === at;
    if (!isOdd || !isNext) close();
    if (!isOdd) return;
    const end = used.until[i] as number;
    run = { start: run?.start ?? at, end };
  });
  close();
  return out;
}

/** The signals without what families of them contradict each other about: there the card is not observed. */
export function withoutContradictions(signals: Signals, odd: readonly Interval[]): Signals {
  if (!odd.length) return signals;
  const used = signals.get(USED) as Steps;
  const kept = used.at.flatMap((at, i) => (odd.some((o) => o.start <= at && at < o.end) ? [] : [i]));
  const pick = (list: readonly number[]) => kept.map((i) => list[i] as number);
  return new Map([...signals, [USED, { at: pick(used.at), until: pick(used.until), value: pick(used.value) }]]);
}
