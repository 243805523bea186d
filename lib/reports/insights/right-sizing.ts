import { KINDS } from "@/lib/insights/rightsizing/types.ts";
import { amountColumn, CURRENCY, textColumns } from "@/lib/reports/cost/cost-columns.ts";
import { cluster, project, team, user } from "@/lib/reports/filters.ts";
import { oneOf } from "@/lib/reports/parameter.ts";
import { defineReport } from "@/lib/reports/report.ts";
import { isUndecided, listRecommended } from "./recommended.ts";

const kind = oneOf({
  ...{ name: "kind", label: "Kind", help: `one kind of advice: ${KINDS.join(", ")}`, any: "All kinds" },
  noun: "kind",
  values: ["all", ...KINDS],
});
const state = oneOf({
  ...{ name: "state", label: "State", help: "open: to decide; decided: done or dismissed; any", any: "To decide" },
  noun: "state",
  values: ["open", "decided", "any"],
});

export const rightSizing = defineReport({
  slug: "right-sizing",
  group: "money",
  action: "workloads.read",
  title: "Right-sizing",
  description:
    "What workloads could have done without, from a day of data on: stop, fewer or smaller GPUs, a part of a card, one card for several services, preemptible prices, or more memory. The saving is part of what was spent in the period, never more. Advice that is done or dismissed is left out unless it is asked for.",
  empty: "Nothing to do better is known: a workload needs 24 hours of data, half of them observed, and a price.",
  parameters: { cluster, team, project, user, kind, state },
  columns: [
    ...textColumns("kind", "advice", "evidence", "confidence"),
    ...textColumns("cluster", "project", "team", "user", "workload_id", "workload", "gpu_model"),
    CURRENCY,
    amountColumn("saving", "Of what was spent in the period; empty: it would have cost more"),
    amountColumn("spent", "For GPU time in the period"),
    { key: "coverage_percent", header: "coverage_percent", unit: "percent" },
    ...textColumns("state", "decision"),
  ],
  onPage: { name: "advice", extra: ["kind", "workload_id"] },
  chart: { kind: "ranking", x: "project", y: "saving", title: "Saving by project" },
  async *load(ctx, period, { kind, state, ...filters }) {
    // What is done is measured as realised: by default it counts in no sum here, nor does what was dismissed.
    const rows = (await listRecommended(ctx, period, filters)).filter(
      (r) => (kind === "all" || r.kind === kind) && (state === "any" || isUndecided(r) === (state === "open")),
    );
    if (!rows.length) return;
    yield rows.map((r) => ({
      ...{ kind: r.kind, advice: r.title, evidence: r.evidence, confidence: r.confidence },
      ...{ cluster: r.cluster, project: r.project, team: r.team, user: r.user },
      ...{ workload_id: r.workloadId, workload: r.workload, gpu_model: r.gpuModel },
      ...{ currency: ctx.ledger.currency, saving: r.savingMicros, spent: r.spentMicros },
      ...{ coverage_percent: r.coveragePercent, state: r.running ? "running" : "ended" },
      decision: r.recorded ? "recorded" : r.dismissed ? "dismissed" : "",
    }));
  },
});
