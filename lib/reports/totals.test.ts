import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openSqlite } from "@/db/sqlite.ts";
import { CLASSES, classProperty, HELD } from "@/lib/classes.ts";
import { runs } from "@/lib/testing-runs.ts";
import { dateOf, dayKey } from "@/lib/time.ts";
import { DAY_ONE } from "./golden/testing-scenario.ts";
import { getReport } from "./index.ts";
import type { Period, Row } from "./report.ts";
import { BUCKET, csvOf, ctxOf, type Facts, seed } from "./testing.ts";

const BUCKETS = 60;
const WORKLOADS = 6;
const NOBODY = ["down", "unknown", "unallocated"] as const;
const at = (bucket: number) => DAY_ONE + bucket * BUCKET;

interface Drawn {
  readonly bucket: number;
  readonly hardware: number;
  readonly workload: number;
  readonly class: number;
  readonly milli: number;
}

const usage = fc.uniqueArray(
  fc.record({
    bucket: fc.nat(BUCKETS - 1),
    hardware: fc.integer({ min: 1, max: 4 }),
    workload: fc.nat(WORKLOADS),
    class: fc.nat(7),
    milli: fc.integer({ min: 1, max: 9_000_000 }),
  }),
  { maxLength: 60, selector: (d) => `${d.bucket}/${d.hardware}/${d.workload}` },
);
const edges = fc.tuple(fc.nat(BUCKETS - 1), fc.nat(BUCKETS - 1), fc.nat(BUCKETS - 1));

const classOf = (d: Drawn) => (d.workload === 0 ? NOBODY[d.class % 3] : HELD[d.class]) ?? "active";

/** `shift` renumbers every surrogate key, in another order. */
function factsOf(drawn: readonly Drawn[], shift: number): Facts {
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

function periodOf(from: number, to: number): Period {
  const day = (bucket: number) => dayKey(dateOf(at(bucket), "UTC"));
  const days = from % 24 === 0 && to % 24 === 0 ? { from: day(from), until: day(to) } : undefined;
  return { start: at(from), end: at(to), label: "", days };
}

const sumIn = (rows: readonly Row[], key: string) => rows.reduce((sum, row) => sum + Number(row[key]), 0);

describe("the totals of the reports", () => {
  it("are one total, in any period, however it is split", async () => {
    await fc.assert(
      fc.asyncProperty(usage, edges, async (drawn, drawnEdges) => {
        const db = await openSqlite(":memory:");
        try {
          const facts = factsOf(drawn, 0);
          await seed(db, facts);
          const ctx = ctxOf(db, at(BUCKETS));
          const rowsOf = async (slug: string, period: Period) => {
            const rows: Row[] = [];
            for await (const page of getReport(slug).load(ctx, period, {})) rows.push(...page);
            return rows;
          };
          const [from, middle, to] = [...drawnEdges].sort((a, b) => a - b) as [number, number, number];
          for (const [a, b] of [
            [from, to],
            [0, 48],
          ] as const) {
            const period = periodOf(a, b);
            const inside = drawn.filter((d) => d.bucket >= a && d.bucket < b);
            const held = inside.filter((d) => d.workload > 0).reduce((sum, d) => sum + d.milli, 0);
            const nobodyDown = inside
              .filter((d) => d.workload === 0 && classOf(d) === "down")
              .reduce((sum, d) => sum + d.milli, 0);
            const [workloads, projects, capacity] = [
              await rowsOf("usage-by-workload", period),
              await rowsOf("usage-by-project", period),
              await rowsOf("capacity", period),
            ];
            expect(sumIn(workloads, "gpu_hours_allocated")).toBe(held);
            expect(sumIn(projects, "gpu_hours_allocated")).toBe(held);
            const free = capacity.filter((r) => r.class === "unallocated" || r.class === "unknown");
            expect(sumIn(capacity, "gpu_hours") - sumIn(free, "gpu_hours") - nobodyDown).toBe(held);
            const there = (facts.capacity ?? []).filter((c) => c.at >= period.start && c.at < period.end);
            const whole = there.reduce((sum, c) => sum + c.milli + (c.overlap ?? 0), 0);
            expect(sumIn(capacity, "gpu_hours")).toBe(whole);
            for (const c of CLASSES) {
              const ofClass = capacity.filter((r) => r.class === c);
              expect(sumIn(projects, `gpu_hours_${c.replaceAll("-", "_")}`)).toBe(sumIn(ofClass, "gpu_hours"));
            }
          }
          const parts = [
            ...(await rowsOf("usage-by-workload", periodOf(from, middle))),
            ...(await rowsOf("usage-by-workload", periodOf(middle, to))),
          ];
          const whole = await rowsOf("usage-by-workload", periodOf(from, to));
          expect(sumIn(parts, "gpu_hours_active")).toBe(sumIn(whole, "gpu_hours_active"));
        } finally {
          await db.close();
        }
      }),
      runs(15, 20261001),
    );
  });

  it("do not know the keys that a database happened to give", async () => {
    await fc.assert(
      fc.asyncProperty(usage, async (drawn) => {
        const files = await Promise.all(
          [0, 500].map(async (shift) => {
            const db = await openSqlite(":memory:");
            await seed(db, factsOf(drawn, shift));
            const ctx = ctxOf(db, at(BUCKETS));
            const period = periodOf(0, BUCKETS);
            const texts: string[] = [];
            for (const slug of ["usage-by-workload", "usage-by-project", "capacity", "utilization"])
              texts.push(await csvOf(ctx, getReport(slug), period));
            await db.close();
            return texts;
          }),
        );
        expect(files[1]).toEqual(files[0]);
      }),
      runs(8, 7),
    );
  });
});
