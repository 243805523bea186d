import { sql } from "@/db/client.ts";
import { loadOffers, loadUses, type NamedUse } from "@/lib/insights/rightsizing/load.ts";
import { recommend } from "@/lib/insights/rightsizing/recommend.ts";
import { KINDS } from "@/lib/insights/rightsizing/types.ts";
import { amountColumn, CURRENCY, textColumns } from "@/lib/reports/cost/cost-columns.ts";
import { cluster, project, team, user } from "@/lib/reports/filters.ts";
import { oneOf } from "@/lib/reports/parameter.ts";
import { findCostScope, wholeDaysOf } from "@/lib/reports/read/cost-scope.ts";
import { findScope } from "@/lib/reports/read/scope.ts";
import { defineReport } from "@/lib/reports/report.ts";
import { addDays, dateOf, dayKey } from "@/lib/time.ts";

const kind = oneOf({
  ...{ name: "kind", label: "Kind", help: `one kind of advice: ${KINDS.join(", ")}`, any: "All kinds" },
  noun: "kind",
  values: ["all", ...KINDS],
});

export const rightSizing = defineReport({
  slug: "right-sizing",
  group: "money",
  action: "workloads.read",
  title: "Right-sizing",
  description:
    "What workloads could have done without, from a day of data on: stop, fewer or smaller GPUs, a part of a card, one card for several services, preemptible prices, or more memory. The saving is part of what was spent in the period, never more.",
  empty: "Nothing to do better is known: a workload needs 24 hours of data, half of them observed, and a price.",
  parameters: { cluster, team, project, user, kind },
  columns: [
    ...textColumns("kind", "advice", "evidence", "confidence"),
    ...textColumns("cluster", "project", "team", "user", "workload_id", "workload", "gpu_model"),
    CURRENCY,
    amountColumn("saving", "Of what was spent in the period; empty: it would have cost more"),
    amountColumn("spent", "For GPU time in the period"),
    { key: "coverage_percent", header: "coverage_percent", unit: "percent" },
    ...textColumns("state"),
  ],
  chart: { kind: "ranking", x: "project", y: "saving", title: "Saving by project" },
  async *load(ctx, period, parameters) {
    const days = wholeDaysOf(period);
    // The evidence is how a workload used its GPUs: who sees its money alone does not see it.
    const [cost, used] = await Promise.all([findCostScope(ctx, parameters, "usage"), findScope(ctx, parameters)]);
    const ofUser = parameters.user === undefined ? sql`` : sql` and w.submitted_by = ${parameters.user}`;
    const visible = sql`${cost.charged("x", "h.cluster_id")}${used.workloads("w")}${ofUser}`;
    const today = dayKey(dateOf(ctx.now(), ctx.ledger.zone));
    const priced = Math.min(today, addDays(days.until, -1));
    const [uses, offers] = await Promise.all([
      loadUses(ctx.db, days, period, visible),
      loadOffers(ctx.db, ctx.ledger.currency, priced),
    ]);
    const rows = recommend(uses, offers).filter((r) => parameters.kind === "all" || r.kind === parameters.kind);
    if (!rows.length) return;
    yield rows.map((r) => {
      const own = r.uses as readonly NamedUse[];
      const names = (of: (u: NamedUse) => string) => [...new Set(own.map(of))].join("; ");
      return {
        ...{ kind: r.kind, advice: r.title, evidence: r.evidence, confidence: r.confidence },
        cluster: names((u) => cost.clusterName(u.clusterId)),
        project: names((u) => cost.project(u.projectKey)?.name ?? ""),
        team: names((u) => cost.teamName(u.teamKey).name),
        user: names((u) => u.user),
        workload_id: names((u) => u.id),
        workload: names((u) => u.name),
        gpu_model: names((u) => u.gpuModel),
        ...{ currency: ctx.ledger.currency, saving: r.savingMicros, spent: r.spentMicros },
        coverage_percent: r.coveragePercent,
        state: own.some((u) => u.running) ? "running" : "ended",
      };
    });
  },
});
