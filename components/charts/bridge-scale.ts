/** A part of a bridge, from where its bar begins to where it ends; `sum`: a total, which begins at zero. */
export interface BridgeSpan {
  readonly from: number;
  readonly until: number;
  readonly sum: boolean;
}

/** The axis of a bridge. `isCut`: totals go on to the left of it. */
export interface BridgeScale {
  readonly low: number;
  readonly high: number;
  readonly isCut: boolean;
}

/** The parts of a change fill at most this share of an axis from zero that is cut. */
const SLIVER = 1 / 3;
/** Of the parts' room, as much is left of the lowest, so that totals are seen as bars. */
const MARGIN = 0.25;

/**
 * The axis on which the parts of a bridge can be seen: from zero, or cut below the lowest level where the parts would be slivers
 * beside their totals. Numbers in any one unit.
 */
export function bridgeScale(spans: readonly BridgeSpan[]): BridgeScale {
  const levels = spans.flatMap((s) => (s.sum ? [s.until] : [s.from, s.until]));
  const high = Math.max(0, ...levels);
  const lowest = Math.min(...levels, high);
  const room = high - lowest;
  if (lowest <= 0 || room > SLIVER * high) return { low: Math.min(0, lowest), high, isCut: false };
  // Without any change nothing is to be enlarged.
  const low = room === 0 ? 0 : lowest - MARGIN * room;
  return low <= 0 ? { low: 0, high, isCut: false } : { low, high, isCut: true };
}

/** Where a bar lies on the axis, in percent of it. */
export function bridgeBar(
  { from, until, sum }: BridgeSpan,
  { low, high }: BridgeScale,
): { from: number; percent: number } {
  const room = high - low || 1;
  const [a, b] = [Math.min(sum ? 0 : from, until), Math.max(sum ? 0 : from, until)];
  const start = Math.max(low, a);
  return { from: (100 * (start - low)) / room, percent: (100 * (b - start)) / room };
}

/** Parts that follow one another from the first total to the last. */
export function bridgeSpans(before: number, changes: readonly number[], now: number): BridgeSpan[] {
  let at = before;
  const inner = changes.map((change) => {
    const from = at;
    at += change;
    return { from, until: at, sum: false };
  });
  return [{ from: 0, until: before, sum: true }, ...inner, { from: 0, until: now, sum: true }];
}
