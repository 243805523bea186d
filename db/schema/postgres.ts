import { postgres } from "../columns.ts";
import { inventory } from "./inventory.ts";
import { metering } from "./metering.ts";
import { sync } from "./sync.ts";

/** The same tables for PostgreSQL: read by drizzle-kit when it writes that database's migrations. */
export const { clusters, nodePools, nodes, nodeStates, departments, projects, workloads, pods, phases } =
  inventory(postgres);
export const { series, chunks, prunedSpans, windows, backfills, gaps, syncRuns, leases, dueBuckets } = sync(postgres);
export const { hardware, usage, usageProjects, usageDays, capacity, meterRules, findings, fleet } = metering(postgres);
