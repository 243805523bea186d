import { type Instant, type Interval, intersect, seconds, subtract, union } from "@/lib/time.ts";
import { clipSteps, type Signals, type Steps } from "./timeline.ts";

const USED = "gpu_utilisation_percent";

/** A card of a lane, and when it counts. */
interface LaneCard {
  readonly card: CardReading;
  readonly spans: readonly Interval[];
}

/** The readings of one card of a pod. */
export type CardReading = readonly [gpu: string, signals: Signals];

/**
 * The cards of a pod as it held them at once: a card that takes the place of another continues it, and one that is named
 * beside the others for a moment only is left out for that moment. At most as many as were named at once for the longest time, at least
 * `least` if so many are named.
 * @param cards in the order of their names; those of a lane take the name of the one that was observed longest.
 */
export function lanesOf(cards: readonly CardReading[], least: number): CardReading[] {
  if (cards.length <= Math.max(1, least)) return [...cards];
  const spans = cards.map(([, signals]) => spansOf(signals.get(USED)));
  const count = Math.max(usualCount(spans), Math.min(least, cards.length));
  if (count >= cards.length) return [...cards];
  const order = cards.map((_, i) => i).sort((a, b) => seconds(spans[b] ?? []) - seconds(spans[a] ?? []) || a - b);
  const lanes: { readonly cards: LaneCard[]; taken: Interval[] }[] = [];
  for (const i of order) {
    const own = sampledSpans(cards[i]?.[1].get(USED));
    const card = cards[i] as CardReading;
    const lane = lanes.find((l) => !own.some((span) => l.taken.some((t) => isBeside(span, t))));
    if (lane) {
      lane.cards.push({ card, spans: spans[i] ?? [] });
      lane.taken = union([...lane.taken, ...own]);
      continue;
    }
    if (lanes.length < count) {
      lanes.push({ cards: [{ card, spans: spans[i] ?? [] }], taken: [...own] });
      continue;
    }
    // Beside all of them at some time: what it read at other times still counts, in the lane that lacks most of it.
    const left = lanes.map((l) => subtractAll(spans[i] ?? [], l.taken));
    const best = left.reduce((b, rest, n) => (seconds(rest) > seconds(left[b] ?? []) ? n : b), 0);
    const [most, rest] = [lanes[best], left[best] ?? []];
    if (!most || seconds(rest) <= HANDOVER_SECONDS) continue;
    most.cards.push({ card, spans: rest });
    most.taken = union([...most.taken, ...rest]);
  }
  return lanes.map((lane) => joined(lane.cards)).sort(([a], [b]) => (a < b ? -1 : 1));
}

const subtractAll = (spans: readonly Interval[], taken: readonly Interval[]): Interval[] =>
  spans.flatMap((span) => subtract(span, taken));

/** At a handover both the card that is left and the one that follows may have a newest sample, for so long, in seconds. */
const HANDOVER_SECONDS = 150;

/** Whether both were named at once, and not only when the one took the place of the other. */
function isBeside(a: Interval, b: Interval): boolean {
  const both = intersect(a, b);
  if (!both) return false;
  const [first, second] = a.start < b.start ? [a, b] : [b, a];
  const follows = first.start < second.start && first.end < second.end;
  return !follows || both.end - both.start > HANDOVER_SECONDS;
}

/** How many cards were named at once for the longest time. */
function usualCount(spans: readonly (readonly Interval[])[]): number {
  const edges = spans.flatMap((list) => list.flatMap(({ start, end }) => [[start, 1] as const, [end, -1] as const]));
  edges.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const length = new Map<number, number>();
  let level = 0;
  edges.forEach(([at, change], i) => {
    level += change;
    const next = edges[i + 1]?.[0] ?? at;
    if (level > 0) length.set(level, (length.get(level) ?? 0) + next - at);
  });
  return [...length].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 1;
}

/** From the first to the last sample of each stretch: the last one holds on while its successor is read already. */
function sampledSpans(steps: Steps | undefined): Interval[] {
  const out: { start: Instant; end: Instant }[] = [];
  (steps?.at ?? []).forEach((at, i) => {
    const last = out.at(-1);
    if (last && at <= (steps?.until[i - 1] ?? at)) last.end = at + 1;
    else out.push({ start: at, end: at + 1 });
  });
  return out;
}

function spansOf(steps: Steps | undefined): Interval[] {
  return union((steps?.at ?? []).map((start, i) => ({ start, end: steps?.until[i] as number })));
}

/** Several cards, one after the other, as one: of each what it read while it was named. */
function joined(list: readonly LaneCard[]): CardReading {
  const [first] = list;
  if (list.length === 1 && first) return first.card;
  const metrics = new Set(list.flatMap(({ card }) => [...card[1].keys()]));
  const signals = new Map<string, Steps>();
  for (const metric of metrics) {
    const parts = list.flatMap(({ card, spans }) => {
      const steps = card[1].get(metric);
      return steps ? spans.map((span) => clipSteps(steps, span)) : [];
    });
    parts.sort((a, b) => (a.at[0] ?? 0) - (b.at[0] ?? 0));
    const all = parts.flatMap((p) =>
      [...p.at].map((at, i) => ({ at, until: p.until[i] ?? at, value: p.value[i] ?? 0 })),
    );
    // At a handover the card that follows counts.
    const kept = all.sort((a, b) => a.at - b.at).filter((s, i) => s.at !== all[i + 1]?.at);
    const until = kept.map((s, i) => Math.min(s.until, kept[i + 1]?.at ?? s.until));
    signals.set(metric, { at: kept.map((s) => s.at), until, value: kept.map((s) => s.value) });
  }
  return [first?.card[0] ?? "", signals];
}
