import type { Interval } from "@/lib/time.ts";
import { classifySlot, type Segment, type Slot } from "./classify.ts";
import { cardMemoryMib } from "./held/card-memory.ts";
import type { Placement } from "./held/place.ts";
import type { Holding, WorkloadInput } from "./held/workload-input.ts";
import { type CardReading, lanesOf } from "./lanes.ts";
import { type NodeInput, notReady } from "./node-capacity.ts";
import type { Level } from "./quantities.ts";
import type { MeterInput } from "./records.ts";
import { contradictions, withoutContradictions } from "./signals/contradictions.ts";
import { withLostLabels } from "./signals/lost-labels.ts";
import { withoutReserved } from "./signals/reserved-memory.ts";
import type { Signals } from "./timeline.ts";

/** A slot with its time cut into classes, and its place. */
export interface ClassedSlot {
  readonly workload: WorkloadInput;
  readonly podId: string | null;
  readonly node: string;
  readonly nodePool: string;
  readonly gpuModel: string;
  /** The card, if samples name it. */
  readonly gpu: string;
  readonly milli: number;
  /** What milli-GPU leave over of it (held/gpu-share.ts). */
  readonly rest: number;
  readonly level: Level;
  readonly start: number;
  readonly segments: readonly Segment[];
  /** As they were read, also where they contradict each other. */
  readonly signals: Signals | undefined;
  /** When its signals contradict each other: then it is not observed. */
  readonly contradicted: readonly Interval[];
}

interface Reading {
  readonly gpu: string;
  readonly milli: number;
  readonly level: Level;
  readonly signals: Signals | undefined;
}

/** When nodes were not ready, by name; without nodes that always were. */
export function downByNode(nodes: readonly NodeInput[]): ReadonlyMap<string, readonly Interval[]> {
  const down = new Map<string, Interval[]>();
  for (const node of nodes) if (node.states.some((s) => s.ready === false)) down.set(node.name, notReady(node));
  return down;
}

/**
 * The slots of the holdings of a workload, each classed over the loaded range.
 * @param down as `downByNode` returns it.
 * @param classesOnly whether segments may span samples of one class.
 */
export function classedSlots(
  input: MeterInput,
  workload: WorkloadInput,
  held: readonly Holding[],
  placed: Placement,
  down: ReadonlyMap<string, readonly Interval[]>,
  classesOnly = false,
): ClassedSlot[] {
  return held.flatMap((holding) => {
    const { nodePool, gpuModel } = placed.modelOf(holding);
    return readings(input, workload, holding).map((found, i) => {
      const contradicted = found.signals ? contradictions(found.signals) : [];
      const reading = found.signals ? { ...found, signals: withoutContradictions(found.signals, contradicted) } : found;
      const slot: Slot = {
        start: holding.start,
        end: holding.end,
        milli: reading.milli,
        category: workload.category,
        cardMemoryMib: cardMemoryMib(gpuModel),
        utilisation: reading.signals?.get("gpu_utilisation_percent"),
        smActive: reading.signals?.get("sm_active_percent"),
        dramActive: reading.signals?.get("dram_active_percent"),
        memoryMib: memoryOf(reading, input, holding.node),
        down: down.get(holding.node) ?? [],
        level: reading.level,
        classesOnly,
      };
      const segments = classifySlot(slot, input.loaded, input.rules);
      const { gpu, milli, level, signals } = found;
      return {
        workload,
        podId: holding.podId,
        node: holding.node,
        nodePool,
        gpuModel,
        gpu,
        milli,
        rest: i === 0 ? (holding.rest ?? 0) : 0,
        level,
        start: holding.start,
        segments,
        signals,
        contradicted,
      };
    });
  });
}

/** The memory that a slot holds: of a whole card that samples name, without what the driver reserves. */
function memoryOf({ level, milli, signals }: Reading, { unnamedSignals, nodes }: MeterInput, node: string) {
  const memory = signals?.get("gpu_memory_used_mib");
  const unnamed = unnamedSignals?.get(node);
  if (!memory || !unnamed || level !== "gpu" || milli < 1000) return memory;
  return withoutReserved(memory, unnamed, nodes.find((n) => n.name === node)?.freeCardsSeen);
}

/**
 * One reading for each card of a pod if samples distinguish them; the mean of the pod or workload for the rest. The
 * parts add up to the holding.
 */
function readings(input: MeterInput, workload: WorkloadInput, holding: Holding): Reading[] {
  const cards = holding.podId === null ? undefined : input.cardSignals.get(holding.podId);
  const pod = holding.podId === null ? undefined : input.podSignals.get(holding.podId);
  const mean: Omit<Reading, "milli"> = pod?.has("gpu_utilisation_percent")
    ? { gpu: "", level: "pod", signals: pod }
    : { gpu: "", level: "workload", signals: meanPerCard(workload, holding) };
  const unnamed = input.unnamedSignals?.get(holding.node);
  const named = [...(cards ?? [])]
    .filter(([, signals]) => signals.has("gpu_utilisation_percent"))
    .map(([gpu, signals]): CardReading => [gpu, withLostLabels(signals, unnamed?.get(gpu))])
    .sort(([a], [b]) => (a < b ? -1 : 1));
  if (!named.length) return [{ ...mean, milli: holding.milli }];
  const whole = Math.max(1, Math.ceil(holding.milli / 1000));
  const own = lanesOf(named, whole);
  if (own.length >= whole)
    return share(holding.milli, own.length).map((milli, i) => cardReading(own[i] as CardReading, milli));
  const out = own.map((card) => cardReading(card, 1000));
  return [...out, { ...mean, milli: holding.milli - 1000 * own.length }];
}

function cardReading([gpu, signals]: CardReading, milli: number): Reading {
  return { gpu, milli, level: "gpu", signals };
}

/** `total` in `parts` equal whole shares; the first ones take the remainder. */
function share(total: number, parts: number): number[] {
  const base = Math.floor(total / parts);
  return Array.from({ length: parts }, (_, i) => base + (i < total - base * parts ? 1 : 0));
}

/**
 * The memory of a workload is the sum over its cards: as a mean per card it can be compared with the memory of one
 * card.
 */
function meanPerCard(workload: WorkloadInput, holding: Holding): Signals {
  const memory = workload.signals.get("gpu_memory_used_mib");
  const cards = Math.max(1, Math.ceil((workload.gpuRequestMilli ?? holding.milli) / 1000));
  if (!memory || cards === 1) return workload.signals;
  const perCard = { ...memory, value: memory.value.map((v) => v / cards) };
  return new Map([...workload.signals, ["gpu_memory_used_mib", perCard]]);
}
