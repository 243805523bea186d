import type { UsageClass } from "@/lib/classes.ts";
import type { Instant } from "@/lib/time.ts";
import type { FreeSpan, NodeInput } from "./node-capacity.ts";
import type { ClassedSlot } from "./slots.ts";
import { StepReader } from "./timeline.ts";

/** One card, or a part of one, at an instant. */
export interface FleetSlot {
  readonly node: string;
  /** Its place among the slots of the node: our own numbering, cards first by name. */
  readonly position: number;
  readonly nodePool: string;
  readonly gpuModel: string;
  readonly gpu: string;
  readonly milli: number;
  readonly class: UsageClass;
  /** 0: nobody. */
  readonly workloadKey: number;
  readonly utilisationCenti: number | null;
  readonly gpuMemoryMib: number | null;
  readonly sinceAt: Instant;
}

type Unplaced = Omit<FleetSlot, "position">;

/** Every slot of every node at an instant: held ones by card, then free ones by class. */
export function fleetAt(
  at: Instant,
  nodes: readonly NodeInput[],
  slots: readonly ClassedSlot[],
  free: ReadonlyMap<string, readonly FreeSpan[]>,
): FleetSlot[] {
  const held = new Map<string, Unplaced[]>();
  for (const slot of slots) {
    const entry = heldSlot(slot, at);
    if (entry) held.set(slot.node, [...(held.get(slot.node) ?? []), ...entry]);
  }
  return nodes.flatMap((node) => {
    const spans = free.get(node.name) ?? [];
    const last = spans.findLast((s) => s.start <= at && at < s.end);
    if (!last || last.shape.gpuCount === 0) return [];
    const mine = (held.get(node.name) ?? []).sort((a, b) =>
      a.gpu < b.gpu ? -1 : a.gpu > b.gpu ? 1 : a.workloadKey - b.workloadKey,
    );
    return [...mine, ...freeSlots(node.name, last)].map((slot, position) => ({ ...slot, position }));
  });
}

function heldSlot(slot: ClassedSlot, at: Instant): Unplaced[] | null {
  const i = slot.segments.findLastIndex((s) => s.start <= at && at < s.end);
  const segment = slot.segments[i];
  if (!segment) return null;
  let since = segment.start;
  for (let k = i - 1; k >= 0 && slot.segments[k]?.class === segment.class; k--)
    since = slot.segments[k]?.start ?? since;
  const memory = new StepReader(slot.signals?.get("gpu_memory_used_mib")).valueAt(at);
  const one = {
    node: slot.node,
    nodePool: slot.nodePool,
    gpuModel: slot.gpuModel,
    gpu: slot.gpu,
    class: segment.class === "busy" ? ("active" as const) : segment.class,
    workloadKey: slot.workload.key,
    utilisationCenti: segment.centi,
    gpuMemoryMib: memory === undefined ? null : Math.round(memory),
    sinceAt: since,
  };
  const out: Unplaced[] = [];
  for (let rest = slot.milli; rest > 0; rest -= 1000) out.push({ ...one, milli: Math.min(1000, rest) });
  return out;
}

function freeSlots(node: string, span: FreeSpan): Unplaced[] {
  const out: Unplaced[] = [];
  const parts = [
    ["down", span.downMilli],
    ["unknown", span.unknownMilli],
    ["unallocated", span.unallocatedMilli],
  ] as const;
  for (const [name, total] of parts) {
    const first = total % 1000 || 1000;
    for (let rest = total, milli = first; rest > 0; rest -= milli, milli = 1000)
      out.push({
        node,
        nodePool: span.shape.nodePool,
        gpuModel: span.shape.gpuModel,
        gpu: "",
        milli,
        class: name,
        workloadKey: 0,
        utilisationCenti: null,
        gpuMemoryMib: null,
        sinceAt: span.start,
      });
  }
  return out;
}
