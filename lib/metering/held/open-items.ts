import type { Book } from "@/lib/metering/book.ts";
import type { MeterInput, OpenKind } from "@/lib/metering/records.ts";
import { DAY, type Instant, windows } from "@/lib/time.ts";
import type { OpenTime, WorkloadInput } from "./workload-input.ts";

/** Open items: GPU time that is not charged because something is not known, with what resolves it. */
export const OPEN_ITEMS: Readonly<Record<Exclude<OpenKind, "unlisted-cards">, string>> = {
  "gpus-unknown":
    "It ran, but no source says how many GPUs it held: neither a number, nor a known MIG profile or memory share, nor an allocation sample. Counted as one card for each pod; nothing is charged.",
  "time-unknown":
    "Its phase history says that it ran, but no pod is listed and no allocation sample was read. Nothing is charged for this time.",
  "outlives-workload":
    "The pod is still listed as running after its workload ended. It is charged up to that end; delete it, or wait for its own end, which is charged when it is known.",
};

/** A pod that stays listed after its workload ended is reported for this long, in seconds. */
const OUTLIVES_SECONDS = 14 * DAY;

/** Adds the open items of a workload to the findings of the buckets that they concern. */
export function openItems(
  input: Pick<MeterInput, "range" | "rules">,
  book: Book,
  workload: WorkloadInput,
  open: readonly OpenTime[],
): void {
  const add = (kind: keyof typeof OPEN_ITEMS, start: Instant, end: Instant, milli: number) => {
    const within = { start: Math.max(start, input.range.start), end: Math.min(end, input.range.end) };
    if (within.end <= within.start) return;
    for (const part of windows(within, input.rules.bucketSeconds)) {
      const bucketAt = Math.floor(part.start / input.rules.bucketSeconds) * input.rules.bucketSeconds;
      book.finding(bucketAt, kind, workload.id, milli * (part.end - part.start), OPEN_ITEMS[kind]);
    }
  };
  for (const { kind, start, end, milli } of open) add(kind, start, end, milli);
  for (const { outlivesFrom, gpuMilli } of workload.pods)
    if (outlivesFrom && gpuMilli) add("outlives-workload", outlivesFrom, outlivesFrom + OUTLIVES_SECONDS, gpuMilli);
}
