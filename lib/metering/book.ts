import { type Instant, type Interval, windows } from "@/lib/time.ts";
import { moreThanThere, onUnknownNode } from "./held/advice.ts";
import type { Holding, WorkloadInput } from "./held/workload-input.ts";
import { add, noQuantities } from "./quantities.ts";
import type { CapacityRecord, Finding, MeterInput, UsageRecord } from "./records.ts";

type BookInput = Pick<MeterInput, "range" | "rules">;

interface Entry {
  /** One for each pool and model of which the workload held cards: nearly always one. */
  readonly records: UsageRecord[];
  measured: boolean;
}

interface Hardware {
  readonly nodePool: string;
  readonly gpuModel: string;
}

/** What nobody held, in the order in which a holding takes of it that no node shows. */
const FREE = ["unallocatedMilli", "unknownMilli", "downMilli"] as const;

const nameOf = (record: UsageRecord): string => record.gpuModel + record.nodePool;

/**
 * Collects records by bucket, hardware and workload while a range is metered, and returns them in the order in which
 * they were started.
 */
export class Book {
  readonly findings: Finding[] = [];
  readonly #records: UsageRecord[] = [];
  /** By workload (0: nobody), then bucket. Numbers, not texts, because it is looked up for every card and hour. */
  readonly #entries = new Map<number, Map<Instant, Entry>>();
  readonly #found = new Map<string, number>();
  readonly #capacity = new Map<string, CapacityRecord>();
  readonly #input: BookInput;
  constructor(input: BookInput) {
    this.#input = input;
  }

  usage(bucketAt: Instant, nodePool: string, gpuModel: string, workload: WorkloadInput | null): UsageRecord {
    const workloadKey = workload?.key ?? 0;
    const { records } = this.#entry(bucketAt, workloadKey);
    for (const record of records) if (record.gpuModel === gpuModel && record.nodePool === nodePool) return record;
    const record: UsageRecord = {
      bucketAt,
      nodePool,
      gpuModel,
      workloadKey,
      projectKey: workload?.projectKey ?? 0,
      level: "",
      quantities: noQuantities(),
    };
    records.push(record);
    this.#records.push(record);
    return record;
  }

  /** The record of a workload and bucket that takes what is not GPU time: the first by model and pool. */
  firstUsage(bucketAt: Instant, workload: WorkloadInput): UsageRecord | undefined {
    const { records } = this.#entry(bucketAt, workload.key);
    return records.length < 2 ? records[0] : records.reduce((a, b) => (nameOf(b) < nameOf(a) ? b : a));
  }

  /** Whether it was called before for the same workload and bucket. */
  measured(bucketAt: Instant, workloadKey: number): boolean {
    const entry = this.#entry(bucketAt, workloadKey);
    const before = entry.measured;
    entry.measured = true;
    return before;
  }

  #entry(bucketAt: Instant, workloadKey: number): Entry {
    let buckets = this.#entries.get(workloadKey);
    if (!buckets) {
      buckets = new Map();
      this.#entries.set(workloadKey, buckets);
    }
    let entry = buckets.get(bucketAt);
    if (!entry) {
      entry = { records: [], measured: false };
      buckets.set(bucketAt, entry);
    }
    return entry;
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
    this.finding(bucketAt, "overlap", node, quantityMilli, moreThanThere(node, names));
  }

  /** Holdings on no known node take free capacity of their model; what exceeds it is overlap. */
  unplaced(list: readonly (Holding & { gpuModel: string })[], range: Interval, bucketSeconds: number): void {
    for (const holding of list)
      for (const part of windows(
        { start: Math.max(holding.start, range.start), end: Math.min(holding.end, range.end) },
        bucketSeconds,
      )) {
        const bucketAt = Math.floor(part.start / bucketSeconds) * bucketSeconds;
        const wanted = holding.milli * (part.end - part.start);
        const rest = wanted - this.#take(bucketAt, holding, wanted);
        this.finding(bucketAt, "unknown-node", holding.workload.id, wanted, onUnknownNode(holding.node));
        if (rest > 0) this.capacity(bucketAt, holding.nodePool, holding.gpuModel).overlapMilli += rest;
      }
  }

  /**
   * Takes what is held in a bucket beside what its node shows as held from the free capacity of its hardware; what
   * exceeds it is overlap. Milli-GPU-seconds.
   */
  fromFree(bucketAt: Instant, hardware: Hardware, amount: number, isDown: boolean): void {
    const rest = amount - this.#take(bucketAt, hardware, amount, isDown ? [...FREE].reverse() : FREE);
    if (rest > 0) this.capacity(bucketAt, hardware.nodePool, hardware.gpuModel).overlapMilli += rest;
  }

  #take(
    bucketAt: Instant,
    { nodePool, gpuModel }: Hardware,
    wanted: number,
    order: readonly (typeof FREE)[number][] = FREE,
  ): number {
    let taken = 0;
    const free = this.#entry(bucketAt, 0).records.filter((u) => u.gpuModel === gpuModel);
    free.sort(
      (a, b) => Number(b.nodePool === nodePool) - Number(a.nodePool === nodePool) || (a.nodePool < b.nodePool ? -1 : 1),
    );
    for (const key of order)
      for (const { quantities } of free) {
        const part = Math.min(quantities[key], wanted - taken);
        add(quantities, key, -part);
        taken += part;
      }
    return taken;
  }

  usageRecords(): UsageRecord[] {
    for (const record of this.#records) if (!record.quantities.observedMilli) record.level = "";
    return this.#records;
  }

  capacityRecords(): CapacityRecord[] {
    return [...this.#capacity.values()];
  }
}
