import type { PageInput } from "@/app/page-input.ts";
import { readView, tableNames } from "@/app/table-input.ts";
import { formatGpus } from "@/components/format.ts";
import { TRAVELLING } from "@/components/href.ts";
import { count, gpuHours, text, textField } from "@/components/tables/columns.ts";
import type { Listed } from "@/components/tables/list.tsx";
import { sortRows, type TableColumn } from "@/components/tables/view.ts";
import { mayDo } from "@/lib/auth/allow.ts";
import { loadFleet } from "@/lib/pages/fleet.ts";
import { type Fragments, fragmentsOf } from "@/lib/pages/fragments.ts";
import { listQuotaUse, type PoolStranded, type ProjectQuota } from "@/lib/reports/insights/quota-use.ts";
import { formatSeconds } from "@/lib/time.ts";

const PROJECTS: readonly TableColumn<ProjectQuota>[] = [
  text("project", "Project", (p) => p.project, {
    note: (p) => p.cluster,
    fields: [textField("cluster", (p) => p.cluster), textField("project", (p) => p.project)],
  }),
  gpuHours("quota", "Quota", (p) => p.quotaMilli, { total: true, title: "Deserved GPUs × time, in GPU-hours" }),
  gpuHours("held", "Held", (p) => p.heldMilli, { total: true }),
  gpuHours("unused", "Unused", (p) => p.unusedMilli, { total: true, title: "Quota that was reserved and not used" }),
  gpuHours("borrowed", "Borrowed", (p) => p.borrowedMilli, { total: true, title: "Held above the quota" }),
  gpuHours("idle", "Idle", (p) => p.idleMilli, { total: true, extra: true }),
  gpuHours("idle-while-queued", "Idle while queued", (p) => p.idleWhileQueuedMilli, {
    ...{ header: "idle_while_queued", total: true, lead: true },
    title: "Idle, as much as jobs of other projects waited for in the same pool",
    toneOf: (p) => (p.idleWhileQueuedMilli > 0 ? "warn" : undefined),
  }),
  count("jobs-delayed", "Jobs delayed", (p) => p.jobsDelayed, {
    header: "jobs_delayed",
    title: "Jobs of others for which the idle GPUs of this project alone would have been enough",
    note: (p) => (p.jobsDelayed ? `by ${formatSeconds(p.delayedSeconds)}` : null),
  }),
];

const POOLS: readonly TableColumn<PoolStranded>[] = [
  text("pool", "Node pool", (p) => p.pool, { note: (p) => p.cluster }),
  gpuHours("stranded", "Stranded", (p) => p.strandedMilli, {
    ...{ lead: true, total: true, title: "Free while jobs waited for the pool: in pieces, or behind a quota" },
  }),
  count("jobs-waiting", "Jobs that waited", (p) => p.jobsWaiting, { header: "jobs_waiting" }),
  count("waited", "Waited", (p) => p.waitedSeconds, { header: "waited_seconds", draw: formatSeconds }),
];

const FRAGMENTS: readonly TableColumn<Fragments>[] = [
  text("node", "Node", (f) => f.node, {
    note: (f) => `${f.cluster} · ${f.pool}`,
    fields: [
      textField("cluster", (f) => f.cluster),
      textField("node_pool", (f) => f.pool),
      textField("node", (f) => f.node),
    ],
  }),
  text("model", "GPU model", (f) => f.gpuModel, { header: "gpu_model", look: ["cut"] }),
  count("cards", "Cards", (f) => f.cards),
  count("free-cards", "Free cards", (f) => f.freeCards, { header: "free_cards", total: true }),
  count("parts", "Free in parts", (f) => f.partsMilli, {
    ...{ header: "free_in_parts_milli_gpu", lead: true, total: true, draw: formatGpus },
    title: "What is left of cards that are held in part, in GPUs: only fractions fit",
    note: (f) => (f.parts ? `of ${f.parts} ${f.parts === 1 ? "card" : "cards"}` : null),
  }),
  count("largest", "Largest piece", (f) => f.largestMilli, {
    ...{ header: "largest_piece_milli_gpu", draw: formatGpus },
  }),
];

export interface QuotaPage {
  readonly projects: Listed<ProjectQuota>;
  /** Empty for people who do not see everything. */
  readonly pools: Listed<PoolStranded>;
  /** Null for people who do not see every card. */
  readonly fragments: Listed<Fragments> | null;
  readonly asOfAt: number | null;
}

/** The page Quota as its address asks for it. */
export async function readQuota(input: PageInput): Promise<QuotaPage> {
  const { ctx, address, cluster, period } = input;
  address.only([...TRAVELLING, ...tableNames(), ...tableNames("pools-"), ...tableNames("fragments-")]);
  const filters = cluster === undefined ? {} : { cluster };
  const fleet = mayDo(ctx.viewer, "workloads.read") ? await loadFleet(ctx, { cluster, project: undefined }) : null;
  const { projects, pools } = await listQuotaUse(ctx, period, filters);
  const views = {
    projects: readView(input, PROJECTS, { label: "Quota by project", path: "/quota", list: "quota" }),
    pools: readView(input, POOLS, { label: "Stranded", path: "/quota", prefix: "pools-", list: "quota-pools" }),
    fragments: readView(input, FRAGMENTS, {
      ...{ label: "Fragments by node", path: "/quota", prefix: "fragments-", list: "quota-fragments" },
    }),
  };
  const cost = (p: ProjectQuota) => p.idleWhileQueuedMilli;
  const ordered = projects.toSorted((a, b) => cost(b) - cost(a) || b.unusedMilli - a.unusedMilli);
  return {
    projects: { view: views.projects, rows: sortRows(ordered, views.projects) },
    pools: { view: views.pools, rows: sortRows(pools, views.pools) },
    fragments: fleet?.whole
      ? { view: views.fragments, rows: sortRows(fragmentsOf(fleet.nodes), views.fragments) }
      : null,
    asOfAt: fleet?.asOfAt ?? null,
  };
}
