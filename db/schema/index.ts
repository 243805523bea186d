import { sqlite } from "../columns.ts";
import { inventory } from "./inventory.ts";
import { metering } from "./metering.ts";
import { sync } from "./sync.ts";

/** Names and shapes of every table; the SQL that uses them runs on both databases. */
export const { clusters, nodePools, nodes, nodeStates, departments, projects, workloads, pods, phases } =
  inventory(sqlite);
export const { series, chunks, prunedSpans, windows, backfills, gaps, syncRuns, leases, dueBuckets } = sync(sqlite);
export const { hardware, usage, usageProjects, usageDays, capacity, meterRules, findings, fleet } = metering(sqlite);
