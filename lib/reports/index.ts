/** Reports own nothing: they read any table, within what the viewer may see. Adding one is one file and one line here. */
import { AppError } from "@/lib/errors.ts";
import { capacity } from "./capacity.ts";
import { costBridge } from "./cost-bridge.ts";
import { costByClass } from "./cost-by-class.ts";
import { costByModel } from "./cost-by-model.ts";
import { costByProject } from "./cost-by-project.ts";
import { costByTeam } from "./cost-by-team.ts";
import { costByUser } from "./cost-by-user.ts";
import { costByWorkload } from "./cost-by-workload.ts";
import { costTrend } from "./cost-trend.ts";
import { idleCost } from "./idle-cost.ts";
import { suggest } from "./near-names.ts";
import { projectAllocations } from "./project-allocations.ts";
import type { Report } from "./report.ts";
import { suspicious } from "./suspicious.ts";
import { topMovers } from "./top-movers.ts";
import { usageByProject } from "./usage-by-project.ts";
import { usageByWorkload } from "./usage-by-workload.ts";
import { utilization } from "./utilization.ts";

const REPORTS: readonly Report[] = [
  usageByProject,
  usageByWorkload,
  capacity,
  projectAllocations,
  utilization,
  suspicious,
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
