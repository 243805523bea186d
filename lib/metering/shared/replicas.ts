import type { WorkloadInput } from "@/lib/metering/held/workload-input.ts";
import type { NodeInput, NodeState } from "@/lib/metering/node-capacity.ts";
import type { Steps } from "@/lib/metering/timeline.ts";

/** Product strings of the GPU feature discovery: replicas by time-slicing or MPS, and slices of one MIG profile. */
const SHARED = /^(.*)-SHARED$/i;
const SLICED = /^(.*)-MIG-(\d)g\.\d+gb(?:\.me)?$/i;
const PARTS_OF_CARD = 7;

/** Whether the inventory counts parts of cards on a node of this product, and not cards. */
export const countsParts = (gpuModel: string): boolean => SHARED.test(gpuModel) || SLICED.test(gpuModel);

/**
 * How many parts of a card a node counts for each of its cards, and the model of the card. Null for replicas of which
 * samples show no card, or no number of cards that the count is a multiple of.
 * @param cards how many cards samples showed on the node at once.
 */
export function partsOf(gpuModel: string, count: number, cards: number): { model: string; parts: number } | null {
  const slice = SLICED.exec(gpuModel);
  if (slice) return { model: slice[1] as string, parts: Math.floor(PARTS_OF_CARD / Number(slice[2])) };
  const shared = SHARED.exec(gpuModel);
  if (!shared) return { model: gpuModel, parts: 1 };
  if (cards === 0 || count % cards !== 0) return null;
  return { model: shared[1] as string, parts: count / cards };
}

/**
 * A node with the cards that it has, where its inventory counts their replicas or slices. One whose cards are not known
 * stays as it is, and is `uncounted`.
 */
export function withCards(node: NodeInput, cards: number): NodeInput {
  const most = Math.max(node.gpuCount, ...node.states.map((s) => s.gpuCount));
  const found = partsOf(node.gpuModel, most, cards);
  if (!found) return { ...node, uncounted: true };
  const { model, parts } = found;
  if (parts === 1 && model === node.gpuModel) return node;
  const state = (s: NodeState): NodeState => {
    const own = countsParts(s.gpuModel) ? model : s.gpuModel;
    return own === s.gpuModel ? s : { ...s, gpuModel: own, gpuCount: Math.ceil(s.gpuCount / parts) };
  };
  return {
    ...node,
    gpuModel: model,
    gpuCount: Math.ceil(node.gpuCount / parts),
    states: node.states.map(state),
    parts,
  };
}

/**
 * The workload with the share of a card that each of its pods holds where a node counts parts of cards: one GPU of a pod
 * there is one part, rounded down, so that the parts of a card never exceed it.
 */
export function withParts(workload: WorkloadInput, partsOfNode: ReadonlyMap<string, number>): WorkloadInput {
  const parts = workload.pods.map((p) => partsOfNode.get(p.node) ?? 1);
  if (parts.every((n) => n === 1)) return workload;
  const alone = workload.pods.length === 1 ? workload.gpuRequestMilli : null;
  const pods = workload.pods.map((pod, i) => {
    const number =
      pod.gpuMilli ?? (pod.gpuResources || pod.gpuMemoryRequestMib ? null : workload.gpuRequestPerPodMilli || alone);
    return { ...pod, gpuMilli: number === null ? null : Math.floor(number / (parts[i] as number)) };
  });
  const same = new Set(parts).size === 1 ? (parts[0] as number) : null;
  const allocation = workload.signals.get("gpu_allocation");
  if (!allocation || same === null) return { ...workload, pods };
  const value = allocation.value.map((v) => Math.floor((v * 1000) / same) / 1000);
  const signals = new Map<string, Steps>([...workload.signals, ["gpu_allocation", { ...allocation, value }]]);
  return { ...workload, pods, signals };
}

/** Parts that a card is counted as, by the name of its node; nodes that count cards are left out. */
export const partsByNode = (nodes: readonly NodeInput[]): ReadonlyMap<string, number> =>
  new Map(nodes.flatMap((n) => (n.parts && n.parts > 1 ? [[n.name, n.parts]] : [])));
