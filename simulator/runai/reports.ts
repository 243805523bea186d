import { intersect, parseInstant } from "@/lib/time.ts";
import { type Call, json, type Reply, text } from "@/simulator/http.ts";
import { uuidOf } from "@/simulator/random.ts";
import { iso, missingParameter, notFound, type RunaiContext, RunaiError } from "./context.ts";
import { page } from "./listing.ts";
import { TENANT_ID } from "./workloads.ts";

interface Report {
  readonly id: string;
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly groupBy: string;
  readonly createdAt: number;
}

const reportsOf = new WeakMap<RunaiContext, Report[]>();

function stored(context: RunaiContext): Report[] {
  let list = reportsOf.get(context);
  if (!list) {
    list = [];
    reportsOf.set(context, list);
  }
  return list;
}

/** Asked for a moment ago it is still being processed. */
function reportWire(context: RunaiContext, r: Report): Record<string, unknown> {
  const ready = context.clock.now() > r.createdAt;
  return {
    id: r.id,
    name: r.name,
    description: "",
    start: iso(r.start),
    end: iso(r.end),
    groupBy: r.groupBy,
    tenantId: TENANT_ID,
    createdAt: iso(r.createdAt),
    createdBy: context.credentials.appId,
    status: ready ? "Ready" : "Processing",
    statusUpdatedAt: iso(r.createdAt),
    statusMessage: "",
  };
}

export function createReport(context: RunaiContext, call: Call): Reply {
  let body: { name?: string; start?: string; end?: string; groupBy?: string };
  try {
    body = JSON.parse(call.body) as typeof body;
  } catch {
    throw new RunaiError(400, "Validation failed - body is not JSON");
  }
  const start = parseInstant(body.start ?? "");
  const end = parseInstant(body.end ?? "");
  if (!body.name || start === null || end === null) throw missingParameter("name, start, end");
  if (!context.switches.reportsAvailable) throw new RunaiError(503, "Please try again in few minutes.");
  const list = stored(context);
  const report: Report = {
    id: uuidOf(`report/${list.length}/${body.name}`),
    name: body.name,
    start,
    end,
    groupBy: body.groupBy ?? "Project",
    createdAt: context.clock.now(),
  };
  list.push(report);
  return json(reportWire(context, report), 202);
}

function findReport(context: RunaiContext, id: string): Report {
  const report = stored(context).find((r) => r.id === id);
  if (!report) throw notFound(id);
  return report;
}

export function listReports(context: RunaiContext, call: Call): Reply {
  return page(call, stored(context), "reports", (r) => reportWire(context, r), false);
}

export function countReports(context: RunaiContext): Reply {
  return json({ count: stored(context).length });
}

export function reportAvailability(context: RunaiContext): Reply {
  return json({ isAvailable: context.switches.reportsAvailable });
}

export function getReport(context: RunaiContext, _call: Call, id: string): Reply {
  return json(reportWire(context, findReport(context, id)));
}

export function deleteReport(context: RunaiContext, _call: Call, id: string): Reply {
  const list = stored(context);
  list.splice(list.indexOf(findReport(context, id)), 1);
  return { status: 204, type: "application/json", body: "" };
}

/** Column names are not published; these are those of Run:ai's consumption dashboard. */
export function reportFile(context: RunaiContext, _call: Call, id: string): Reply {
  const report = findReport(context, id);
  const hours = new Map<string, number>();
  for (const slot of context.timeline.slots) {
    const part = intersect(slot, report);
    const name = context.timeline.project.get(slot.workload.projectId)?.name ?? "";
    if (part) hours.set(name, (hours.get(name) ?? 0) + ((part.end - part.start) * slot.milli) / 3_600_000);
  }
  const rows = [...hours].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, h]) => `${name},${h.toFixed(3)}`);
  return text(["Project,GPU hours", ...rows, ""].join("\n"), 200, "text/csv");
}
