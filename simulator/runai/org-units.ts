import { DAY } from "@/lib/time.ts";
import { type Call, json, type Reply } from "@/simulator/http.ts";
import { uuidOf } from "@/simulator/random.ts";
import type { DepartmentSpec, ProjectSpec } from "@/simulator/scenario.ts";
import { departmentVisible, iso, notFound, type RunaiContext, RunaiError } from "./context.ts";
import { type Fields, filtered, page } from "./listing.ts";
import { stateOf } from "./workload-state.ts";
import { allocatedGpus } from "./workloads.ts";

interface Usage {
  allocated: number;
  nonPreemptible: number;
  requested: number;
}

/** GPUs by project and pool at this moment. */
function usageNow(context: RunaiContext): Map<string, Usage> {
  const now = context.clock.now();
  const usage = new Map<string, Usage>();
  for (const w of context.timeline.scenario.workloads) {
    if (w.createdAt > now || (w.deletedAt !== null && w.deletedAt <= now)) continue;
    const state = stateOf(w, now);
    if (state.completedAt !== null) continue;
    const key = `${w.projectId}/${w.pool}`;
    const u = usage.get(key) ?? { allocated: 0, nonPreemptible: 0, requested: 0 };
    const gpus = allocatedGpus(state);
    u.allocated += gpus;
    if (!w.preemptible) u.nonPreemptible += gpus;
    if (state.phase.phase !== "Stopped") u.requested += Math.max(gpus, w.request.pods * w.request.gpuPerPod);
    usage.set(key, u);
  }
  return usage;
}

function bucket(gpu: number) {
  return { gpu: Math.round(gpu * 1000) / 1000, cpu: Math.round(gpu * 8000), memory: Math.round(gpu * 98_304) };
}

function quotaStatus(parts: readonly Usage[]) {
  const total = (key: keyof Usage) => parts.reduce((sum, p) => sum + p[key], 0);
  return {
    allocated: bucket(total("allocated")),
    allocatedNonPreemptible: bucket(total("nonPreemptible")),
    requested: bucket(total("requested")),
  };
}

function statusOf(
  context: RunaiContext,
  usage: Map<string, Usage>,
  projects: readonly ProjectSpec[],
  namespace: string | null,
) {
  const now = context.clock.now();
  const pools = context.timeline.scenario.nodePools;
  const of = (pool: string) => projects.flatMap((p) => usage.get(`${p.id}/${pool}`) ?? []);
  return {
    ...(namespace === null ? {} : { namespace }),
    phase: "Ready",
    phaseMessage: "",
    lastUpdatedTime: iso(now),
    nodePoolQuotaStatuses: pools.map((p) => ({ nodePoolName: p.name, nodePoolId: p.id, ...quotaStatus(of(p.name)) })),
    quotaStatus: quotaStatus(pools.flatMap((p) => of(p.name))),
    additionalStatusData: {},
  };
}

function resources(context: RunaiContext, projects: readonly ProjectSpec[]) {
  const of = (pool: string) => projects.reduce((sum, p) => sum + (p.quota[pool] ?? 0), 0);
  const pools = context.timeline.scenario.nodePools;
  return {
    totalResources: { gpuQuota: pools.reduce((sum, p) => sum + of(p.name), 0), cpuQuota: null, memoryQuota: null },
    resources: pools.map((p) => ({
      nodePool: { id: p.id, name: p.name },
      gpu: { deserved: of(p.name), limit: null, overQuotaWeight: 2 },
      cpu: null,
      memory: null,
      priority: "Normal",
    })),
  };
}

function projectWire(context: RunaiContext, usage: Map<string, Usage>, p: ProjectSpec): Record<string, unknown> {
  const department = context.timeline.scenario.departments.find((d) => d.id === p.departmentId);
  return {
    id: p.id,
    name: p.name,
    clusterId: p.clusterId,
    description: "",
    parentId: p.departmentId,
    parent: { id: uuidOf(`department/${p.departmentId}`), name: department?.name },
    requestedNamespace: p.namespace === `runai-${p.name}` ? null : p.namespace,
    enforceRunaiScheduler: true,
    ...resources(context, [p]),
    status: statusOf(context, usage, [p], p.namespace),
    overtimeData: { range24hData: null, range7dData: null, range30dData: null },
    schedulingRules: null,
    effective: {},
    createdAt: iso(p.createdAt),
    createdBy: "admin@example.com",
    updatedAt: iso(p.createdAt),
    updatedBy: "admin@example.com",
  };
}

function projectFields(context: RunaiContext): Fields<ProjectSpec> {
  return {
    name: (p) => p.name,
    clusterId: (p) => p.clusterId,
    departmentId: (p) => p.departmentId,
    parentId: (p) => p.departmentId,
    parentName: (p) => context.timeline.scenario.departments.find((d) => d.id === p.departmentId)?.name,
    phase: () => "Ready",
    createdAt: (p) => iso(p.createdAt),
    totalGpuQuota: (p) => Object.values(p.quota).reduce((a, b) => a + b, 0),
  };
}

function visibleProjects(context: RunaiContext): ProjectSpec[] {
  const now = context.clock.now();
  return context.timeline.scenario.projects.filter(
    (p) => p.createdAt <= now && departmentVisible(context, p.departmentId),
  );
}

export function listProjects(context: RunaiContext, call: Call): Reply {
  const usage = usageNow(context);
  return page(call, filtered(context, call, visibleProjects(context), projectFields(context)), "projects", (p) =>
    projectWire(context, usage, p),
  );
}

export function countProjects(context: RunaiContext, call: Call): Reply {
  return json({ count: filtered(context, call, visibleProjects(context), projectFields(context)).length });
}

/** @throws RunaiError 404 for unknown ids, 403 outside the scope. */
export function findProject(context: RunaiContext, id: string): ProjectSpec {
  const project = context.timeline.project.get(id);
  if (!project) throw notFound(id);
  if (!departmentVisible(context, project.departmentId))
    throw new RunaiError(403, "You do not have sufficient permissions.", "projects:read");
  return project;
}

export function getProject(context: RunaiContext, _call: Call, id: string): Reply {
  return json(projectWire(context, usageNow(context), findProject(context, id)));
}

export function projectsOfDepartment(context: RunaiContext, id: string): ProjectSpec[] {
  return context.timeline.scenario.projects.filter((p) => p.departmentId === id);
}

function departmentWire(
  context: RunaiContext,
  usage: Map<string, Usage>,
  d: DepartmentSpec,
  verbose: boolean,
): Record<string, unknown> {
  const projects = projectsOfDepartment(context, d.id);
  const created = Math.min(...projects.map((p) => p.createdAt), context.clock.now() - 200 * DAY);
  return {
    id: d.id,
    name: d.name,
    clusterId: d.clusterId,
    description: "",
    children: projects.map((p) => ({ id: p.id, name: p.name, children: [] })),
    ...resources(context, projects),
    ...(verbose ? { status: statusOf(context, usage, projects, null) } : {}),
    overtimeData: { range24hData: null, range7dData: null, range30dData: null },
    effective: {},
    createdAt: iso(created),
    createdBy: "admin@example.com",
    updatedAt: iso(created),
    updatedBy: "admin@example.com",
  };
}

const DEPARTMENT_FIELDS: Fields<DepartmentSpec> = { name: (d) => d.name, clusterId: (d) => d.clusterId };

function visibleDepartments(context: RunaiContext): DepartmentSpec[] {
  return context.timeline.scenario.departments.filter((d) => departmentVisible(context, d.id));
}

/** `status` only with `verbosity=verbose`. */
export function listDepartments(context: RunaiContext, call: Call): Reply {
  const usage = usageNow(context);
  const verbose = call.query.get("verbosity") === "verbose";
  return page(call, filtered(context, call, visibleDepartments(context), DEPARTMENT_FIELDS), "departments", (d) =>
    departmentWire(context, usage, d, verbose),
  );
}

export function countDepartments(context: RunaiContext, call: Call): Reply {
  return json({ count: filtered(context, call, visibleDepartments(context), DEPARTMENT_FIELDS).length });
}

/** @throws RunaiError 404 for unknown ids, 403 outside the scope. */
export function findDepartment(context: RunaiContext, id: string): DepartmentSpec {
  const department = context.timeline.scenario.departments.find((d) => d.id === id);
  if (!department) throw notFound(id);
  if (!departmentVisible(context, id))
    throw new RunaiError(403, "You do not have sufficient permissions.", "departments:read");
  return department;
}

export function getDepartment(context: RunaiContext, _call: Call, id: string): Reply {
  return json(departmentWire(context, usageNow(context), findDepartment(context, id), true));
}
