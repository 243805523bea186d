import type { Ctx } from "@/lib/ctx.ts";
import { csvChunks } from "@/lib/exports/csv.ts";
import { getReport } from "@/lib/reports/index.ts";
import { type PeriodInput, parsePeriod } from "@/lib/reports/period.ts";
import { loadReport } from "@/lib/reports/testing.ts";
import { DAY, HOUR, type Interval, monthInterval } from "@/lib/time.ts";
import { gpuHoursDecimal } from "@/lib/units.ts";
import type { Scenario, WorkloadSpec } from "@/simulator/scenario.ts";
import { smallScenario } from "@/simulator/scenarios/small.ts";
import { exactUsage } from "@/simulator/truth.ts";

/** Two busy stretches, one over each border of October 2026, on the same four nodes; hundreds of workloads of every kind. */
export function octoberScenario(workloads: number, hours = 48): Scenario {
  const { start, end } = monthInterval("2026-10", "UTC");
  // Both seeds draw four nodes.
  const first = smallScenario({
    seed: 7,
    start: start - DAY,
    hours,
    workloads: Math.ceil(workloads / 2),
    faults: false,
  });
  const last = smallScenario({ seed: 5, start: end - DAY, hours, workloads: Math.floor(workloads / 2), faults: false });
  if (first.nodes.length !== last.nodes.length) throw new Error("the seeds no longer draw the same nodes");
  const closed = first.workloads.map((w) => ended(w, first.range.end));
  return {
    ...first,
    range: { start: first.range.start, end: last.range.end },
    workloads: [...closed, ...last.workloads],
  };
}

/** What would run on has completed at `at`: its cards are free for what comes later. */
function ended(workload: WorkloadSpec, at: number): WorkloadSpec {
  if (workload.pods.every((p) => p.completedAt !== null || p.deletedAt !== null)) return workload;
  const pods = workload.pods.map((p) =>
    p.completedAt === null && p.deletedAt === null ? { ...p, completedAt: at } : p,
  );
  return { ...workload, pods, phases: [...workload.phases, { at, phase: "Completed", message: "" }] };
}

export const OCTOBER: Interval = monthInterval("2026-10", "UTC");
/** When all of the scenario has happened. */
export const AFTERWARDS = OCTOBER.end + 3 * DAY + 2 * HOUR;

/** The three CSV files that finance takes, of a month or of whole days `from` … `to`. */
export async function csvFiles(ctx: Ctx, asked: PeriodInput, zone = "UTC"): Promise<Record<string, string>> {
  const out: Record<string, string> = {};
  for (const slug of ["usage-by-workload", "usage-by-project", "capacity"]) {
    const report = getReport(slug);
    const period = parsePeriod(asked, zone, ctx.now());
    let text = "";
    for await (const chunk of csvChunks(report.columns, loadReport(ctx, report, period))) text += chunk;
    out[slug] = text;
  }
  return out;
}

/** GPU-hours allocated of each workload and model in a usage-by-workload CSV, as printed: `id model` → hours. */
export function allocatedByWorkload(csv: string): Map<string, string> {
  const [head = "", ...lines] = csv.trimEnd().split("\r\n");
  const columns = head.split(",");
  const at = (name: string) => columns.indexOf(name);
  return new Map(
    lines.map((line) => {
      const cells = line.split(",");
      return [`${cells[at("workload_id")]} ${cells[at("gpu_model")]}`, String(cells[at("gpu_hours_allocated")])];
    }),
  );
}

const NOT_HELD = new Set(["unknown", "unallocated"]);

/** What the simulator's truth says of the same. */
export function trueAllocation(scenario: Scenario, range: Interval): Map<string, string> {
  const sums = new Map<string, number>();
  for (const row of exactUsage(scenario, { range }))
    if (row.workloadId !== null && !NOT_HELD.has(row.class)) {
      const key = `${row.workloadId} ${row.gpuModel}`;
      sums.set(key, (sums.get(key) ?? 0) + row.milliGpuSeconds);
    }
  return new Map([...sums].map(([key, milli]) => [key, gpuHoursDecimal(milli, 6)]));
}
