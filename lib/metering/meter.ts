import { type Instant, type Interval, windows } from "@/lib/time";
import { type FleetSlot, fleetAt } from "./fleet.ts";
import { type Holding, holdings, type WorkloadInput } from "./holding.ts";
import { measureBucket, runSpans } from "./measures.ts";
import { type ClusterSight, type FreeSpan, freeSpans, type NodeInput } from "./node-capacity.ts";
import { placeHoldings } from "./place.ts";
import { add, coarser, type Level, noQuantities, type Quantities } from "./quantities.ts";
import { disagreements } from "./reconcile.ts";
import { integrateSlot } from "./slot-bucket.ts";
import { type ClassedSlot, classedSlots, downByNode } from "./slots.ts";
import type { Signals } from "./timeline.ts";
import type { MeterRules } from "./types.ts";

/** Everything metering reads of one cluster: facts and samples of `loaded`, which is `range` with the read margin around it. */
export interface MeterInput {
  readonly clusterId: string;
  /** Buckets to meter; the last may end early, at the instant up to which the cluster is synced. */
  readonly range: Interval;
  readonly loaded: Interval;
  readonly rules: MeterRules;
  readonly nodes: readonly NodeInput[];
  readonly sight: ClusterSight;
  readonly workloads: readonly WorkloadInput[];
  /** Readings of a pod as a whole, by pod id. */
  readonly podSignals: ReadonlyMap<string, Signals>;
  /** Readings of each card a pod held, by pod id and card. */
  readonly cardSignals: ReadonlyMap<string, ReadonlyMap<string, Signals>>;
  readonly wantFleet: boolean;
}

export interface UsageRecord {
  readonly bucketAt: Instant;
  readonly nodePool: string;
  readonly gpuModel: string;
  /** 0: nobody. */
  readonly workloadKey: number;
  readonly projectKey: number;
  level: Level;
  readonly quantities: Quantities;
}

export interface CapacityRecord {
  readonly bucketAt: Instant;
  readonly nodePool: string;
  readonly gpuModel: string;
  capacityMilli: number;
  overlapMilli: number;
  readonly throughAt: Instant;
}

export interface Finding {
  readonly bucketAt: Instant;
  readonly kind: "overlap" | "unknown-node" | "clamped" | "sources-disagree";
  readonly subject: string;
  readonly quantityMilli: number;
  readonly detail: string;
}

export interface MeterResult {
  readonly usage: UsageRecord[];
  readonly capacity: CapacityRecord[];
  readonly findings: Finding[];
  readonly fleet: FleetSlot[];
}

/**
 * Meters the buckets of a range: which class every GPU-second was in, and whose it was.
 *
 * Pure: the same input gives the same records, and a range metered in parts gives what the whole gives. For every bucket
 * and GPU model `Σ classes = capacity + overlap` holds exactly (docs/accounting.md §4).
 */
export function meter(input: MeterInput): MeterResult {
  const book = new Book(input);
  const held = new Map(input.workloads.map((w) => [w, holdings(w, input.loaded)]));
  const placed = placeHoldings([...held.values()].flat(), input.nodes);
  const down = downByNode(input.nodes);
  const slots: ClassedSlot[] = [];
  for (const [workload, list] of held) {
    if (!list.length && !workload.pods.length) continue;
    const own = classedSlots(input, workload, list, placed, down);
    for (const slot of own) {
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
      book.finding(bucketAt, "sources-disagree", workload.id, milliGpuSeconds, DISAGREE);
    measure(input, book, workload, list);
    if (input.wantFleet) slots.push(...own);
  }
  const free = meterCapacity(input, book, placed.byNode);
  book.unplaced(placed.unplaced, input.range, input.rules.bucketSeconds);
  const fleet = input.wantFleet ? fleetAt(input.range.end - 1, input.nodes, slots, free) : [];
  return { usage: book.usageRecords(), capacity: book.capacityRecords(), findings: book.findings, fleet };
}

function measure(input: MeterInput, book: Book, workload: WorkloadInput, held: readonly Holding[]): void {
  const spans = runSpans(workload, held, input.range);
  const podSignals = workload.pods.flatMap((p) => {
    const whole = input.podSignals.get(p.id);
    if (whole) return [whole];
    return [...(input.cardSignals.get(p.id)?.values() ?? [])];
  });
  for (const span of spans)
    for (const bucket of windows(span, input.rules.bucketSeconds)) {
      const bucketAt = Math.floor(bucket.start / input.rules.bucketSeconds) * input.rules.bucketSeconds;
      if (book.measured(bucketAt, workload.key)) continue;
      const whole = {
        start: Math.max(bucketAt, input.range.start),
        end: Math.min(bucketAt + input.rules.bucketSeconds, input.range.end),
      };
      const record = book.firstUsage(bucketAt, workload) ?? book.usage(bucketAt, workload.nodePool, "", workload);
      measureBucket(record.quantities, workload, held, spans, podSignals, whole);
    }
}

function meterCapacity(
  input: MeterInput,
  book: Book,
  held: ReadonlyMap<string, readonly Holding[]>,
): Map<string, FreeSpan[]> {
  const out = new Map<string, FreeSpan[]>();
  for (const node of input.nodes) {
    const onNode = held.get(node.name) ?? [];
    const spans = freeSpans(node, onNode, input.sight, input.range);
    out.set(node.name, spans);
    for (const span of spans)
      for (const part of windows(span, input.rules.bucketSeconds)) {
        const bucketAt = Math.floor(part.start / input.rules.bucketSeconds) * input.rules.bucketSeconds;
        const length = part.end - part.start;
        const { nodePool, gpuModel, gpuCount } = span.shape;
        if (gpuCount === 0) continue;
        const capacity = book.capacity(bucketAt, nodePool, gpuModel);
        capacity.capacityMilli += gpuCount * 1000 * length;
        capacity.overlapMilli += span.overlapMilli * length;
        const nobody = book.usage(bucketAt, nodePool, gpuModel, null).quantities;
        add(nobody, "downMilli", span.downMilli * length);
        add(nobody, "unknownMilli", span.unknownMilli * length);
        add(nobody, "unallocatedMilli", span.unallocatedMilli * length);
        if (span.overlapMilli > 0) book.overlap(bucketAt, node.name, span.overlapMilli * length, onNode, part);
      }
  }
  return out;
}

const DISAGREE = "GPU_ALLOCATION samples tell other GPUs than the pods; the pods are followed.";

/** Collects records by bucket, hardware and workload while a range is metered. */
class Book {
  readonly findings: Finding[] = [];
  readonly #usage = new Map<string, UsageRecord>();
  readonly #first = new Map<string, UsageRecord>();
  readonly #nobody = new Map<string, UsageRecord[]>();
  readonly #found = new Map<string, number>();
  readonly #measured = new Set<string>();
  readonly #capacity = new Map<string, CapacityRecord>();
  readonly #input: MeterInput;
  constructor(input: MeterInput) {
    this.#input = input;
  }

  usage(bucketAt: Instant, nodePool: string, gpuModel: string, workload: WorkloadInput | null): UsageRecord {
    const workloadKey = workload?.key ?? 0;
    const key = `${bucketAt}\u0000${workloadKey}\u0000${gpuModel}\u0000${nodePool}`;
    let record = this.#usage.get(key);
    if (!record) {
      record = {
        bucketAt,
        nodePool,
        gpuModel,
        workloadKey,
        projectKey: workload?.projectKey ?? 0,
        level: "",
        quantities: noQuantities(),
      };
      this.#usage.set(key, record);
      if (!workload) this.#nobodyAt(bucketAt, gpuModel).push(record);
      const first = `${bucketAt}/${workloadKey}`;
      const before = this.#first.get(first);
      if (!before || record.gpuModel + record.nodePool < before.gpuModel + before.nodePool)
        this.#first.set(first, record);
    }
    return record;
  }

  /** The workload's record of a bucket that carries what is not GPU time: the first by model and pool. */
  firstUsage(bucketAt: Instant, workload: WorkloadInput): UsageRecord | undefined {
    return this.#first.get(`${bucketAt}/${workload.key}`);
  }

  /** Nobody's records of a bucket and model, one for each pool. */
  #nobodyAt(bucketAt: Instant, gpuModel: string): UsageRecord[] {
    const key = `${bucketAt}/${gpuModel}`;
    let list = this.#nobody.get(key);
    if (!list) {
      list = [];
      this.#nobody.set(key, list);
    }
    return list;
  }

  measured(bucketAt: Instant, workloadKey: number): boolean {
    const key = `${bucketAt}/${workloadKey}`;
    if (this.#measured.has(key)) return true;
    this.#measured.add(key);
    return false;
  }

  capacity(bucketAt: Instant, nodePool: string, gpuModel: string): CapacityRecord {
    const key = `${bucketAt}\u0000${gpuModel}\u0000${nodePool}`;
    let record = this.#capacity.get(key);
    if (!record) {
      const throughAt = Math.min(bucketAt + this.#input.rules.bucketSeconds, this.#input.range.end);
      record = { bucketAt, nodePool, gpuModel, capacityMilli: 0, overlapMilli: 0, throughAt };
      this.#capacity.set(key, record);
    }
    return record;
  }

  finding(bucketAt: Instant, kind: Finding["kind"], subject: string, quantityMilli: number, detail: string): void {
    const key = `${bucketAt}/${kind}/${subject}`;
    const i = this.#found.get(key) ?? -1;
    const before = this.findings[i];
    if (before) this.findings[i] = { ...before, quantityMilli: before.quantityMilli + quantityMilli };
    else this.#found.set(key, this.findings.push({ bucketAt, kind, subject, quantityMilli, detail }) - 1);
  }

  overlap(bucketAt: Instant, node: string, quantityMilli: number, held: readonly Holding[], part: Interval): void {
    const names = [
      ...new Set(held.filter((h) => h.start < part.end && h.end > part.start).map((h) => h.workload.id)),
    ].sort();
    this.finding(
      bucketAt,
      "overlap",
      node,
      quantityMilli,
      `More GPUs were held on ${node} than it has, by ${names.join(", ")}.`,
    );
  }

  /** Holdings on no known node take free capacity of their model; what finds none is overlap. */
  unplaced(list: readonly (Holding & { gpuModel: string })[], range: Interval, bucketSeconds: number): void {
    for (const holding of list)
      for (const part of windows(
        { start: Math.max(holding.start, range.start), end: Math.min(holding.end, range.end) },
        bucketSeconds,
      )) {
        const bucketAt = Math.floor(part.start / bucketSeconds) * bucketSeconds;
        const wanted = holding.milli * (part.end - part.start);
        const rest = wanted - this.#take(bucketAt, holding, wanted);
        const where = holding.node
          ? `node ${holding.node}, which inventory does not know`
          : "a node that no source names";
        this.finding(bucketAt, "unknown-node", holding.workload.id, wanted, `Held GPUs on ${where}.`);
        if (rest > 0) this.capacity(bucketAt, holding.nodePool, holding.gpuModel).overlapMilli += rest;
      }
  }

  #take(bucketAt: Instant, { nodePool, gpuModel }: { nodePool: string; gpuModel: string }, wanted: number): number {
    let taken = 0;
    const free = [...this.#nobodyAt(bucketAt, gpuModel)].sort(
      (a, b) => Number(b.nodePool === nodePool) - Number(a.nodePool === nodePool) || (a.nodePool < b.nodePool ? -1 : 1),
    );
    for (const key of ["unallocatedMilli", "unknownMilli", "downMilli"])
      for (const { quantities } of free) {
        const part = Math.min(quantities[key] ?? 0, wanted - taken);
        add(quantities, key, -part);
        taken += part;
      }
    return taken;
  }

  usageRecords(): UsageRecord[] {
    for (const record of this.#usage.values()) if (!record.quantities.observedMilli) record.level = "";
    return [...this.#usage.values()];
  }

  capacityRecords(): CapacityRecord[] {
    return [...this.#capacity.values()];
  }
}
