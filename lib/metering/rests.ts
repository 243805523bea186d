import { CLASSES, classProperty } from "@/lib/classes.ts";
import type { Instant, Interval } from "@/lib/time.ts";
import type { Book } from "./book.ts";
import { PARTS_OF_MILLI } from "./held/gpu-share.ts";
import { add, noQuantities, type Quantities } from "./quantities.ts";
import { integrateSlot } from "./slot-bucket.ts";
import type { ClassedSlot } from "./slots.ts";
import type { MeterRules } from "./types.ts";

/**
 * Adds what milli-GPU leave over of the shares of slots (decision 0270), once everything else is in the book: of each
 * bucket and hardware the rests are added up in their exact parts and given out in whole milli-GPU-seconds, rounded, so
 * that no slot and class is a whole one away from its exact share, and seven sevenths are the card. It comes from what the card
 * left free.
 */
export function addRests(book: Book, slots: readonly ClassedSlot[], range: Interval, rules: MeterRules): void {
  const carried = new Map<string, number>();
  const own = slots.filter((s) => s.rest > 0).sort(byName);
  for (const slot of own)
    for (const [bucketAt, rest] of restByBucket(slot, range, rules)) {
      const record = book.usage(bucketAt, slot.nodePool, slot.gpuModel, slot.workload).quantities;
      const key = `${bucketAt}/${slot.gpuModel}/${slot.nodePool}`;
      let given = 0;
      for (const c of CLASSES) {
        const property = classProperty(c, "milli");
        if (!rest[property]) continue;
        const parts = (carried.get(key) ?? PARTS_OF_MILLI / 2) + rest[property];
        const whole = Math.floor(parts / PARTS_OF_MILLI);
        carried.set(key, parts - whole * PARTS_OF_MILLI);
        add(record, property, whole);
        book.fromFree(bucketAt, slot, whole, c === "down");
        given += whole;
      }
      addObserved(record, rest, given);
    }
}

/** The parts of the rest of a slot by bucket and class, in PARTS_OF_MILLI × seconds. */
function restByBucket(slot: ClassedSlot, range: Interval, rules: MeterRules): Map<Instant, Quantities> {
  const out = new Map<Instant, Quantities>();
  integrateSlot(slot.segments, slot.rest, range, rules, (bucketAt) => {
    const record = out.get(bucketAt) ?? noQuantities();
    out.set(bucketAt, record);
    return record;
  });
  return out;
}

/** Of what was given, the part that was observed, and its utilisation: never more than it. */
function addObserved(record: Quantities, rest: Quantities, given: number): void {
  const parts = rest.observedMilli;
  if (parts === 0) return;
  const held = CLASSES.reduce((sum, c) => sum + rest[classProperty(c, "milli")], 0);
  const observed = parts === held ? given : Math.min(given, Math.floor(parts / PARTS_OF_MILLI));
  add(record, "observedMilli", observed);
  add(record, "utilisationWeighted", Math.floor((rest.utilisationWeighted / parts) * observed));
}

/** An order that does not depend on that of the input. */
const byName = (a: ClassedSlot, b: ClassedSlot): number =>
  nameOf(a) < nameOf(b) ? -1 : nameOf(a) > nameOf(b) ? 1 : a.start - b.start;
const nameOf = (slot: ClassedSlot): string => `${slot.workload.id}/${slot.podId ?? ""}/${slot.gpu}`;
