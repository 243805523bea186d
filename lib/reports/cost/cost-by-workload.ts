import { compareKeys } from "@/lib/order.ts";
import { cluster, project, team, user } from "@/lib/reports/filters.ts";
import { type CostScope, findCostScope, wholeDaysOf } from "@/lib/reports/read/cost-scope.ts";
import { readSpend, readUnpriced, type Spend, type UnpricedUse } from "@/lib/reports/read/spend.ts";
import {
  readChargedPlaces,
  readSharedCost,
  readWorkloadCost,
  spendOf,
  type WorkloadCost,
} from "@/lib/reports/read/workload-cost.ts";
import { defineReport, linkCells } from "@/lib/reports/report.ts";
import { COST_COLUMNS, costCells, textColumns } from "./cost-columns.ts";

const PAGE = 500;

export const costByWorkload = defineReport({
  slug: "cost-by-workload",
  group: "money",
  title: "Cost by workload",
  description:
    "What each workload cost on each GPU model, and which team paid. Rows without a workload: capacity that nobody held, then shares, imported cost and corrections.",
  parameters: { cluster, team, project, user },
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
  onPage: { isWhole: true, name: "workload", sort: "amount", extra: ["workload_id", "department", "category"] },
  async *load(ctx, period, parameters) {
    const days = wholeDaysOf(period);
    const cost = await findCostScope(ctx, parameters, "usage");
    const [places, unpriced, shared] = await Promise.all([
      // Sums show quickly where charges are; they do not show whose.
      cost.whole ? readSpend(ctx, cost, days, ["clusterId", "projectKey"]) : readChargedPlaces(ctx, cost, days),
      readUnpriced(ctx, cost, days, true),
      readSharedCost(ctx, cost, days),
    ]);
    const lacking = lackingOf(unpriced ?? []);
    // One project after the other, as they are read: a page of a long period does not wait for all of its workloads.
    for (const within of inOrder(cost, [...places, ...(unpriced ?? [])])) {
      const own = unpriced?.filter((u) => isWithin(within, u)) ?? [];
      const charged = await readWorkloadCost(ctx, cost, days, { within });
      const rows = [...charged.map((c) => rowOf(cost, c, spendOf(c))), ...lackingRows(cost, own, charged)];
      rows.sort((a, b) => compareKeys(a.order, b.order));
      for (let at = 0; at < rows.length; at += PAGE)
        yield rows.slice(at, at + PAGE).map(({ names, links, spend, key }) => ({
          ...names,
          ...links,
          ...costCells(ctx, spend, unpriced ? take(lacking, key) : null),
        }));
    }
    if (shared) yield [{ ...NOBODY, ...costCells(ctx, shared, unpriced ? 0 : null) }];
  },
});

interface Group {
  readonly projectKeys: readonly number[];
  readonly clusterIds: readonly string[];
}

/** Projects (0: nobody) by what rows are sorted by first, those with the same texts together. */
function inOrder(cost: CostScope, places: readonly Pick<WorkloadCost, "clusterId" | "projectKey">[]): Group[] {
  const named = places.map((place) => {
    const project = cost.project(place.projectKey);
    return { place, texts: [cost.clusterName(place.clusterId), project?.department ?? "", project?.name ?? ""] };
  });
  named.sort((a, b) => compareKeys(a.texts, b.texts));
  return [...Map.groupBy(named, (n) => n.texts.join("\u0000")).values()].map((group) => ({
    projectKeys: [...new Set(group.map((n) => n.place.projectKey))],
    clusterIds: [...new Set(group.map((n) => n.place.clusterId))],
  }));
}

const isWithin = ({ projectKeys, clusterIds }: Group, u: UnpricedUse): boolean =>
  projectKeys.includes(u.projectKey) && clusterIds.includes(u.clusterId);

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
  return { names, links: linkCells(of.workloadKey, of.projectKey), spend, order, key: identity(of) };
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
