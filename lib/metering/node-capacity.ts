import { DAY, type Instant, type Interval, intersect, union } from "@/lib/time.ts";
import { OPEN_END } from "./timeline.ts";

/** One state of a node, over a half-open interval. */
export interface NodeState extends Interval {
  readonly nodePool: string;
  readonly gpuModel: string;
  readonly gpuCount: number;
  /** Null: not reported. */
  readonly ready: boolean | null;
  /** How many parts of each card the inventory counted; absent: it counted cards. */
  readonly parts?: number;
  /** It counted parts of cards, and how many cards they are is not known. */
  readonly uncounted?: boolean;
  /** How many cards samples showed in it, as far as that is kept, where replicas of cards are counted. */
  readonly cards?: number | null;
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
  /** The same while no pod held any part of them. */
  readonly freeCardsSeen: ReadonlyMap<string, readonly Interval[]>;
  /** How many different cards were ever seen on it: a card that never was cannot be called lost. */
  readonly cardsKnown: number;
  /** As of its states, by the present inventory. */
  readonly parts?: number;
  readonly uncounted?: boolean;
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
  /** Cards that it has, those included that it does not report now. */
  readonly gpuCount: number;
  /** Cards that the inventory no longer reports although it sees the node ready: they failed. */
  readonly lostCount: number;
  /** As of the state that holds. */
  readonly parts?: number;
  readonly uncounted?: boolean;
}

/** For so long, in seconds, a lower count of cards means that cards failed; after that, that they were taken out. */
export const MISSING_CARDS_SECONDS = 30 * DAY;

/**
 * The states of the node, clipped to `range`: each holds until the next; before the first, the first holds. While the
 * node is listed, a lower count leaves the capacity as it was for MISSING_CARDS_SECONDS: the cards that are missing are
 * lost. A node that is ready and reports no card at all is silent about them, which loses none.
 */
export function nodeShapes(node: NodeInput, range: Interval): NodeShape[] {
  const life = intersect({ start: node.since, end: node.removedAt ?? OPEN_END }, range);
  if (!life) return [];
  const out: NodeShape[] = [];
  const states = node.states.length ? node.states : [{ ...node, start: life.start, end: life.end, ready: null }];
  let full: { readonly state: NodeState; readonly lostFrom: Instant | null } | null = null;
  states.forEach((state, i) => {
    const until = states[i + 1]?.start ?? Number.POSITIVE_INFINITY;
    full = fullState(full, state);
    const lostFrom = full.lostFrom;
    const isMissing = lostFrom !== null;
    const cut = isMissing ? Math.max(state.start, lostFrom + MISSING_CARDS_SECONDS) : until;
    const kept = isMissing ? full.state : state;
    const lostCount = isMissing && state.gpuCount > 0 ? kept.gpuCount - state.gpuCount : 0;
    addShape(out, { ...kept, start: i === 0 ? life.start : state.start, end: Math.min(cut, until), lostCount }, life);
    if (cut >= until) return;
    full = { state, lostFrom: null };
    addShape(out, { ...state, start: cut, end: until, lostCount: 0 }, life);
  });
  return out;
}

/** The state that says how many cards the node has, and since when it reports fewer; a node that was absent starts again. */
function fullState(
  before: { readonly state: NodeState; readonly lostFrom: Instant | null } | null,
  state: NodeState,
): { readonly state: NodeState; readonly lostFrom: Instant | null } {
  const isListed = state.gpuCount > 0 || state.ready === true;
  const isOther = state.gpuCount > 0 && before !== null && before.state.gpuModel !== state.gpuModel;
  if (before === null || !isListed || isOther || state.gpuCount >= before.state.gpuCount)
    return { state, lostFrom: null };
  return { state: before.state, lostFrom: before.lostFrom ?? state.start };
}

function addShape(
  out: NodeShape[],
  { start, end, nodePool, gpuModel, gpuCount, lostCount, parts, uncounted }: NodeShape,
  life: Interval,
) {
  const part = intersect({ start, end }, life);
  if (!part) return;
  const last = out.at(-1);
  const same =
    last?.nodePool === nodePool &&
    last.gpuModel === gpuModel &&
    last.gpuCount === gpuCount &&
    last.lostCount === lostCount &&
    last.parts === parts &&
    last.uncounted === uncounted;
  if (same && last.end === part.start) out[out.length - 1] = { ...last, end: part.end };
  else
    out.push({
      ...{ ...part, nodePool, gpuModel, gpuCount, lostCount },
      ...(parts ? { parts } : {}),
      ...(uncounted ? { uncounted } : {}),
    });
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
 * the inventory saw it not ready, for cards that it no longer reports, and for free cards that were seen before and give
 * no samples while other cards of the node do; `unknown` if neither the inventory nor any sample of the cluster saw it;
 * else `unallocated`. Silence of a node is no evidence that it is down. Milli-GPU.
 */
export function freeSpans(node: NodeInput, held: readonly Held[], sight: ClusterSight, range: Interval): FreeSpan[] {
  const down = notReady(node);
  const ready = union(node.states.filter((s) => s.ready === true));
  const cards = [...node.cardsSeen.values()];
  const freeCards = [...node.freeCardsSeen.values()].flat();
  const out: FreeSpan[] = [];
  for (const shape of nodeShapes(node, range)) {
    const edges = edgesWithin(shape, [down, ready, sight.cards, sight.totals, held, freeCards, ...cards]);
    const heldAt = levels(held, edges);
    const [seenAt, freeSeenAt] = [cards.flat(), freeCards].map((list) =>
      levels(
        list.map((i) => ({ ...i, milli: 1 })),
        edges,
      ),
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
      const seen = seenAt?.[i] as number;
      const missing = {
        free,
        heldMilli,
        reported: shape.lostCount,
        unseen: Math.min(shape.gpuCount, node.cardsKnown) - seen,
        freeSeen: freeSeenAt?.[i] as number,
      };
      const visible = Boolean(isReady?.[i] || seen || cardsInSight?.[i] || totalsInSight?.[i]);
      const lost = isDown?.[i] ? capacity : lostMilli(missing, seen);
      const downMilli = Math.min(free, lost);
      const unknownMilli = isDown?.[i] || visible ? 0 : free - downMilli;
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

interface MissingCards {
  /** Milli-GPU that nobody holds. */
  readonly free: number;
  readonly heldMilli: number;
  /** Cards that the inventory no longer reports. */
  readonly reported: number;
  /** Cards of the node that were seen at some time and are not seen now, held ones included. */
  readonly unseen: number;
  /** Cards that are seen now and of which no pod holds any part. */
  readonly freeSeen: number;
}

/**
 * The number of free cards that are gone, in milli-GPU: those that the inventory misses, or those that give no samples
 * while others of the node do. A held card without samples is its holder's: the free cards that are seen are not gone.
 */
function lostMilli({ free, heldMilli, reported, unseen, freeSeen }: MissingCards, seen: number): number {
  // The free parts of cards that are seen with a holder.
  const parts = Math.max(0, (seen - freeSeen) * 1000 - heldMilli);
  const silent = seen > 0 ? Math.min(Math.max(0, unseen) * 1000, Math.max(0, free - freeSeen * 1000 - parts)) : 0;
  return Math.max(reported * 1000, silent);
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
