import { sql } from "@/db/client.ts";
import { inList } from "@/db/in-list.ts";
import { amountColumn, textColumns } from "@/lib/reports/cost/cost-columns.ts";
import { cluster, project, user } from "@/lib/reports/filters.ts";
import { findCostScope } from "@/lib/reports/read/cost-scope.ts";
import { findScope } from "@/lib/reports/read/scope.ts";
import { readWorkloadCharges } from "@/lib/reports/read/workload-charges.ts";
import { defineReport, linkCells } from "@/lib/reports/report.ts";
import { SECONDS_PER_HOUR } from "@/lib/units.ts";
import { JOB_QUANTITIES, jobFigures } from "./job-figures.ts";
import { LARGE_MEMORY_GIB, LONG_HOURS, suspicions } from "./suspicious-rules.ts";
import { readSpans, readWorkloadUsage } from "./workload-usage.ts";

/** What each rule needs at least: most workloads need not be read to know that no rule names them. */
const MAYBE_SUSPICIOUS = sql.raw(`having max(u.utilisation_peak_centi) = 0
  or max(u.memory_peak_mib) > ${LARGE_MEMORY_GIB * 1024}
  or (sum(u.held_seconds) > ${LONG_HOURS * SECONDS_PER_HOUR} and sum(u.observed_milli + u.cpu_observed_seconds) > 0)`);

/** The columns of files are those of the Run:ai metrics script, to the letter; the page adds whose job it was and what it cost. */
export const suspicious = defineReport({
  slug: "suspicious",
  group: "usage",
  title: "Suspicious jobs",
  description: "Jobs that held GPUs without using them, or used little of what they had for long.",
  parameters: { cluster, project, user },
  action: "workloads.read",
  columns: [
    { key: "project", header: "Project", unit: "text" },
    { key: "job_name", header: "Job Name", unit: "text" },
    { key: "issue_type", header: "Issue Type", unit: "text" },
    { key: "description", header: "Description", unit: "text" },
    {
      key: "value",
      header: "Value",
      unit: "percent",
      decimals: 2,
      description: "The figure that broke the rule, in percent",
    },
    {
      key: "timestamp",
      header: "Timestamp",
      unit: "instant",
      description: "When it started, or when the period did if that is later",
    },
    {
      key: "duration",
      header: "Duration (Hours)",
      unit: "hours",
      decimals: 2,
      description: "How long it ran in the period",
    },
  ],
  onPage: {
    name: "job_name",
    sort: "idle_amount",
    columns: [
      ...textColumns("user"),
      amountColumn("amount", "What the workload was charged in the period"),
      amountColumn("idle_amount", "Of it: held without activity"),
    ],
    note: "one row for each rule that a job breaks, however short it ran; Findings leaves out short and cheap ones",
  },
  async *load(ctx, period, parameters) {
    const [scope, cost] = await Promise.all([findScope(ctx, parameters), findCostScope(ctx, parameters, "usage")]);
    const pages = readWorkloadUsage(ctx, period, scope, {
      quantities: JOB_QUANTITIES,
      having: MAYBE_SUSPICIOUS,
      byProject: (p) => [p.project],
      order: (w) => [w.name, w.cluster, w.department, w.id],
    });
    for await (const page of pages) {
      const found = page.flatMap(({ workload, quantities }) => {
        const figures = jobFigures(quantities);
        const list = suspicions(figures, quantities.allocatedPeakMilli / 1000);
        return list.map((suspicion) => ({ workload, suspicion, figures }));
      });
      const workloads = found.map((f) => f.workload);
      const keys = inList([...new Set(workloads.map((w) => w.key))]);
      const [spans, charges] = await Promise.all([
        readSpans(ctx, workloads),
        period.days ? readWorkloadCharges(ctx, cost, period.days, sql`and c.workload_key in ${keys}`) : [],
      ]);
      const chargeOf = new Map(charges.map((c) => [c.workloadKey, c]));
      yield found.map(({ workload, suspicion, figures }) => ({
        ...linkCells(workload.key, workload.projectKey),
        project: workload.project,
        job_name: workload.name,
        issue_type: suspicion.issue,
        description: suspicion.description,
        value: suspicion.value,
        timestamp: startInPeriod(spans.get(workload.key), period.start),
        duration: figures.durationHours,
        user: workload.user,
        amount: chargeOf.get(workload.key)?.micros ?? null,
        idle_amount: chargeOf.get(workload.key)?.idleMicros ?? null,
      }));
    }
  },
});

function startInPeriod(span: { readonly startedAt: number } | undefined, periodStart: number): number | null {
  return span ? Math.max(periodStart, span.startedAt) : null;
}
