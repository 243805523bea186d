import { z } from "zod";
import { COST_COLUMNS, costCells, textColumns } from "./cost-columns.ts";
import { type CostScope, findCostScope, wholeDaysOf } from "./cost-scope.ts";
import { compareTexts } from "./order.ts";
import { defineReport } from "./report.ts";
import { readUnpriced, type Spend, type UnpricedUse } from "./spend.ts";
import { readSharedCost, readWorkloadCost, spendOf, type WorkloadCost } from "./workload-cost.ts";

const PAGE = 500;

export const costByWorkload = defineReport({
  slug: "cost-by-workload",
  title: "Cost by workload",
  description:
    "What each workload cost on each GPU model, and which team paid. Rows without a workload: capacity that nobody held, then shares and imported cost.",
  parameters: z.object({
    cluster: z.string().optional(),
    team: z.string().optional(),
    project: z.string().optional(),
    user: z.string().optional(),
  }),
  columns: [
    ...textColumns(
      "cluster",
      "department",
      "project",
      "team",
      "user",
      "workload_id",
      "workload",
      "category",
      "gpu_model",
    ),
    ...COST_COLUMNS,
  ],
  async *load(ctx, period, parameters) {
    const days = wholeDaysOf(period);
    const cost = await findCostScope(ctx, parameters, "usage");
    const [charged, unpriced, shared] = await Promise.all([
      readWorkloadCost(ctx, cost, days),
      readUnpriced(ctx, cost, days, true),
      readSharedCost(ctx, cost, days),
    ]);
    const rows = [...charged.map((c) => rowOf(cost, c, spendOf(c))), ...lackingRows(cost, unpriced ?? [], charged)];
    rows.sort((a, b) => compareTexts(a.order, b.order));
    const lacking = lackingOf(unpriced ?? []);
    for (let at = 0; at < rows.length; at += PAGE)
      yield rows.slice(at, at + PAGE).map(({ names, spend, key }) => ({
        ...names,
        ...costCells(spend, unpriced ? take(lacking, key) : null),
      }));
    if (shared) yield [{ ...NOBODY, ...costCells(shared, unpriced ? 0 : null) }];
  },
});

const NOBODY = {
  cluster: "",
  department: "",
  project: "",
  team: "",
  user: "",
  workload_id: "",
  workload: "",
  category: "",
  gpu_model: "",
};
type Identity = Pick<
  WorkloadCost,
  "workloadKey" | "clusterId" | "gpuModel" | "teamKey" | "projectKey" | "id" | "name" | "user" | "category"
>;
const identity = (u: { clusterId: string; workloadKey: number; gpuModel: string }): string =>
  `${u.clusterId}\u0000${u.workloadKey}\u0000${u.gpuModel}`;

function rowOf(cost: CostScope, of: Identity, spend: Spend | undefined) {
  const project = cost.project(of.projectKey);
  const names = {
    cluster: cost.clusterName(of.clusterId),
    department: project?.department ?? "",
    project: project?.name ?? "",
    team: of.teamKey === 0 ? "" : cost.teamName(of.teamKey).name,
    user: of.user,
    workload_id: of.id,
    workload: of.name,
    category: of.category,
    gpu_model: of.gpuModel,
  };
  const order = [
    names.cluster,
    names.department,
    names.project,
    names.user,
    names.workload,
    of.id,
    of.gpuModel,
    names.team,
    of.clusterId,
  ];
  return { names, spend, order, key: identity(of) };
}

const lackingOf = (list: readonly UnpricedUse[]) => new Map(list.map((u) => [identity(u), u.milli]));

/** What has no price stands in the first row of its workload and model, once. */
function take(lacking: Map<string, number>, key: string): number {
  const milli = lacking.get(key) ?? 0;
  lacking.delete(key);
  return milli;
}

/** Rows of the workloads that have no charge at all. */
function lackingRows(cost: CostScope, list: readonly UnpricedUse[], charged: readonly WorkloadCost[]) {
  const there = new Set(charged.map(identity));
  return list.filter((u) => !there.has(identity(u))).map((u) => rowOf(cost, { ...u, teamKey: 0 }, undefined));
}
