import { addCells, CELL, cellsOf } from "@/lib/insights/cells/cell.ts";
import { HOST, type HostCells, type SlotCells, type SpanCells, slotId } from "@/lib/insights/cells/codec.ts";
import { heldByWorkload } from "@/lib/metering/held/held-by-workload.ts";
import { placeHoldings } from "@/lib/metering/held/place.ts";
import { usedSignals } from "@/lib/metering/measures.ts";
import type { MeterInput } from "@/lib/metering/records.ts";
import { classedSlots, downByNode } from "@/lib/metering/slots.ts";
import { firstAfter, type Steps } from "@/lib/metering/timeline.ts";
import { floorTo, type Instant, type Interval } from "@/lib/time.ts";

/** Metrics that cells are made of. */
export const CELL_METRICS = [
  "gpu_utilisation_percent",
  "gpu_memory_used_mib",
  "sm_active_percent",
  "dram_active_percent",
  "tensor_active_percent",
  "power_watts",
  "gpu_allocation",
  "claimed_gpu",
  "cpu_cores",
  "cpu_memory_mib",
];

/**
 * The cells of every workload of the input over its range, by workload key: the slots and classes are those that
 * metering finds, so that what a finding says is lost is time of the ledger. Background workloads have none: they run
 * under others, and hold only what these leave free.
 */
export function buildCells(input: Omit<MeterInput, "wantFleet">): Map<number, SpanCells> {
  const whole: MeterInput = { ...input, wantFleet: false };
  const held = new Map([...heldByWorkload(input)].map(([workload, { holdings }]) => [workload, holdings]));
  const placed = placeHoldings([...held.values()].flat(), input.nodes);
  const down = downByNode(input.nodes);
  const out = new Map<number, SpanCells>();
  for (const [workload, list] of held) {
    if (workload.isBackground) continue;
    const slots = new Map<string, SlotCells>();
    for (const slot of classedSlots(whole, workload, list, placed, down, true)) {
      const { signals } = slot;
      const cells = cellsOf(
        slot.segments,
        {
          utilisation: signals?.get("gpu_utilisation_percent"),
          memoryMib: signals?.get("gpu_memory_used_mib"),
          sm: signals?.get("sm_active_percent"),
          dram: signals?.get("dram_active_percent"),
          tensor: signals?.get("tensor_active_percent"),
          power: signals?.get("power_watts"),
          contradicted: slot.contradicted,
        },
        input.range,
        input.rules.activityPercent,
      );
      const facts = {
        pod: slot.podId ?? "",
        gpu: slot.gpu,
        node: slot.node,
        pool: slot.nodePool,
        model: slot.gpuModel,
        milli: slot.milli,
        level: slot.level,
      };
      const had = slots.get(slotId(facts));
      slots.set(slotId(facts), { ...facts, cells: had ? addCells(had.cells, cells) : cells });
    }
    const used = usedSignals(workload, input.podSignals, input.cardSignals);
    const host = hostCells(used.get("cpu_cores"), used.get("cpu_memory_mib"), input.range);
    const present = [...slots.values()].filter((s) => s.cells.size > 0);
    if (present.length) out.set(workload.key, { slots: present, host });
  }
  return out;
}

export function hostCells(cpu: Steps | undefined, memory: Steps | undefined, range: Interval): HostCells {
  const out: HostCells = new Map();
  const add = (steps: Steps | undefined, seconds: number, sum: number, most: number | null) => {
    let cellEnd = Number.NEGATIVE_INFINITY;
    let cell: Float32Array = new Float32Array(0);
    if (!steps) return;
    for (let i = firstAfter(steps.until, range.start); i < steps.at.length; i++) {
      const at = steps.at[i] as number;
      if (at >= range.end) break;
      const end = Math.min(steps.until[i] as number, range.end);
      const value = steps.value[i] as number;
      for (let from = Math.max(at, range.start); from < end; ) {
        if (from >= cellEnd) {
          cellEnd = floorTo(from, CELL) + CELL;
          cell = cellAt(out, cellEnd - CELL);
        }
        const until = Math.min(end, cellEnd);
        cell[seconds] = (cell[seconds] as number) + until - from;
        cell[sum] = (cell[sum] as number) + value * (until - from);
        if (most !== null && value > (cell[most] as number)) cell[most] = value;
        from = until;
      }
    }
  };
  const at = (name: (typeof HOST)[number]) => HOST.indexOf(name);
  add(cpu, at("cpuSeconds"), at("cpuSum"), null);
  add(memory, at("memorySeconds"), at("memorySum"), at("memoryMax"));
  return out;
}

function cellAt(cells: HostCells, at: Instant): Float32Array {
  let cell = cells.get(at);
  if (!cell) {
    cell = new Float32Array(HOST.length);
    cells.set(at, cell);
  }
  return cell;
}
