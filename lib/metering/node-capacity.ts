import { type Instant, type Interval, intersect, union } from "@/lib/time.ts";
import { OPEN_END } from "./timeline.ts";

/** One state of a node, over a half-open interval. */
export interface NodeState extends Interval {
  readonly nodePool: string;
  readonly gpuModel: string;
  readonly gpuCount: number;
  /** Null: not reported. */
  readonly ready: boolean | null;
}

export interface NodeInput {
  readonly name: string;
  /** By the present inventory. */
  readonly nodePool: string;
  readonly gpuModel: string;
  readonly gpuCount: number;
  /** The node exists from here on; `removedAt` ends it. */
  readonly since: Instant;
  readonly removedAt: Instant | null;
  readonly states: readonly NodeState[];
  /** When each of its cards had samples, by card; disjoint and ascending per card. */
  readonly cardsSeen: ReadonlyMap<string, readonly Interval[]>;
}

/** When anything of the cluster could be observed. */
export interface ClusterSight {
  /** Some card of the cluster had a sample. */
  readonly cards: readonly Interval[];
  /** The total of the cluster had a sample. */
  readonly totals: readonly Interval[];
}

export interface NodeShape extends Interval {
  readonly nodePool: string;
  readonly gpuModel: string;
  readonly gpuCount: number;
}

/** The states of the node, clipped to `range`: each holds until the next; before the first, the first holds. */
export function nodeShapes(node: NodeInput, range: Interval): NodeShape[] {
  const life = intersect({ start: node.since, end: node.removedAt ?? OPEN_END }, range);
  if (!life) return [];
  const out: NodeShape[] = [];
  const states = node.states.length ? node.states : [{ ...node, start: life.start, end: life.end, ready: null }];
  states.forEach((state, i) => {
    const start = i === 0 ? life.start : Math.max(state.start, life.start);
    const end = Math.min(states[i + 1]?.start ?? life.end, life.end);
    if (end <= start) return;
    const last = out.at(-1);
    const same =
      last && last.nodePool === state.nodePool && last.gpuModel === state.gpuModel && last.gpuCount === state.gpuCount;
    if (same && last.end === start) out[out.length - 1] = { ...last, end };
    else out.push({ start, end, nodePool: state.nodePool, gpuModel: state.gpuModel, gpuCount: state.gpuCount });
  });
  return out;
}

/** When the node was not ready, by the inventory. */
export function notReady(node: NodeInput): Interval[] {
  return union(node.states.filter((s) => s.ready === false));
}

/** Time of a node in which nothing about its free cards changes. */
export interface FreeSpan extends Interval {
  readonly shape: NodeShape;
  readonly heldMilli: number;
  /** Free milli-GPU by class; they add up to `max(0, capacity − held)`. */
  readonly downMilli: number;
  readonly unknownMilli: number;
  readonly unallocatedMilli: number;
  /** `max(0, held − capacity)`. */
  readonly overlapMilli: number;
}

interface Held extends Interval {
  readonly milli: number;
}

/**
 * The time of the node, cut where anything changes, with its free capacity by class (docs/accounting.md §4): `down` if
 * the inventory saw it not ready, and for cards without samples while others in sight had some; `unknown` if neither
 * the inventory nor any sample of the cluster saw it; else `unallocated`. Milli-GPU.
 */
export function freeSpans(node: NodeInput, held: readonly Held[], sight: ClusterSight, range: Interval): FreeSpan[] {
  const down = notReady(node);
  const ready = union(node.states.filter((s) => s.ready === true));
  const cards = [...node.cardsSeen.values()];
  const out: FreeSpan[] = [];
  for (const shape of nodeShapes(node, range)) {
    const edges = edgesWithin(shape, [down, ready, sight.cards, sight.totals, held, ...cards]);
    const heldAt = levels(held, edges);
    const seenAt = levels(
      cards.flat().map((i) => ({ ...i, milli: 1 })),
      edges,
    );
    const [isDown, isReady, cardsInSight, totalsInSight] = [down, ready, sight.cards, sight.totals].map((list) =>
      levels(
        list.map((i) => ({ ...i, milli: 1 })),
        edges,
      ),
    );
    for (let i = 0; i + 1 < edges.length; i++) {
      const capacity = shape.gpuCount * 1000;
      const heldMilli = heldAt[i] as number;
      const free = Math.max(0, capacity - heldMilli);
      const seen = seenAt[i] as number;
      const visible = Boolean(isReady?.[i] || seen || cardsInSight?.[i] || totalsInSight?.[i]);
      const lost = isDown?.[i]
        ? capacity
        : visible
          ? lostMilli(shape.gpuCount, seen, Boolean(isReady?.[i]), Boolean(cardsInSight?.[i]))
          : 0;
      const downMilli = Math.min(free, lost);
      const unknownMilli = isDown?.[i] || visible ? 0 : free;
      const unallocatedMilli = free - downMilli - unknownMilli;
      const overlapMilli = Math.max(0, heldMilli - capacity);
      out.push({
        start: edges[i] as number,
        end: edges[i + 1] as number,
        shape,
        heldMilli,
        downMilli,
        unknownMilli,
        unallocatedMilli,
        overlapMilli,
      });
    }
  }
  return out;
}

/**
 * The number of cards that are gone, in milli-GPU: the node, or the rest of the cluster, has samples and they have
 * none.
 */
function lostMilli(gpuCount: number, seen: number, ready: boolean, cardsInSight: boolean): number {
  if (seen > 0) return Math.max(0, gpuCount - seen) * 1000;
  return cardsInSight && !ready ? gpuCount * 1000 : 0;
}

function edgesWithin(span: Interval, lists: readonly (readonly Interval[])[]): Instant[] {
  const edges = new Set<Instant>([span.start, span.end]);
  for (const list of lists)
    for (const { start, end } of list) {
      if (start > span.start && start < span.end) edges.add(start);
      if (end > span.start && end < span.end) edges.add(end);
    }
  return [...edges].sort((a, b) => a - b);
}

/** Σ milli of the intervals that cover the time between each two consecutive edges. */
function levels(list: readonly Held[], edges: readonly Instant[]): number[] {
  const position = new Map(edges.map((edge, i) => [edge, i]));
  const change = new Array<number>(edges.length).fill(0);
  const first = edges[0] as number;
  const last = edges.at(-1) as number;
  for (const { start, end, milli } of list) {
    if (end <= first || start >= last) continue;
    const from = start <= first ? 0 : (position.get(start) as number);
    change[from] = (change[from] as number) + milli;
    if (end < last) {
      const to = position.get(end) as number;
      change[to] = (change[to] as number) - milli;
    }
  }
  let level = 0;
  return change.map((c) => (level += c));
}
