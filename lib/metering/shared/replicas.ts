import { type CardLife, mostAtOnce } from "@/lib/metering/divided-node.ts";
import { shareOf } from "@/lib/metering/held/gpu-share.ts";
import type { WorkloadInput } from "@/lib/metering/held/workload-input.ts";
import { type NodeInput, type NodeShape, type NodeState, nodeShapes } from "@/lib/metering/node-capacity.ts";
import type { Steps } from "@/lib/metering/timeline.ts";
import { type Instant, type Interval, intersect } from "@/lib/time.ts";

/** Product strings of the GPU feature discovery: replicas by time-slicing or MPS, slices of one MIG profile, and replicas of those. */
const SHARED = /^(.*)-SHARED$/i;
const SLICED = /^(.*)-MIG-(\d)g\.\d+gb(?:\.me)?$/i;
const PARTS_OF_CARD = 7;

type Counted = Pick<NodeState, "gpuModel" | "gpuCount" | "cards">;

const countsParts = ({ gpuModel }: Pick<Counted, "gpuModel">): boolean =>
  SHARED.test(gpuModel) || SLICED.test(gpuModel);

/** Whether the inventory counts parts of cards on a node, and not cards, now or in any of its states. */
export const everCountsParts = (
  now: Pick<Counted, "gpuModel">,
  states: readonly Pick<Counted, "gpuModel">[] = [],
): boolean => countsParts(now) || states.some(countsParts);

/**
 * How many parts of a card a node counts for each of its cards, and the model of the card. Null for replicas of which
 * samples show no card, or no number of cards that the count is a multiple of.
 * @param cards how many cards samples showed on the node at once.
 */
export function partsOf(gpuModel: string, count: number, cards: number): { model: string; parts: number } | null {
  const shared = SHARED.exec(gpuModel);
  const product = shared?.[1] ?? gpuModel;
  const slice = SLICED.exec(product);
  const model = slice?.[1] ?? product;
  if (!shared) return { model, parts: slice ? Math.floor(PARTS_OF_CARD / Number(slice[2])) : 1 };
  if (cards === 0 || count === 0 || count % cards !== 0) return null;
  return { model, parts: count / cards };
}

/**
 * A node with the cards that it had in each of its states, where the inventory counts their replicas or slices: by the
 * cards that lived in that state or were kept of it (`cards`), else those that lived at once ever, else with as many parts for each
 * card as in the nearest state of that product. A state of which the cards are not known stays as it is, and is `uncounted`.
 */
export function withCards(node: NodeInput, lives: readonly CardLife[]): NodeInput {
  const living = mostAtOnce(lives);
  const ever = Math.max(living, ...node.states.map((s) => s.cards ?? 0));
  const looks: readonly Counted[] = [...node.states, { ...node, cards: node.states.at(-1)?.cards ?? null }];
  const found = looks.map((look, i) => {
    const [first, next] = [Math.min(i, node.states.length - 1), node.states[i + 1]];
    const start = first <= 0 ? Number.NEGATIVE_INFINITY : (node.states[first] as NodeState).start;
    const within = { start, end: next?.start ?? Number.POSITIVE_INFINITY };
    const then = mostAtOnce(
      lives.flatMap((l) => {
        const part = intersect(l, within);
        return part ? { ...l, ...part } : [];
      }),
    );
    // Samples of a part of the state show a part of the cards: what was kept of all of it goes before.
    const kept = look.cards ?? 0;
    const counts = [Math.max(then, kept), then, kept, living, ever];
    for (const cards of counts) {
      const of = partsOf(look.gpuModel, look.gpuCount, cards);
      const isShown = SHARED.test(look.gpuModel) && [then, kept].includes(cards);
      if (of) return { ...of, cards: isShown ? cards : null };
    }
    return null;
  });
  const change = (i: number) => {
    const look = looks[i] as Counted;
    if (!countsParts(look)) return {};
    const isSame = (_: unknown, k: number) => found[k] !== null && looks[k]?.gpuModel === look.gpuModel;
    const near = found.slice(0, i).findLast(isSame) ?? found.find(isSame) ?? null;
    const fits = near && look.gpuCount % near.parts === 0 && look.gpuCount / near.parts <= ever ? near : null;
    const own = found[i] ?? fits;
    if (!own) return { uncounted: true };
    const cards = own === found[i] ? own.cards : (look.cards ?? null);
    return { gpuModel: own.model, gpuCount: Math.ceil(look.gpuCount / own.parts), parts: own.parts, cards };
  };
  const { cards: _, ...now } = change(node.states.length);
  return { ...node, ...now, states: node.states.map((s, i) => ({ ...s, ...change(i) })) };
}

/** Whether parts of cards were counted in a state, and not cards. */
export const isOfParts = (state: Pick<NodeState, "parts" | "uncounted"> | undefined): boolean =>
  Boolean(state && ((state.parts ?? 1) > 1 || state.uncounted));

type Shapes = readonly NodeShape[];

/** The shapes of the nodes that count parts of cards at any time of `range`, by name; half-open, ascending. */
export const partsByNode = (nodes: readonly NodeInput[], range: Interval): ReadonlyMap<string, Shapes> =>
  new Map(
    nodes.flatMap((n) => {
      const shapes = isOfParts(n) || n.states.some(isOfParts) ? nodeShapes(n, range) : [];
      return shapes.some(isOfParts) ? [[n.name, shapes]] : [];
    }),
  );

/** The shape in force at an instant; before the first one, that. */
export const shapeAt = (shapes: Shapes | undefined, at: Instant): NodeShape | undefined =>
  shapes?.findLast((s) => s.start <= at) ?? shapes?.[0];

/** `range`, cut where the parts of a card change on a node of the workload; half-open, ascending. */
export function partsPeriods(
  workload: WorkloadInput,
  partsOfNode: ReadonlyMap<string, Shapes>,
  range: Interval,
): Interval[] {
  const edges = new Set<Instant>([range.start]);
  for (const shapes of new Set(workload.pods.map((p) => partsOfNode.get(p.node) ?? [])))
    shapes.forEach((s, i) => {
      const before = shapes[i - 1];
      if (before && (before.parts ?? 1) !== (s.parts ?? 1)) edges.add(s.start);
    });
  const sorted = [...edges].filter((e) => range.start <= e && e < range.end).sort((a, b) => a - b);
  return sorted.map((start, i) => ({ start, end: sorted[i + 1] ?? range.end }));
}

/**
 * The workload with the share of a card that each of its pods holds at an instant where a node counts parts of cards: one
 * GPU of a pod there is one part, exactly (held/gpu-share.ts).
 */
export function withParts(
  workload: WorkloadInput,
  partsOfNode: ReadonlyMap<string, Shapes>,
  at: Instant,
): WorkloadInput {
  const parts = partsAt(workload, partsOfNode, at);
  if (parts.every((n) => n === 1)) return workload;
  const alone = workload.pods.length === 1 ? workload.gpuRequestMilli : null;
  const pods = workload.pods.map((pod, i) => {
    const number =
      pod.gpuMilli ?? (pod.gpuResources || pod.gpuMemoryRequestMib ? null : workload.gpuRequestPerPodMilli || alone);
    if (number === null) return { ...pod, gpuMilli: null };
    const { milli, rest } = shareOf(number, 1000 * (parts[i] as number));
    return { ...pod, gpuMilli: milli, gpuRest: rest };
  });
  return { ...withAllocation(workload, () => parts), pods };
}

/** The workload with its allocation samples in cards, each by the parts that its nodes count at its instant. */
export function withAllocationOfCards(
  workload: WorkloadInput,
  partsOfNode: ReadonlyMap<string, Shapes>,
): WorkloadInput {
  return withAllocation(workload, (at) => partsAt(workload, partsOfNode, at));
}

function withAllocation(workload: WorkloadInput, partsOfPods: (at: Instant) => readonly number[]): WorkloadInput {
  const allocation = workload.signals.get("gpu_allocation");
  if (!allocation) return workload;
  const value = allocation.value.map((v, i) => {
    const parts = new Set(partsOfPods(allocation.at[i] as Instant));
    const [same = 1] = parts;
    return parts.size > 1 || same === 1 ? v : Math.floor((v * 1000) / same) / 1000;
  });
  const signals = new Map<string, Steps>([...workload.signals, ["gpu_allocation", { ...allocation, value }]]);
  return { ...workload, signals };
}

const partsAt = (workload: WorkloadInput, partsOfNode: ReadonlyMap<string, Shapes>, at: Instant): number[] =>
  workload.pods.map((p) => shapeAt(partsOfNode.get(p.node), at)?.parts ?? 1);
