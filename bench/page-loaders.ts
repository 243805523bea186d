import { sql } from "@/db/client.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { DEFAULT_RULES } from "@/lib/metering/types.ts";
import { searchEverything } from "@/lib/pages/find/search.ts";
import { loadFleet } from "@/lib/pages/fleet.ts";
import { loadOverview } from "@/lib/pages/overview.ts";
import { findProject } from "@/lib/pages/project.ts";
import { loadProjects } from "@/lib/pages/projects.ts";
import { loadStrips } from "@/lib/pages/strips.ts";
import { loadGaps, loadSyncState } from "@/lib/pages/sync-state.ts";
import { findWorkload } from "@/lib/pages/workload.ts";
import { HEAVY, loadWorkloads, WORKLOAD_SORTS } from "@/lib/pages/workloads.ts";
import { listReports } from "@/lib/reports/index.ts";
import { parseParameters } from "@/lib/reports/parameter.ts";
import { parsePeriod } from "@/lib/reports/period.ts";
import { listClusters, listProjectChoices, listWorkloadChoices } from "@/lib/reports/read/choices.ts";
import type { Period, Report } from "@/lib/reports/report.ts";

const ZONE = "UTC";
/** As the report page reads (app/(dashboard)/reports/[report]/page.tsx): so many rows are shown, or charted. */
const SHOWN = 201;
const CHARTED = 5000;

export interface PageLoader {
  readonly page: string;
  /** Loads what the page shows, for the i-th set of parameters. */
  load(i: number): Promise<unknown>;
}

/** Every page's loaders, as the page calls them, over a ledger that ends at `ctx.now()`; parameters change with each call. */
export async function pageLoaders(ctx: Ctx, months: readonly string[]): Promise<PageLoader[]> {
  const projects = await keys(ctx, "projects");
  const workloads = await keys(ctx, "workloads");
  const periods = [
    ...months.map((month) => ({ month })),
    ...["today", "yesterday", "last-7-days", "last-30-days"].map((period) => ({ period })),
    { from: months[0], to: months.at(-1) },
  ].map((given) => parsePeriod(given, ZONE, ctx.now()));
  const pick = <T>(list: readonly T[], i: number): T => list[i % list.length] as T;
  const base = (i: number) => ({ period: pick(periods, i), zone: ZONE, clockZone: ZONE });
  const list = (i: number, more: object = {}) => {
    const sort = pick(WORKLOAD_SORTS, i);
    return loadWorkloads(ctx, { ...base(i), sort, descending: i % 2 === 0, limit: 50, offset: 50 * (i % 4), ...more });
  };
  const project = (i: number) => pick(projects, i * 7 + 1);
  const workload = (i: number) => pick(workloads, i * 7919 + 17);
  const choices = () => Promise.all([listProjectChoices(ctx), listWorkloadChoices(ctx)]);
  return [
    { page: "overview", load: (i) => Promise.all([loadOverview(ctx, base(i)), listClusters(ctx)]) },
    {
      page: "projects",
      load: (i) => Promise.all([loadProjects(ctx, base(i)), listClusters(ctx)]),
    },
    {
      page: "project",
      load: async (i) => {
        await findProject(ctx, project(i), base(i));
        await list(i, { project: project(i), limit: 20, offset: 0 });
      },
    },
    { page: "workloads", load: (i) => Promise.all([list(i), choices(), listClusters(ctx)]) },
    {
      page: "workloads, narrowed",
      load: (i) => Promise.all([list(i, narrowed(i, project(i))), choices(), listClusters(ctx)]),
    },
    {
      page: "workload",
      load: async (i) => {
        const detail = await findWorkload(ctx, String(workload(i)), base(i));
        if (detail?.range)
          await loadStrips(ctx, { ...detail.facts, pods: detail.pods }, detail.range, DEFAULT_RULES.holdSteps);
      },
    },
    { page: "gpus", load: () => Promise.all([loadFleet(ctx, {}), listClusters(ctx), listProjectChoices(ctx)]) },
    { page: "sync", load: () => Promise.all([loadSyncState(ctx), loadGaps(ctx, { limit: 50, offset: 0 })]) },
    { page: "search", load: (i) => searchEverything(ctx, pick(["job-12", "ee9e", "77", "zzz"], i)) },
    ...listReports().map((report) => ({
      page: `report ${report.slug}`,
      load: (i: number) => Promise.all([readReport(ctx, report, pick(periods, i)), listClusters(ctx), choices()]),
    })),
  ];
}

function narrowed(i: number, project: number): object {
  const all = [{ heavy: HEAVY[i % HEAVY.length] }, { search: `job-${i}` }, { project }, { category: "Train" }];
  return all[i % all.length] as object;
}

async function readReport(ctx: Ctx, report: Report, period: Period): Promise<number> {
  let rows = 0;
  for await (const page of report.load(ctx, period, parseParameters(report, {}))) {
    rows += page.length;
    if (rows >= (report.chart ? CHARTED : SHOWN)) break;
  }
  return rows;
}

async function keys(ctx: Ctx, table: "projects" | "workloads"): Promise<number[]> {
  const rows = await ctx.db.all<{ key: number }>(
    sql`select key as "key" from ${sql.identifier(table)} where key <> 0 order by key`,
  );
  return rows.map((r) => r.key);
}
