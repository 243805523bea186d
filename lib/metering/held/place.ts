import type { NodeInput } from "@/lib/metering/node-capacity.ts";
import { OPEN_END } from "@/lib/metering/timeline.ts";
import { intersect, subtract } from "@/lib/time.ts";
import type { Holding } from "./workload-input.ts";

/** Where holdings are: on a node of the inventory, or on no known node, with the model that must be assumed. */
export interface Placement {
  readonly byNode: ReadonlyMap<string, readonly Holding[]>;
  readonly unplaced: readonly (Holding & { gpuModel: string })[];
  modelOf(holding: Holding): { nodePool: string; gpuModel: string };
}

/** The model that is stored when neither node nor pool reports one. */
export const UNKNOWN_MODEL = "unknown";

/**
 * The model of a pool's cards: the only one of the pool, else the only one of the cluster, else UNKNOWN_MODEL.
 */
export function modelOfPool(nodes: readonly NodeInput[]): (pool: string) => string {
  const known = new Map<string, string>();
  const models = (some: readonly NodeInput[]) => [
    ...new Set(some.filter((n) => n.gpuCount > 0).map((n) => n.gpuModel)),
  ];
  return (pool) => {
    let model = known.get(pool);
    if (model === undefined) {
      const ofPool = models(nodes.filter((n) => n.nodePool === pool));
      const all = ofPool.length === 1 ? ofPool : models(nodes);
      model = all.length === 1 ? (all[0] as string) : UNKNOWN_MODEL;
      known.set(pool, model);
    }
    return model;
  };
}

/** The model of the cards of a node, else of its pool (modelOfPool). */
export function modelsOf(nodes: readonly NodeInput[]): (node: string, nodePool: string) => string {
  const ofNode = new Map(nodes.map((n) => [n.name, n.gpuModel]));
  const ofPool = modelOfPool(nodes);
  return (node, nodePool) => ofNode.get(node) || ofPool(nodePool);
}

/**
 * Sorts holdings by node. If a pool (or cluster) has only one model, that is the model of holdings on no known node.
 */
export function placeHoldings(list: readonly Holding[], nodes: readonly NodeInput[]): Placement {
  const known = new Map(nodes.map((n) => [n.name, n]));
  const byNode = new Map<string, Holding[]>();
  const unplaced: (Holding & { gpuModel: string })[] = [];
  const guess = modelOfPool(nodes);
  const modelOf = (holding: Holding) => {
    const node = known.get(holding.node);
    if (node && node.gpuCount > 0) {
      // A node whose cards were replaced keeps its history under the model that it had then.
      const looks = node.states.filter((s) => s.gpuCount > 0);
      const then = looks.findLast((s) => s.start <= holding.start) ?? looks[0] ?? node;
      return { nodePool: then.nodePool, gpuModel: then.gpuModel };
    }
    return { nodePool: holding.nodePool, gpuModel: guess(holding.nodePool) };
  };
  for (const holding of list) {
    const node = known.get(holding.node);
    if (!node || node.gpuCount === 0) {
      unplaced.push({ ...holding, gpuModel: guess(holding.nodePool) });
      continue;
    }
    const life = { start: node.since, end: node.removedAt ?? OPEN_END };
    const lived = intersect(holding, life);
    if (lived) {
      const there = byNode.get(holding.node);
      if (there) there.push({ ...holding, ...lived });
      else byNode.set(holding.node, [{ ...holding, ...lived }]);
    }
    for (const part of subtract(holding, [life])) unplaced.push({ ...holding, ...part, ...modelOf(holding) });
  }
  return { byNode, unplaced, modelOf };
}
