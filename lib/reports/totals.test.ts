import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openSqlite } from "@/db/sqlite.ts";
import { CLASSES } from "@/lib/classes.ts";
import { runs } from "@/lib/testing-runs.ts";
import { getReport } from "./index.ts";
import type { Period, Row } from "./report.ts";
import { csvOf, ctxOf, loadReport, seed } from "./testing.ts";
import { at, BUCKETS, classOf, edges, factsOf, periodOf, usage } from "./testing-usage.ts";

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
            for await (const page of loadReport(ctx, getReport(slug), period)) rows.push(...page);
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
