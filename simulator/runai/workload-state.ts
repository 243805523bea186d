import { DAY, type Instant } from "@/lib/time.ts";
import type { PhaseSpec, PodSpec, WorkloadSpec } from "@/simulator/scenario.ts";
import { podEnd } from "@/simulator/scenario.ts";
import { departmentOf, departmentVisible, isListed, type RunaiContext } from "./context.ts";

/** A workload as the API would return it at `now`. */
export interface WorkloadState {
  readonly spec: WorkloadSpec;
  readonly now: Instant;
  readonly phase: PhaseSpec;
  readonly pendingSeconds: number;
  readonly runningSeconds: number;
  readonly completedAt: Instant | null;
  readonly deletedAt: Instant | null;
  readonly runningPods: readonly PodSpec[];
}

const WAITING = new Set(["Creating", "Pending", "Initializing", "Resuming"]);

export function podRuns(pod: PodSpec, now: Instant): boolean {
  const end = podEnd(pod);
  return pod.startedAt !== null && pod.startedAt <= now && (end === null || end > now);
}

export function stateOf(spec: WorkloadSpec, now: Instant): WorkloadState {
  let phase = spec.phases[0] as PhaseSpec;
  let pendingSeconds = 0;
  let runningSeconds = 0;
  const stop = spec.deletedAt !== null && spec.deletedAt <= now ? spec.deletedAt : now;
  for (const [i, p] of spec.phases.entries()) {
    if (p.at > now) break;
    phase = p;
    const length = Math.max(0, Math.min(spec.phases[i + 1]?.at ?? stop, stop) - p.at);
    if (WAITING.has(p.phase)) pendingSeconds += length;
    if (p.phase === "Running" || p.phase === "Degraded") runningSeconds += length;
  }
  const ended = phase.phase === "Completed" || phase.phase === "Failed";
  return {
    spec,
    now,
    phase,
    pendingSeconds,
    runningSeconds,
    completedAt: ended ? phase.at : null,
    deletedAt: spec.deletedAt !== null && spec.deletedAt <= now ? spec.deletedAt : null,
    runningPods: spec.pods.filter((p) => podRuns(p, now)),
  };
}

/** Whether the API still knows the workload: it was created, is in scope, and was not deleted too long ago. */
export function known(context: RunaiContext, spec: WorkloadSpec, now: Instant): boolean {
  if (spec.createdAt > now || !departmentVisible(context, departmentOf(context, spec))) return false;
  const { deletedRetentionDays, cutOff } = context.switches;
  if (!isListed(context, context.timeline.project.get(spec.projectId)?.clusterId ?? "")) return false;
  if (cutOff && cutOff.start <= spec.createdAt && now < cutOff.end) return false;
  return (
    spec.deletedAt === null ||
    spec.deletedAt > now ||
    deletedRetentionDays === null ||
    spec.deletedAt > now - deletedRetentionDays * DAY
  );
}

/** Workloads of a list: the living ones, or with `deleted` the deleted ones alone; oldest first. */
export function listed(context: RunaiContext, deleted: boolean, now: Instant): WorkloadSpec[] {
  return context.timeline.scenario.workloads.filter(
    (w) => known(context, w, now) && (w.deletedAt !== null && w.deletedAt <= now) === deleted,
  );
}
