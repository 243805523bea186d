import type { Instant, Interval } from "@/lib/time.ts";
import { usesClaims } from "@/simulator/claims.ts";
import type { Clock } from "@/simulator/clock.ts";
import { type Call, json, type Reply } from "@/simulator/http.ts";
import type { Sharing, WorkloadSpec } from "@/simulator/scenario.ts";
import type { Timeline } from "@/simulator/timeline.ts";

/** How the Run:ai server behaves: what differs between versions, tenants and rights. Call limits are 1,000 samples and 10 types unless changed. */
export interface RunaiSwitches {
  /** Control-plane version, `2.18` … `2.24` or `3.0`. */
  readonly version: string;
  readonly tokenTtlSeconds: number;
  readonly maxMetricTypes: number;
  readonly maxSamples: number;
  /** Deleted workloads are gone after so many days; null keeps them. */
  readonly deletedRetentionDays: number | null;
  /** Metrics older than so many days are empty; null keeps them. */
  readonly metricRetentionDays: number | null;
  /** The service account sees only these departments (ids); null sees all. */
  readonly scopeDepartments: readonly string[] | null;
  /** Cluster state; anything but Connected also lets `lastLiveness` stand still for an hour. */
  readonly clusterState: string;
  /** Profiling types (SM, tensor, bandwidth) are filled. */
  readonly advancedMetrics: boolean;
  /** Consumption reports have storage. */
  readonly reportsAvailable: boolean;
  /** Containers of single pods are restarted now and then: their start moves, and is null while they wait. */
  readonly restarts: boolean;
  /** They are restarted every four to eight minutes, as a container that crashes is. */
  readonly crashLoops: boolean;
  /** Pods that completed show it by their phase and its instant only, and stay listed. */
  readonly endsByPhase: boolean;
  /** Some workloads ask for GPUs as memory, and their pods do not say how many they got. */
  readonly memoryRequests: boolean;
  /** In one minute of three, lists of nodes are empty, lack every second node, or have no card information, with HTTP 200; their count may lack the same. */
  readonly oddNodeLists: boolean;
  /** Times that have not come are Go's zero time instead of null. */
  readonly zeroTimes: boolean;
  /** Numbers of GPUs and cards are text. */
  readonly textNumbers: boolean;
  /** Each page of workloads and pods has one item more, which has no creation and cannot be read. */
  readonly oddItems: boolean;
  /** Now and then a page of workloads or pods is empty, short, the last or names itself as the next; equal keys change places; pages have ten items at most. */
  readonly oddPages: boolean;
  /** Nodes whose cards pods use by turns count replicas, under a product that says so; pods there have whole ones. */
  readonly countsReplicas: boolean;
  /** Some workloads get their cards by claims, of which nothing is known here: no request, no allocation. */
  readonly claims: boolean;
  /** Pods that were deleted before their workload got another one are no longer listed. */
  readonly forgetsPods: boolean;
  /** One in so many of the single pods that end with their workload stays listed as running, without an end of its own; 0: none. */
  readonly podsOutlive: number;
  /** At this instant every second node was created again under its name, with another id. */
  readonly recreatedAt: Instant | null;
  /** From this instant on a cluster, and all that is in it, is no longer listed. */
  readonly vanished: { readonly clusterId: string; readonly at: Instant } | null;
  /** In this time the agent is cut off: nothing that was created in it is listed before its end. */
  readonly cutOff: Interval | null;
  /** The oddities that concern pods and workloads are of those that were created in this time, and odd lists are of looks in it; null: always. */
  readonly during: Interval | null;
}

export const DEFAULT_RUNAI_SWITCHES: RunaiSwitches = {
  version: "2.24",
  tokenTtlSeconds: 3600,
  maxMetricTypes: 10,
  maxSamples: 1000,
  deletedRetentionDays: 14,
  metricRetentionDays: null,
  scopeDepartments: null,
  clusterState: "Connected",
  advancedMetrics: true,
  reportsAvailable: true,
  restarts: false,
  crashLoops: false,
  endsByPhase: false,
  memoryRequests: false,
  oddNodeLists: false,
  zeroTimes: false,
  textNumbers: false,
  oddItems: false,
  oddPages: false,
  countsReplicas: false,
  claims: false,
  forgetsPods: false,
  podsOutlive: 0,
  recreatedAt: null,
  vanished: null,
  cutOff: null,
  during: null,
};

/** Things that answers may carry wrongly, set by faults (simulator/faults.ts). */
export interface Oddities {
  /** Unknown phase, type and category, very long names, `0B`, utilisation over 100 and NaN, here and there. */
  readonly odd: boolean;
  /** Share of metric answers that come as 207 with types missing or without values. */
  readonly partialRate: number;
  /** Workloads are put in between the pages of a list. */
  readonly movingList: boolean;
  /** Share of five-minute stretches without samples, by series. */
  readonly gapRate: number;
}

export interface RunaiContext {
  readonly timeline: Timeline;
  readonly clock: Clock;
  readonly switches: RunaiSwitches;
  readonly credentials: { readonly appId: string; readonly appSecret: string };
  readonly odd: () => Oddities;
  /** A number in [0, 1) that depends on the text and on how often it was asked. */
  readonly draw: (text: string) => number;
}

export type Handler = (context: RunaiContext, call: Call, ...ids: string[]) => Reply;

/** A refusal; answered with the API's error body `{code, message, details?}`, where `code` is the status. */
export class RunaiError extends Error {
  readonly status: number;
  readonly details: string | undefined;
  constructor(status: number, message: string, details?: string) {
    super(message);
    this.status = status;
    this.details = details;
  }
}

export function errorReply(error: RunaiError): Reply {
  return json(
    { code: error.status, message: error.message, ...(error.details ? { details: error.details } : {}) },
    error.status,
  );
}

export function missingParameter(name: string): RunaiError {
  return new RunaiError(400, "Required parameter is missing", name);
}

export function notFound(id: string): RunaiError {
  return new RunaiError(404, "Resource id not found.", id);
}

export function atLeast(switches: RunaiSwitches, version: string): boolean {
  const [a, b] = [switches.version, version].map((v) => v.split(".").map(Number) as [number, number]);
  return a !== undefined && b !== undefined && (a[0] !== b[0] ? a[0] > b[0] : a[1] >= b[1]);
}

export function iso(at: Instant): string {
  return new Date(at * 1000).toISOString().replace(".000Z", "Z");
}

/** ISO text of an instant that has come, else null: answers never contain the future. */
export function isoPast(at: Instant | null, now: Instant): string | null {
  return at !== null && at <= now ? iso(at) : null;
}

/** Whether the API still lists the cluster. */
export function isListed({ switches: { vanished }, clock }: RunaiContext, clusterId: string): boolean {
  return vanished?.clusterId !== clusterId || clock.now() < vanished.at;
}

/** Whether what was created at this instant, or a look at it, is odd where switches say so. */
export function isOddAt({ switches: { during } }: RunaiContext, at: Instant): boolean {
  return during === null || (during.start <= at && at < during.end);
}

/** Whether nothing is known of the GPUs of a workload, because claims gave it some. */
export function hidesClaims(context: RunaiContext, workload: WorkloadSpec): boolean {
  return context.switches.claims && isOddAt(context, workload.createdAt) && usesClaims(workload);
}

/** How many of what a node counts are one of its cards. */
export function replicasOf({ switches }: RunaiContext, sharing: Sharing | undefined): number {
  return switches.countsReplicas && sharing?.kind === "time-slicing" ? sharing.replicas : 1;
}

/** The same for the nodes of a pool. */
export function replicasOfPool(context: RunaiContext, pool: string): number {
  return replicasOf(context, context.timeline.scenario.nodes.find((n) => n.pool === pool)?.sharing);
}

export function departmentVisible(context: RunaiContext, departmentId: string): boolean {
  const { scopeDepartments } = context.switches;
  return scopeDepartments === null || scopeDepartments.includes(departmentId);
}

export function departmentOf(context: RunaiContext, workload: WorkloadSpec): string {
  return context.timeline.project.get(workload.projectId)?.departmentId ?? "";
}

const ZERO_TIME = "0001-01-01T00:00:00Z";
const TIMES = /At$/;
const NUMBERS = /^(gpu|gpuCount|request|limit)$/;

/** An answer with times and numbers written as the switches want them, of what was created at an instant. */
export function asSent(context: RunaiContext, wire: unknown, createdAt: Instant): unknown {
  const { zeroTimes, textNumbers } = context.switches;
  if ((!zeroTimes && !textNumbers) || !isOddAt(context, createdAt)) return wire;
  const sent = (value: unknown, key: string): unknown => {
    if (Array.isArray(value)) return value.map((v) => sent(v, ""));
    if (typeof value === "object" && value !== null)
      return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, sent(v, k)]));
    if (zeroTimes && value === null && TIMES.test(key)) return ZERO_TIME;
    return textNumbers && typeof value === "number" && NUMBERS.test(key) ? String(value) : value;
  };
  return sent(wire, "");
}
