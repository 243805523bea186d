import fc from "fast-check";
import { classProperty, HELD } from "@/lib/classes.ts";
import { dateOf, dayKey } from "@/lib/time.ts";
import { DAY_ONE } from "./golden/testing-scenario.ts";
import type { Period } from "./report.ts";
import { BUCKET, type Facts } from "./testing.ts";

export const BUCKETS = 60;
export const WORKLOADS = 6;
const NOBODY = ["down", "unknown", "unallocated"] as const;
/** The start of a bucket, from 0. */
export const at = (bucket: number) => DAY_ONE + bucket * BUCKET;

export interface Drawn {
  readonly bucket: number;
  readonly hardware: number;
  readonly workload: number;
  readonly class: number;
  readonly milli: number;
}

/** A few hours of a few workloads (0: nobody), each in one class. */
export const usage = fc.uniqueArray(
  fc.record({
    bucket: fc.nat(BUCKETS - 1),
    hardware: fc.integer({ min: 1, max: 4 }),
    workload: fc.nat(WORKLOADS),
    class: fc.nat(7),
    milli: fc.integer({ min: 1, max: 9_000_000 }),
  }),
  { maxLength: 60, selector: (d) => `${d.bucket}/${d.hardware}/${d.workload}` },
);
export const edges = fc.tuple(fc.nat(BUCKETS - 1), fc.nat(BUCKETS - 1), fc.nat(BUCKETS - 1));

export const classOf = (d: Drawn) => (d.workload === 0 ? NOBODY[d.class % 3] : HELD[d.class]) ?? "active";

/** Two clusters with the usage drawn; `shift` renumbers every surrogate key, in another order. */
export function factsOf(drawn: readonly Drawn[], shift: number): Facts {
  const key = (n: number) => (n === 0 ? 0 : shift + (shift ? 100 - n : n));
  const sums = new Map<string, { at: number; hardware: number; milli: number; overlap: number }>();
  for (const d of drawn) {
    const identity = `${d.bucket}/${d.hardware}`;
    const sum = sums.get(identity) ?? { at: at(d.bucket), hardware: key(d.hardware), milli: 0, overlap: 0 };
    // Any share of what was held may be more than there was.
    const overlap = d.workload === 1 ? d.milli % 1000 : 0;
    sums.set(identity, { ...sum, milli: sum.milli + d.milli - overlap, overlap: sum.overlap + overlap });
  }
  return {
    clusters: [
      { id: "a", name: "one" },
      { id: "b", name: "two" },
    ],
    projects: [1, 2, 3].map((n) => ({
      key: key(n),
      cluster: n === 3 ? "b" : "a",
      name: `project ${n}`,
      department: `department ${n % 2}`,
    })),
    hardware: [1, 2, 3, 4].map((n) => ({
      key: key(n),
      cluster: n === 4 ? "b" : "a",
      model: n < 3 ? "A100" : "H100",
      pool: `pool ${n}`,
    })),
    workloads: Array.from({ length: WORKLOADS }, (_, i) => ({
      key: key(i + 1),
      cluster: i % 3 === 2 ? "b" : "a",
      project: key((i % 3) + 1),
      id: `w${i + 1}`,
      name: i < 2 ? "twin" : `job ${i}`,
      user: `user ${i % 2}`,
    })),
    usage: drawn.map((d) => ({
      at: at(d.bucket),
      hardware: key(d.hardware),
      workload: key(d.workload),
      [classProperty(classOf(d), "milli")]: d.milli,
    })),
    capacity: [...sums.values()],
  };
}

/** From one bucket up to another; whole days have their keys. */
export function periodOf(from: number, to: number): Period {
  const day = (bucket: number) => dayKey(dateOf(at(bucket), "UTC"));
  const days = from % 24 === 0 && to % 24 === 0 ? { from: day(from), until: day(to) } : undefined;
  return { start: at(from), end: at(to), label: "", days };
}
