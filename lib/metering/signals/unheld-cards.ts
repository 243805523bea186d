import type { Holding, OpenTime, WorkloadInput } from "@/lib/metering/held/workload-input.ts";
import type { MeterInput } from "@/lib/metering/records.ts";
import type { Steps } from "@/lib/metering/timeline.ts";
import { type Interval, intersect, seconds, subtract, union } from "@/lib/time.ts";

/** What was named on a card for no longer than this, in seconds, may be an echo of what held it before. */
const ECHO_SECONDS = 150;

/** Time in which samples name pods on cards; `milli` counts each card as one. */
export interface UnheldCards extends Interval {
  readonly milli: number;
}

/**
 * When samples name a pod of the workload on cards, although the ledger gives it no GPUs at all and no open item says
 * so: half-open, within the range.
 */
export function unheldCards(
  input: Pick<MeterInput, "cardSignals" | "range">,
  workload: WorkloadInput,
  held: readonly Holding[],
  open: readonly OpenTime[],
): UnheldCards[] {
  if (open.some((o) => o.kind === "gpus-unknown")) return [];
  const holders = new Set(held.map((h) => h.podId));
  // What runs under others is an open item of its own.
  const under = union(open.filter((o) => o.kind === "runs-under"));
  return workload.pods.flatMap((pod) => {
    const cards = holders.has(pod.id) ? undefined : input.cardSignals.get(pod.id);
    return [...(cards?.values() ?? [])].flatMap((signals) => {
      const spans = spansOf(signals.get("gpu_utilisation_percent"));
      if (seconds(spans) <= ECHO_SECONDS) return [];
      return spans.flatMap((span) => {
        const part = intersect(span, input.range);
        return part ? subtract(part, under).map((own) => ({ ...own, milli: 1000 })) : [];
      });
    });
  });
}

function spansOf(steps: Steps | undefined): Interval[] {
  return union((steps?.at ?? []).map((start, i) => ({ start, end: steps?.until[i] as number })));
}
