import type { Book } from "@/lib/metering/book.ts";
import type { MeterInput } from "@/lib/metering/records.ts";
import { floorTo, intersect, windows } from "@/lib/time.ts";
import { ADVICE } from "./advice.ts";
import type { OpenTime, WorkloadInput } from "./workload-input.ts";

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
      book.finding(bucketAt, kind, workload.id, milli * (part.end - part.start), ADVICE[kind][0]);
    }
  }
}
