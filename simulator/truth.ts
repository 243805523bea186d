import type { UsageClass } from "@/lib/classes.ts";
import { type Instant, type Interval, intersect, seconds, subtract, union } from "@/lib/time.ts";
import { type Reading, readingAt } from "./device.ts";
import { namedMemory, type Scenario } from "./scenario.ts";
import { buildTimeline, type Card, nodeLife, type Slot, type Timeline } from "./timeline.ts";

/** Exact milli-GPU-seconds. `workloadId` and `projectId` are null for what nobody held. */
export interface TruthRow {
  readonly clusterId: string;
  readonly bucket: Instant;
  readonly workloadId: string | null;
  readonly projectId: string | null;
  readonly gpuModel: string;
  readonly class: UsageClass;
  readonly milliGpuSeconds: number;
}

export interface TruthOptions {
  readonly bucketSeconds?: number;
  /** Seconds outside are left out; idle runs and starts still see them. Default: the scenario's range. */
  readonly range?: Interval;
}

const STARTING_SECONDS = 900;
const IDLE_SECONDS = 600;
const BRIDGE_SECONDS = 600;
const LITTLE_MEMORY_MIB = 512;
const LITTLE_MEMORY_SHARE = 0.02;
const INEFFICIENT_PERCENT = 25;

/** A sample and the whole seconds it covers. */
interface Covered extends Interval {
  readonly util: number;
  readonly active: boolean;
  readonly littleMemory: boolean;
}

function isActive({ util, sm, dram }: Reading): boolean {
  // 1 % is 100 ten-thousandths.
  return util > 0 || sm > 100 || dram > 100;
}

/** The same with what its counters read, and how long it would hold if the slot went on. */
interface Sampled extends Covered {
  readonly sm: number;
  readonly heldUntil: Instant;
}

/** The slot's samples; each holds until the next, at most 2.5 steps (whole seconds, rounded down), and not past the slot. */
function coveredBy(slot: Slot, step: number): Covered[] {
  const hold = Math.floor(2.5 * step);
  const card = namedMemory(slot.card.node.memoryMibPerGpu);
  const out: Sampled[] = [];
  for (const [n, span] of slot.spans.entries())
    for (let i = span.from; i < span.to; i++) {
      const start = i * step;
      const next = i + 1 < span.to ? i + 1 : slot.spans[n + 1]?.from;
      const heldUntil = Math.min(start + hold, next === undefined ? Number.POSITIVE_INFINITY : next * step);
      const end = Math.min(heldUntil, slot.end);
      const reading = readingAt(slot, step, i);
      const { util, memory, sm } = reading;
      const littleMemory = memory < LITTLE_MEMORY_MIB || memory < LITTLE_MEMORY_SHARE * card;
      out.push({ start, end, util, sm, heldUntil, active: isActive(reading), littleMemory });
    }
  return withoutContradictions(out);
}

const CONTRADICTION_PERCENT = 50;
const CONTRADICTION_SECONDS = 600;

/** Without samples in runs of ten minutes or more in which the card is half busy and its counters read 0: nothing is known then. */
function withoutContradictions(covered: readonly Sampled[]): Covered[] {
  const out: Covered[] = [];
  let run: Sampled[] = [];
  const close = () => {
    const [first, last] = [run[0], run.at(-1)];
    if (first && last && last.heldUntil - first.start < CONTRADICTION_SECONDS) out.push(...run);
    run = [];
  };
  for (const piece of covered) {
    const isOdd = piece.util >= CONTRADICTION_PERCENT && piece.sm === 0;
    if (!isOdd || run.at(-1)?.heldUntil !== piece.start) close();
    if (isOdd) run.push(piece);
    else out.push(piece);
  }
  close();
  return out;
}

/** Which covered pieces lie in an idle run of at least ten minutes. */
function idleFlags(covered: readonly Covered[]): boolean[] {
  const flags = covered.map(() => false);
  let first = -1;
  const close = (last: number) => {
    if (first >= 0 && (covered[last] as Covered).end - (covered[first] as Covered).start >= IDLE_SECONDS)
      flags.fill(true, first, last + 1);
    first = -1;
  };
  for (const [n, piece] of covered.entries()) {
    const before = covered[n - 1];
    if (before && (piece.active || piece.start - before.end > BRIDGE_SECONDS)) close(n - 1);
    if (!piece.active && first < 0) first = n;
  }
  close(covered.length - 1);
  return flags;
}

/** Smallest `u` with at least 95 % of the seconds at or below it. */
function p95(secondsByPercent: Float64Array): number {
  const total = secondsByPercent.reduce((a, b) => a + b, 0);
  let sum = 0;
  for (let u = 0; u < secondsByPercent.length; u++) {
    sum += secondsByPercent[u] as number;
    if (sum * 100 >= total * 95) return u;
  }
  return 100;
}

/** Cuts an interval at bucket edges. */
function* byBucket(interval: Interval, bucketSeconds: number): Generator<readonly [bucket: Instant, part: Interval]> {
  for (let start = interval.start; start < interval.end; ) {
    const bucket = Math.floor(start / bucketSeconds) * bucketSeconds;
    const end = Math.min(interval.end, bucket + bucketSeconds);
    yield [bucket, { start, end }];
    start = end;
  }
}

function inefficientBuckets(covered: readonly Covered[], bucketSeconds: number): Set<Instant> {
  const seen = new Map<Instant, Float64Array>();
  for (const piece of covered)
    for (const [bucket, part] of byBucket(piece, bucketSeconds)) {
      const histogram = seen.get(bucket) ?? new Float64Array(101);
      histogram[piece.util] = (histogram[piece.util] as number) + part.end - part.start;
      seen.set(bucket, histogram);
    }
  return new Set([...seen].filter(([, h]) => p95(h) < INEFFICIENT_PERCENT).map(([bucket]) => bucket));
}

type Emit = (bucket: Instant, kind: UsageClass, length: number) => void;

/** Every second of one slot in one class. */
function classifySlot(slot: Slot, step: number, bucketSeconds: number, range: Interval, emit: Emit): void {
  const covered = coveredBy(slot, step);
  const idle = idleFlags(covered);
  const inefficient = inefficientBuckets(covered, bucketSeconds);
  const firstActivity = covered.find((c) => c.active)?.start ?? slot.end;
  const started = Math.min(firstActivity, slot.start + STARTING_SECONDS, slot.end);
  const { down } = slot.card.node;
  const put = (interval: Interval, kind: UsageClass | null) => {
    const inRange = intersect(interval, range);
    if (!inRange) return;
    for (const up of subtract(inRange, down))
      for (const [bucket, part] of byBucket(up, bucketSeconds))
        emit(bucket, kind ?? (inefficient.has(bucket) ? "inefficient" : "active"), part.end - part.start);
  };
  for (const d of down) {
    const lost = intersect(intersect(slot, d) ?? { start: 0, end: 0 }, range);
    if (lost) for (const [bucket, part] of byBucket(lost, bucketSeconds)) emit(bucket, "down", part.end - part.start);
  }
  put({ start: slot.start, end: started }, "starting");
  let at = started;
  for (const [n, piece] of covered.entries()) {
    const start = Math.max(piece.start, started);
    if (start >= piece.end) continue;
    if (start > at) put({ start: at, end: start }, "no-data");
    const idleKind =
      slot.workload.category === "Deploy" ? "warm-serving" : piece.littleMemory ? "dead-idle" : "idle-held";
    put({ start, end: piece.end }, idle[n] ? idleKind : null);
    at = piece.end;
  }
  if (at < slot.end) put({ start: at, end: slot.end }, "no-data");
}

/** What no pod held of one card: down, unknown while nobody could see it, else unallocated. */
function classifyFree(timeline: Timeline, card: Card, bucketSeconds: number, range: Interval, emit: Emit): void {
  const { scenario } = timeline;
  const life = intersect(nodeLife(scenario, card.node), range);
  if (!life) return;
  const gone = union([...card.node.down, ...card.node.lostCards.filter((l) => l.index === card.index)]);
  const blind = subtract(
    life,
    subtract(
      life,
      scenario.outages.filter((o) => o.clusterId === card.node.clusterId),
    ),
  );
  const edges = new Set([life.start, life.end]);
  for (const i of [...gone, ...blind, ...card.slots])
    for (const t of [i.start, i.end]) if (t > life.start && t < life.end) edges.add(t);
  const sorted = [...edges].sort((a, b) => a - b);
  const steps = card.slots
    .flatMap((s) => [
      { at: s.start, milli: s.milli },
      { at: s.end, milli: -s.milli },
    ])
    .sort((a, b) => a.at - b.at);
  let held = 0;
  let next = 0;
  for (const [n, start] of sorted.slice(0, -1).entries()) {
    const part = { start, end: sorted[n + 1] as number };
    for (; (steps[next]?.at ?? Number.POSITIVE_INFINITY) <= start; next++)
      held += (steps[next] as { milli: number }).milli;
    const within = (list: readonly Interval[]) => list.some((i) => i.start <= start && start < i.end);
    const kind = within(gone) ? "down" : within(blind) ? "unknown" : "unallocated";
    // Sevenths of a card that is held whole add up to it, but for the last digits.
    if (held < 1000 - 1e-6)
      for (const [bucket, piece] of byBucket(part, bucketSeconds))
        emit(bucket, kind, (piece.end - piece.start) * (1000 - held));
  }
}

/**
 * Milli-GPU-seconds by class × workload × project × model × bucket, straight from the scenario and without any of the
 * product's code. Rules: docs/accounting.md §4. Rows are unique and never zero; per cluster, model and bucket they add
 * up to `exactCapacity`.
 */
export function exactUsage(scenario: Scenario, options: TruthOptions = {}): TruthRow[] {
  const timeline = buildTimeline(scenario);
  const bucketSeconds = options.bucketSeconds ?? 3600;
  const range = options.range ?? scenario.range;
  const sums = new Map<string, TruthRow>();
  const add = (card: Card, slot: Slot | null, bucket: Instant, kind: UsageClass, milliGpuSeconds: number) => {
    if (milliGpuSeconds === 0) return;
    const { clusterId, gpuModel } = card.node;
    const workloadId = slot?.workload.id ?? null;
    const key = `${clusterId}|${gpuModel}|${bucket}|${workloadId}|${kind}`;
    const had = sums.get(key)?.milliGpuSeconds ?? 0;
    const projectId = slot?.workload.projectId ?? null;
    sums.set(key, {
      clusterId,
      bucket,
      workloadId,
      projectId,
      gpuModel,
      class: kind,
      milliGpuSeconds: had + milliGpuSeconds,
    });
  };
  for (const slot of timeline.slots)
    if (intersect(slot, range))
      classifySlot(slot, timeline.step, bucketSeconds, range, (bucket, kind, length) =>
        add(slot.card, slot, bucket, kind, length * slot.milli),
      );
  for (const card of timeline.cards)
    classifyFree(timeline, card, bucketSeconds, range, (bucket, kind, amount) => add(card, null, bucket, kind, amount));
  return [...sums.values()];
}

/** Milli-GPU-seconds of capacity by cluster, model and bucket: every card from its node's first day, seen or not. */
export function exactCapacity(
  scenario: Scenario,
  options: TruthOptions = {},
): Pick<TruthRow, "clusterId" | "gpuModel" | "bucket" | "milliGpuSeconds">[] {
  const bucketSeconds = options.bucketSeconds ?? 3600;
  const sums = new Map<string, Pick<TruthRow, "clusterId" | "gpuModel" | "bucket" | "milliGpuSeconds">>();
  for (const node of scenario.nodes) {
    const life = intersect(nodeLife(scenario, node), options.range ?? scenario.range);
    if (!life) continue;
    const { clusterId, gpuModel } = node;
    for (const [bucket, part] of byBucket(life, bucketSeconds)) {
      const key = `${clusterId}|${gpuModel}|${bucket}`;
      const had = sums.get(key)?.milliGpuSeconds ?? 0;
      sums.set(key, { clusterId, gpuModel, bucket, milliGpuSeconds: had + seconds([part]) * 1000 * node.gpuCount });
    }
  }
  return [...sums.values()];
}
