import { type Call, json, type Reply } from "@/simulator/http.ts";
import { checkToken, tokenV1, tokenV2 } from "./auth.ts";
import { listClusters } from "./clusters.ts";
import { atLeast, errorReply, type Handler, notFound, type RunaiContext, RunaiError } from "./context.ts";
import { countNodes, getNode, listClusterNodes, listNodePools, listNodes } from "./nodes.ts";
import {
  countDepartments,
  countProjects,
  getDepartment,
  getProject,
  listDepartments,
  listProjects,
} from "./org-units.ts";
import { clusterMetrics, departmentMetrics, nodeMetrics, projectMetrics } from "./place-metrics.ts";
import { countPods, listPods, listWorkloadPods } from "./pods.ts";
import {
  countReports,
  createReport,
  deleteReport,
  getReport,
  listReports,
  reportAvailability,
  reportFile,
} from "./reports.ts";
import { nodeTelemetry, orgTelemetry, workloadTelemetry } from "./telemetry.ts";
import { podMetrics, workloadMetrics } from "./workload-metrics.ts";
import { countWorkloads, getWorkload, listWorkloads, workloadEvents, workloadHistory } from "./workloads.ts";

const countNodePools: Handler = (context) => json({ count: context.timeline.scenario.nodePools.length });

/** Method, path pattern, handler. `*` is one segment. The first that fits answers. */
const ROUTES: readonly (readonly [method: string, pattern: string, handler: Handler])[] = [
  ["GET", "/api/v1/clusters", listClusters],
  ["GET", "/api/v1/clusters/*/nodes", listClusterNodes],
  ["GET", "/api/v1/clusters/*/nodes/count", countNodes],
  ["GET", "/api/v1/clusters/*/metrics", clusterMetrics],
  ["GET", "/api/v1/clusters/*/nodepools/*/metrics", clusterMetrics],
  ["GET", "/api/v1/nodes", listNodes],
  ["GET", "/api/v1/nodes/count", countNodes],
  ["GET", "/api/v1/nodes/telemetry", nodeTelemetry],
  ["GET", "/api/v1/nodes/*", getNode],
  ["GET", "/api/v1/nodes/*/metrics", nodeMetrics],
  ["GET", "/api/v1/node-pools", listNodePools],
  ["GET", "/api/v1/node-pools/count", countNodePools],
  ["GET", "/api/v1/org-unit/departments", listDepartments],
  ["GET", "/api/v1/org-unit/departments/count", countDepartments],
  ["GET", "/api/v1/org-unit/departments/telemetry", orgTelemetry],
  ["GET", "/api/v1/org-unit/departments/*", getDepartment],
  ["GET", "/api/v1/org-unit/departments/*/metrics", departmentMetrics],
  ["GET", "/api/v1/org-unit/projects", listProjects],
  ["GET", "/api/v1/org-unit/projects/count", countProjects],
  ["GET", "/api/v1/org-unit/projects/telemetry", orgTelemetry],
  ["GET", "/api/v1/org-unit/projects/*", getProject],
  ["GET", "/api/v1/org-unit/projects/*/metrics", projectMetrics],
  ["POST", "/api/v1/org-unit/reports", createReport],
  ["GET", "/api/v1/org-unit/reports", listReports],
  ["GET", "/api/v1/org-unit/reports/count", countReports],
  ["GET", "/api/v1/org-unit/reports/availability", reportAvailability],
  ["GET", "/api/v1/org-unit/reports/*", getReport],
  ["DELETE", "/api/v1/org-unit/reports/*", deleteReport],
  ["GET", "/api/v1/org-unit/reports/*/file", reportFile],
  ["GET", "/api/v1/workloads", listWorkloads],
  ["GET", "/api/v1/workloads/count", countWorkloads],
  ["GET", "/api/v1/workloads/telemetry", workloadTelemetry],
  ["GET", "/api/v1/workloads/pods", listPods],
  ["GET", "/api/v1/workloads/pods/count", countPods],
  ["GET", "/api/v1/workloads/*", getWorkload],
  ["GET", "/api/v1/workloads/*/pods", listWorkloadPods],
  ["GET", "/api/v1/workloads/*/metrics", workloadMetrics],
  ["GET", "/api/v1/workloads/*/pods/*/metrics", podMetrics],
  ["GET", "/api/v1/workloads/*/history", workloadHistory],
  ["GET", "/api/v1/workloads/*/events", workloadEvents],
];

const COMPILED = ROUTES.map(
  ([method, pattern, handler]) => [method, new RegExp(`^${pattern.replaceAll("*", "([^/]+)")}$`), handler] as const,
);

function dispatch(context: RunaiContext, call: Call): Reply {
  let otherMethod = false;
  for (const [method, pattern, handler] of COMPILED) {
    const match = pattern.exec(call.path);
    if (!match) continue;
    if (method === call.method) return handler(context, call, ...match.slice(1).map(decodeURIComponent));
    otherMethod = true;
  }
  throw otherMethod ? new RunaiError(405, "Method not allowed") : notFound(call.path);
}

/** The whole Run:ai REST API as one function of a call. */
export function runaiHandler(context: RunaiContext): (call: Call) => Reply {
  return (call) => {
    if (call.path === "/api/v1/token" && call.method === "POST") return tokenV1(context, call);
    if (call.path === "/api/v2/token" && call.method === "POST" && atLeast(context.switches, "2.24"))
      return tokenV2(context, call);
    try {
      checkToken(call);
      return dispatch(context, call);
    } catch (error) {
      if (error instanceof RunaiError) return errorReply(error);
      return errorReply(new RunaiError(500, "Something went wrong.", String(error)));
    }
  };
}
