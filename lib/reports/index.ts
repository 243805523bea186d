/** Reports own nothing: they read any table, within what the viewer may see. Adding one is one file and one line here. */
import { AppError } from "@/lib/errors.ts";
import { costBridge } from "./cost/cost-bridge.ts";
import { costByClass } from "./cost/cost-by-class.ts";
import { costByModel } from "./cost/cost-by-model.ts";
import { costByProject } from "./cost/cost-by-project.ts";
import { costByTeam } from "./cost/cost-by-team.ts";
import { costByUser } from "./cost/cost-by-user.ts";
import { costByWorkload } from "./cost/cost-by-workload.ts";
import { costTrend } from "./cost/cost-trend.ts";
import { idleCost } from "./cost/idle-cost.ts";
import { topMovers } from "./cost/top-movers.ts";
import { anomalies } from "./insights/anomalies.ts";
import { quota } from "./insights/quota.ts";
import { rightSizing } from "./insights/right-sizing.ts";
import { savings } from "./insights/savings.ts";
import { suggest } from "./read/near-names.ts";
import type { Report } from "./report.ts";
import { capacity } from "./usage/capacity.ts";
import { projectAllocations } from "./usage/project-allocations.ts";
import { suspicious } from "./usage/suspicious.ts";
import { usageByProject } from "./usage/usage-by-project.ts";
import { usageByWorkload } from "./usage/usage-by-workload.ts";
import { utilization } from "./usage/utilization.ts";

const REPORTS: readonly Report[] = [
  usageByProject,
  usageByWorkload,
  capacity,
  projectAllocations,
  utilization,
  suspicious,
  quota,
  costByTeam,
  costByProject,
  costByUser,
  costByWorkload,
  costByModel,
  costByClass,
  costTrend,
  idleCost,
  topMovers,
  costBridge,
  anomalies,
  rightSizing,
  savings,
];

/** Every report, in the order in which menus show them. */
export function listReports(): readonly Report[] {
  return REPORTS;
}

export function findReport(slug: string): Report | undefined {
  return REPORTS.find((r) => r.slug === slug);
}

/** @throws AppError `not_found` naming the reports there are. */
export function getReport(slug: string): Report {
  const report = findReport(slug);
  if (report) return report;
  const slugs = REPORTS.map((r) => r.slug);
  throw new AppError("not_found", `There is no report "${slug}".${suggest(slug, slugs)}`);
}
