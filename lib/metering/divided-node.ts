import type { Interval } from "@/lib/time.ts";
import type { NodeInput, NodeState } from "./node-capacity.ts";
import { OPEN_END } from "./timeline.ts";

/** From the first to the last sample of a card, half-open; OPEN_END for one that still gives samples. */
export interface CardLife extends Interval {
  readonly gpuModel: string;
}

/** The most cards that lived at one time. */
export const mostAtOnce = (lives: readonly CardLife[]): number =>
  Math.max(0, ...lives.map(({ start }) => lives.filter((l) => l.start <= start && start < l.end).length));

/**
 * A node whose inventory counts no card, with the cards that its exporter shows: cards that are divided by MIG. It has
 * as many as lived at the same time, so a card that replaced another is not one more; while none gives samples, it has
 * those of before.
 */
export function withCardLives(node: NodeInput, lives: readonly CardLife[]): NodeInput {
  if (!lives.length) return node;
  const gpuModel = node.gpuModel || (lives.find((l) => l.gpuModel)?.gpuModel ?? "");
  const edges = new Set([...lives, ...node.states].flatMap((i) => [i.start, i.end]));
  const sorted = [...edges].sort((a, b) => a - b);
  const countAt = (at: number) => lives.filter((l) => l.start <= at && at < l.end).length;
  const states: NodeState[] = [];
  let gpuCount = countAt(Math.min(...lives.map((l) => l.start)));
  for (const [i, start] of sorted.slice(0, -1).entries()) {
    gpuCount = countAt(start) || gpuCount;
    const own = node.states.find((s) => s.start <= start && start < s.end);
    const base = { nodePool: own?.nodePool ?? node.nodePool, gpuModel, gpuCount, ready: own?.ready ?? null };
    states.push({ ...base, start, end: Math.min(sorted[i + 1] as number, OPEN_END) });
  }
  return { ...node, gpuModel, gpuCount, states };
}
