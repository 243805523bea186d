import { AT } from "@/lib/insights/cells/cell.ts";
import type { SpanCells } from "@/lib/insights/cells/codec.ts";
import type { Instant, Interval } from "@/lib/time.ts";

/** Milli-GPU-seconds that cells say were held on a model, and the most milli-GPUs that may have worked in one cell. */
export interface Busiest {
  readonly heldMilli: number;
  readonly busiestMilli: number;
}

/**
 * The most cards of a workload that may have worked at the same time: those that were active in one cell of 15 minutes. A card
 * that was starting, or not observed for all of the time that it was held, may have worked.
 * @param spans cells of the workload in any order. @param model the GPU model that is looked at.
 */
export function busiestOf(spans: Iterable<SpanCells>, model: string, range: Interval): Busiest {
  const working = new Map<Instant, number>();
  let heldMilli = 0;
  for (const { slots } of spans)
    for (const slot of slots) {
      if (slot.model !== model) continue;
      for (const [at, cell] of slot.cells) {
        if (at < range.start || at >= range.end) continue;
        const held = cell[AT.held] as number;
        heldMilli += held * slot.milli;
        const idle = (cell[AT.quiet] as number) >= held && cell[AT.starting] === 0;
        if (held > 0 && !idle) working.set(at, (working.get(at) ?? 0) + slot.milli);
      }
    }
  return { heldMilli, busiestMilli: Math.max(0, ...working.values()) };
}
