import { type Instant, intersect, windows } from "@/lib/time.ts";
import { Book } from "./book.ts";
import { capacityShares, foreignTo } from "./capacity-share.ts";
import { type FleetSlot, fleetAt } from "./fleet.ts";
import { ADVICE } from "./held/advice.ts";
import { heldByWorkload } from "./held/held-by-workload.ts";
import { openItems } from "./held/open-items.ts";
import { type Placement, placeHoldings } from "./held/place.ts";
import { disagreements } from "./held/reconcile.ts";
import type { Holding, OpenTime, WorkloadInput } from "./held/workload-input.ts";
import { measureBucket, runSpans, usedSignals } from "./measures.ts";
import { type FreeSpan, freeSpans } from "./node-capacity.ts";
import { type ProjectPeak, projectPeaks } from "./project-peaks.ts";
import { add, coarser } from "./quantities.ts";
import type { CapacityRecord, Finding, MeterInput, UsageRecord } from "./records.ts";
import { addRests } from "./rests.ts";
import { crowdedCards } from "./shared/crowded-cards.ts";
import { unheldCards } from "./signals/unheld-cards.ts";
import { integrateSlot } from "./slot-bucket.ts";
import { type ClassedSlot, classedSlots, downByNode } from "./slots.ts";
import { findSurplus, withUnlisted } from "./unlisted/cards.ts";
import { findUnlistedHolders } from "./unlisted/holders.ts";

export interface MeterResult {
  readonly usage: UsageRecord[];
  readonly capacity: CapacityRecord[];
  readonly peaks: readonly ProjectPeak[];
  readonly findings: Finding[];
  readonly fleet: FleetSlot[];
}

/**
 * Meters the buckets of a range: the class and the holder of every GPU-second.
 *
 * Pure: the same input returns the same records, and metering a range in parts returns the same as metering it whole.
 * For every bucket and GPU model `Σ classes = capacity + overlap` holds exactly (docs/accounting.md §4).
 */
export function meter(reported: MeterInput): MeterResult {
  const input = withUnlisted(reported);
  const book = new Book(input);
  const held = new Map<WorkloadInput, readonly Holding[]>();
  const all = heldByWorkload(input);
  for (const [workload, { holdings, open }] of all) {
    held.set(workload, holdings);
    const unheld = unheldCards(input, workload, holdings, open).map((c) => ({
      ...c,
      kind: "card-without-gpus" as const,
    }));
    openItems(input, book, workload, [...open, ...unheld]);
  }
  findSurplus(reported, book);
  findUnlistedHolders(input, book, all.values());
  for (const { node, milli, ...span } of crowdedCards(input, [...held.values()].flat()))
    for (const part of windows(span, input.rules.bucketSeconds)) {
      const bucketAt = Math.floor(part.start / input.rules.bucketSeconds) * input.rules.bucketSeconds;
      book.finding(bucketAt, "cards-unknown", node, milli * (part.end - part.start), ADVICE["cards-unknown"][0]);
    }
  const placed = placeHoldings([...held.values()].flat(), input.nodes);
  const down = downByNode(input.nodes);
  const slots: ClassedSlot[] = [];
  const divided: ClassedSlot[] = [];
  for (const [workload, list] of held) {
    if (!list.length && !workload.pods.length) continue;
    const own = classedSlots(input, workload, list, placed, down);
    for (const slot of own) {
      openItems(input, book, workload, contradicted(slot));
      const usage = (bucketAt: Instant) => {
        const record = book.usage(bucketAt, slot.nodePool, slot.gpuModel, workload);
        record.level = coarser(record.level, slot.level);
        return record.quantities;
      };
      const clamped = integrateSlot(slot.segments, slot.milli, input.range, input.rules, usage);
      if (clamped)
        book.finding(input.range.start, "clamped", workload.id, clamped, "Samples above 100 % were read as 100 %.");
    }
    for (const { bucketAt, milliGpuSeconds } of disagreements(
      workload.signals.get("gpu_allocation"),
      list,
      input.range,
      input.rules.bucketSeconds,
    ))
      book.finding(bucketAt, "sources-disagree", workload.id, milliGpuSeconds, ADVICE["sources-disagree"][0]);
    measure(input, book, workload, list);
    if (input.wantFleet) slots.push(...own);
    for (const slot of own) if (slot.rest > 0) divided.push(slot);
  }
  const free = meterCapacity(input, book, placed);
  book.unplaced(placed.unplaced, input.range, input.rules.bucketSeconds);
  addRests(book, divided, input.range, input.rules);
  const fleet = input.wantFleet ? fleetAt(input.range.end - 1, input.nodes, slots, free) : [];
  const loads = [...held].map(([{ projectKey, pods }, own]) => ({ projectKey, pods, held: own }));
  return {
    usage: book.usageRecords(),
    capacity: book.capacityRecords(),
    peaks: projectPeaks(loads, input.range, input.rules.bucketSeconds),
    findings: book.findings,
    fleet,
  };
}

/** When the sensors of a slot contradict each other, while it is held. */
function contradicted({ contradicted: odd, milli, segments }: ClassedSlot): OpenTime[] {
  const held = { start: segments[0]?.start ?? 0, end: segments.at(-1)?.end ?? 0 };
  return odd.flatMap((span) => {
    const part = intersect(span, held);
    return part ? [{ ...part, milli, kind: "sensors-contradict" }] : [];
  });
}

function measure(input: MeterInput, book: Book, workload: WorkloadInput, held: readonly Holding[]): void {
  const spans = runSpans(workload, held, input.range);
  const used = usedSignals(workload, input.podSignals, input.cardSignals);
  for (const span of spans)
    for (const bucket of windows(span, input.rules.bucketSeconds)) {
      const bucketAt = Math.floor(bucket.start / input.rules.bucketSeconds) * input.rules.bucketSeconds;
      if (book.measured(bucketAt, workload.key)) continue;
      const whole = {
        start: Math.max(bucketAt, input.range.start),
        end: Math.min(bucketAt + input.rules.bucketSeconds, input.range.end),
      };
      const record = book.firstUsage(bucketAt, workload) ?? book.usage(bucketAt, workload.nodePool, "", workload);
      measureBucket(record.quantities, workload, held, spans, used, whole);
    }
}

function meterCapacity(input: MeterInput, book: Book, placed: Placement): Map<string, FreeSpan[]> {
  const out = new Map<string, FreeSpan[]>();
  for (const node of input.nodes) {
    const onNode = placed.byNode.get(node.name) ?? [];
    const spans = freeSpans(node, onNode, input.sight, input.range);
    out.set(node.name, spans);
    for (const span of spans)
      for (const part of windows(span, input.rules.bucketSeconds)) {
        const bucketAt = Math.floor(part.start / input.rules.bucketSeconds) * input.rules.bucketSeconds;
        const length = part.end - part.start;
        const { nodePool, gpuModel, gpuCount } = span.shape;
        if (gpuCount === 0 && span.heldMilli === 0) continue;
        for (const share of capacityShares(span, foreignTo(span, onNode, placed.modelOf))) {
          const capacity = book.capacity(bucketAt, share.nodePool, share.gpuModel);
          capacity.capacityMilli += share.capacityMilli * length;
          capacity.overlapMilli += share.overlapMilli * length;
        }
        const nobody = book.usage(bucketAt, nodePool, gpuModel, null).quantities;
        add(nobody, "downMilli", span.downMilli * length);
        add(nobody, "unknownMilli", span.unknownMilli * length);
        add(nobody, "unallocatedMilli", span.unallocatedMilli * length);
        if (span.shape.uncounted)
          book.finding(bucketAt, "cards-unknown", node.name, gpuCount * 1000 * length, ADVICE["cards-unknown"][1]);
        if (span.overlapMilli > 0) book.overlap(bucketAt, node.name, span.overlapMilli * length, onNode, part);
      }
  }
  return out;
}
