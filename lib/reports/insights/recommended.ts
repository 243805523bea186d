import { sql } from "@/db/client.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { type Decisions, type Dismissal, loadDecisions } from "@/lib/insights/rightsizing/decisions-load.ts";
import { loadOffers, loadUses, type NamedUse } from "@/lib/insights/rightsizing/load.ts";
import { recommend } from "@/lib/insights/rightsizing/recommend.ts";
import type { Kind, Recommendation } from "@/lib/insights/rightsizing/types.ts";
import type { SavingsAction } from "@/lib/insights/savings/store.ts";
import { type CostFilters, findCostScope, wholeDaysOf } from "@/lib/reports/read/cost-scope.ts";
import { findScope, type ScopeProject } from "@/lib/reports/read/scope.ts";
import type { Period } from "@/lib/reports/report.ts";
import { addDays, dateOf, dayKey } from "@/lib/time.ts";

/** A recommendation with the names of what it is about; several are joined by `; `. */
export interface Recommended extends Recommendation {
  readonly cluster: string;
  readonly project: string;
  /** What a record names the project by, `cluster/project`: of advice about several workloads all are of one. */
  readonly projectId: string;
  readonly team: string;
  readonly user: string;
  readonly workloadId: string;
  readonly workload: string;
  readonly gpuModel: string;
  readonly running: boolean;
  /** Set where somebody said not to follow it, for all of its workloads. */
  readonly dismissed: Dismissal | null;
  /** The record of what was done about it, while that counts. */
  readonly recorded: SavingsAction | null;
}

/** Whether nobody decided about a recommendation yet. */
export const isUndecided = (r: Recommended): boolean => !r.dismissed && !r.recorded;

/** What workloads of the viewer could have done without in a period; what saves most first. */
export async function listRecommended(ctx: Ctx, period: Period, filters: CostFilters): Promise<Recommended[]> {
  const days = wholeDaysOf(period);
  // The evidence is how a workload used its GPUs: who sees its money alone does not see it.
  const [cost, used] = await Promise.all([findCostScope(ctx, filters, "usage"), findScope(ctx, filters)]);
  const ofUser = filters.user === undefined ? sql`` : sql` and w.submitted_by = ${filters.user}`;
  const visible = sql`${cost.charged("x", "h.cluster_id")}${used.workloads("w")}${ofUser}`;
  const today = dayKey(dateOf(ctx.now(), ctx.ledger.zone));
  const priced = Math.min(today, addDays(days.until, -1));
  const [uses, offers, decisions] = await Promise.all([
    loadUses(ctx.db, days, period, visible),
    loadOffers(ctx.db, ctx.ledger.currency, priced),
    loadDecisions(ctx.db, ctx.now(), today),
  ]);
  return recommend(uses, offers).map((r) => {
    const own = r.uses as readonly NamedUse[];
    const names = (of: (u: NamedUse) => string) => [...new Set(own.map(of))].join("; ");
    return {
      ...r,
      cluster: names((u) => cost.clusterName(u.clusterId)),
      project: names((u) => cost.project(u.projectKey)?.name ?? ""),
      projectId: projectIdOf(cost.project(own[0]?.projectKey ?? 0)),
      team: names((u) => cost.teamName(u.teamKey).name),
      user: names((u) => u.user),
      workloadId: names((u) => u.id),
      workload: names((u) => u.name),
      gpuModel: names((u) => u.gpuModel),
      running: own.some((u) => u.running),
      ...decidedOf(r.kind, own, decisions),
    };
  });
}

const projectIdOf = (of: ScopeProject | undefined): string => (of ? `${of.clusterId}/${of.id}` : "");

function decidedOf(kind: Kind, uses: readonly NamedUse[], { dismissed, recorded }: Decisions) {
  const own = uses.map((u) => dismissed.get(u.id) ?? null);
  const [first] = uses;
  const subject = uses.length === 1 ? `workload/${first?.workloadKey}` : `project/${first?.projectKey}`;
  return {
    dismissed: own.every((d) => d !== null) ? (own[0] ?? null) : null,
    recorded: recorded.get(`${kind}/${subject}`) ?? null,
  };
}
