import type { Book } from "@/lib/metering/book.ts";
import type { MeterInput } from "@/lib/metering/records.ts";
import { floorTo, intersect, windows } from "@/lib/time.ts";
import type { OpenTime, WorkloadInput } from "./workload-input.ts";

/** Open items: GPU time that is not charged because something is not known, with what resolves it. */
export const OPEN_ITEMS: Readonly<Record<OpenTime["kind"], string>> = {
  "gpus-unknown":
    "It ran, but no source says how many GPUs it held: neither a number, nor a known MIG profile or memory share, nor an allocation sample, nor devices that the exporter names for a claim (KUBERNETES_ENABLE_DRA). Counted as one card for each pod; nothing is charged.",
  "time-unknown":
    "Its phase history says that it ran, but no pod is listed and no allocation sample was read. Nothing is charged for this time.",
  "outlives-workload":
    "The pod is still listed as running after its workload ended. It is charged up to that end; delete it, or wait for its own end, which is charged when it is known.",
  "runs-under":
    "It ran in the background on cards that another workload held. That time is the other's, and nothing is charged for it twice.",
  "card-without-gpus":
    "Samples name a pod of it on a card, but no source says that it holds any GPU: nothing is charged. Counted as one card each. Check what the pod requests, and that the exporter maps pods to cards as they are.",
  "sensors-contradict":
    "Utilisation was 50 % or more while SM activity was 0 for 10 minutes or longer. The time is charged, but not observed. Restart the exporter of the node; if it stays, the driver or the card has failed.",
};

/** Adds the open items of a workload to the findings of the buckets that they concern. */
export function openItems(
  input: Pick<MeterInput, "range" | "rules">,
  book: Book,
  workload: WorkloadInput,
  open: readonly OpenTime[],
): void {
  for (const { kind, start, end, milli } of open) {
    const within = intersect({ start, end }, input.range);
    for (const part of within ? windows(within, input.rules.bucketSeconds) : []) {
      const bucketAt = floorTo(part.start, input.rules.bucketSeconds);
      book.finding(bucketAt, kind, workload.id, milli * (part.end - part.start), OPEN_ITEMS[kind]);
    }
  }
}
