import type { Book } from "@/lib/metering/book.ts";
import { ADVICE } from "@/lib/metering/held/advice.ts";
import { modelOfPool } from "@/lib/metering/held/place.ts";
import { type NodeInput, nodeShapes } from "@/lib/metering/node-capacity.ts";
import type { MeterInput } from "@/lib/metering/records.ts";
import { type Instant, type Interval, windows } from "@/lib/time.ts";

/** The name under which cards are counted that the cluster reports and no listed node has. */
export const UNLISTED_NODE = "(not listed)";

/** Time in which the cluster reports more cards than its listed nodes have. */
interface Surplus extends Interval {
  readonly cards: number;
}

/**
 * Where the reported total of the cluster is above the cards of its nodes, for two samples in a row or more; half-open,
 * disjoint, ascending.
 */
export function surplusCards({
  nodes,
  totalGpu,
  loaded,
}: Pick<MeterInput, "nodes" | "totalGpu" | "loaded">): Surplus[] {
  if (!totalGpu) return [];
  // The total counts parts of cards where the inventory does.
  const shapes = nodes.flatMap((n) =>
    nodeShapes(n, loaded).map((s) => ({ ...s, gpuCount: s.gpuCount * (s.parts ?? 1) })),
  );
  const out: Surplus[] = [];
  let run: Surplus[] = [];
  const close = () => {
    if (run.length > 1) out.push(...run);
    run = [];
  };
  totalGpu.at.forEach((start, i) => {
    const listed = shapes.reduce((sum, s) => sum + (s.start <= start && start < s.end ? s.gpuCount : 0), 0);
    const cards = Math.round(totalGpu.value[i] as number) - listed;
    if (cards <= 0 || (run.at(-1)?.end ?? start) !== start) close();
    if (cards > 0) run.push({ start, end: totalGpu.until[i] as number, cards });
  });
  close();
  return out;
}

/**
 * The nodes, with the cards of the time before the first look at any of them that only the total shows: nodes that had
 * left by then, or were created again under their name.
 */
export function withUnlisted(input: MeterInput): MeterInput {
  const firstLook = Math.min(...input.nodes.flatMap((n) => n.states[0]?.start ?? []));
  const before = surplusCards(input).filter((s) => s.start < firstLook);
  if (!before.length || !Number.isFinite(firstLook)) return input;
  const stretches: { start: Instant; end: Instant; cards: number }[] = [];
  for (const { start, end, cards } of before) {
    const last = stretches.at(-1);
    if (last?.end === start && last.cards === cards) last.end = Math.min(end, firstLook);
    else stretches.push({ start, end: Math.min(end, firstLook), cards });
  }
  const gpuModel = modelOfPool(input.nodes)("");
  return { ...input, nodes: [...input.nodes, ...stretches.map((stretch, i) => unlistedNode(stretch, i, gpuModel))] };
}

/** Each number of cards is a node of its own: that there are fewer later, because their node is known by then, is no card that is down. */
function unlistedNode({ start, end, cards }: Surplus, i: number, gpuModel: string): NodeInput {
  return {
    ...{ name: i === 0 ? UNLISTED_NODE : `${UNLISTED_NODE} ${i + 1}`, nodePool: "", gpuModel, gpuCount: cards },
    ...{ since: start, removedAt: end, states: [{ start, end, nodePool: "", gpuModel, ready: null, gpuCount: cards }] },
    ...{ cardsSeen: new Map(), freeCardsSeen: new Map(), cardsKnown: 0 },
  };
}

/** Adds a finding for each bucket in which the cluster reported cards that no listed node has. */
export function findSurplus(input: MeterInput, book: Book): void {
  for (const { start, end, cards } of surplusCards(input)) {
    const within = { start: Math.max(start, input.range.start), end: Math.min(end, input.range.end) };
    if (within.end <= within.start) continue;
    for (const part of windows(within, input.rules.bucketSeconds)) {
      const bucketAt: Instant = Math.floor(part.start / input.rules.bucketSeconds) * input.rules.bucketSeconds;
      book.finding(
        bucketAt,
        "unlisted-cards",
        input.clusterId,
        cards * 1000 * (part.end - part.start),
        ADVICE["unlisted-cards"][0],
      );
    }
  }
}
