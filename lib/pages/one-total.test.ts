import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openSqlite } from "@/db/sqlite.ts";
import { CLASSES } from "@/lib/classes.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { getReport } from "@/lib/reports/index.ts";
import { MEASURE_QUANTITIES, MeasureSum } from "@/lib/reports/read/measures.ts";
import { findScope } from "@/lib/reports/read/scope.ts";
import { readProjectUsage } from "@/lib/reports/read/usage.ts";
import type { Period, Row } from "@/lib/reports/report.ts";
import { ctxOf, loadReport, seed } from "@/lib/reports/testing.ts";
import { rowsOf } from "@/lib/reports/testing-cost.ts";
import { at, BUCKETS, edges, factsOf, periodOf, usage } from "@/lib/reports/testing-usage.ts";
import type { Measures } from "@/lib/reports/types.ts";
import { runs } from "@/lib/testing-runs.ts";
import { loadOverview } from "./overview.ts";
import { findProject } from "./project.ts";
import { loadProjects } from "./projects.ts";
import { findWorkload } from "./workload.ts";
import { eachWorkload } from "./workloads.ts";

const sumIn = (rows: readonly Row[], key: string) => rows.reduce((sum, row) => sum + Number(row[key]), 0);
const classKey = (name: string) => `gpu_hours_${name.replaceAll("-", "_")}`;
/** What rows of a report come to, in the words of a page. */
const figuresOf = (rows: readonly Row[]) => ({
  allocated: sumIn(rows, "gpu_hours_allocated"),
  ...Object.fromEntries(CLASSES.map((c) => [c, sumIn(rows, classKey(c))])),
});
const figures = ({ allocatedMilli, classes }: Pick<Measures, "allocatedMilli" | "classes">) => ({
  allocated: allocatedMilli,
  ...classes,
});

async function compare(ctx: Ctx, period: Period, cluster: string | undefined): Promise<void> {
  const input = { period, zone: "UTC", cluster };
  const load = (slug: string, given: Record<string, string> = {}) =>
    rowsOf(loadReport(ctx, getReport(slug), period, { ...(cluster ? { cluster } : {}), ...given }));
  const [byProject, byWorkload, capacity] = [
    await load("usage-by-project"),
    await load("usage-by-workload"),
    await load("capacity"),
  ];
  const overview = await loadOverview(ctx, input);
  expect(figures(overview.total)).toEqual(figuresOf(byProject));
  for (const c of CLASSES)
    expect(overview.total.classes[c]).toBe(
      sumIn(
        capacity.filter((r) => r.class === c),
        "gpu_hours",
      ),
    );
  const scope = await findScope(ctx, { cluster });
  for (const { start, end, total, label } of overview.points) {
    const asked = { by: ["projectKey"], quantities: MEASURE_QUANTITIES } as const;
    const hours = new MeasureSum();
    for (const row of await readProjectUsage(ctx, scope, { start, end }, asked)) hours.add(row, row.projectKey !== 0);
    expect([label, total]).toEqual([label, hours.get()]);
  }
  const projects = await loadProjects(ctx, input);
  for (const p of projects) {
    const rows = byProject.filter((r) => r.project === p.name);
    expect([p.name, figures(p)]).toEqual([p.name, figuresOf(rows)]);
    const detail = await findProject(ctx, p.key, input);
    expect(figures(detail?.total as Measures)).toEqual(figuresOf(rows));
    const ofOverview = overview.projects.find((o) => o.key === p.key);
    expect(ofOverview?.allocatedMilli ?? 0).toBe(p.allocatedMilli);
  }
  for await (const w of eachWorkload(ctx, { ...input, sort: "name", descending: false })) {
    const rows = byWorkload.filter((r) => r.workload_id === w.id);
    expect([w.id, figures(w)]).toEqual([w.id, figuresOf(rows)]);
    const detail = await findWorkload(ctx, w.id, input);
    expect(figures(detail?.total as Measures)).toEqual(figuresOf(rows));
  }
}

/** A workload runs on the hardware of its own cluster, as sync records it. */
const isOfItsCluster = ({ workload, hardware }: { workload: number; hardware: number }) =>
  workload === 0 || (workload % 3 === 0) === (hardware === 4);

describe("one total everywhere", () => {
  it("is the same on pages and in reports: of everything, each project and each workload, in any period and cluster", async () => {
    await fc.assert(
      fc.asyncProperty(usage, edges, fc.constantFrom(undefined, "a", "b"), async (drawn, drawnEdges, cluster) => {
        const db = await openSqlite(":memory:");
        try {
          await seed(db, factsOf(drawn.filter(isOfItsCluster), 0));
          const [from, , to] = [...drawnEdges].sort((a, b) => a - b) as [number, number, number];
          const ctx = ctxOf(db, at(BUCKETS));
          await compare(ctx, periodOf(from, to), cluster);
          await compare(ctx, periodOf(0, 48), cluster);
          // Long enough to be drawn by day: two whole days, and half of one.
          await compare(ctx, periodOf(0, BUCKETS), cluster);
        } finally {
          await db.close();
        }
      }),
      runs(12, 20261003),
    );
  });
});
