import type { UsageClass } from "@/lib/classes.ts";
import type { ClassMillis, Measures } from "@/lib/reports/types.ts";

/** Shapes that pages hand to components. Plain data: numbers, texts, null for unknown. Units are in the names. */

/** One bar of a trend: a half-open span with a label in the billing zone. */
export interface TrendSpan {
  readonly start: number;
  readonly end: number;
  readonly label: string;
}

export interface TrendPoint extends TrendSpan {
  readonly total: Measures;
  /** Cards × time, known from inventory; null where it is not metered, or the viewer does not see the whole cluster. */
  readonly capacityMilli: number | null;
  /** Allocated milli-GPU-seconds by project key. */
  readonly projects: Readonly<Record<number, number>>;
}

export interface ProjectSum extends Measures {
  readonly key: number;
  readonly name: string;
  readonly cluster: string;
}

export interface FleetNow {
  readonly asOfAt: number | null;
  /** Milli-GPU by class. */
  readonly classes: ClassMillis;
  readonly totalMilli: number;
}

export interface SyncHealth {
  readonly lastRun: SyncRun | null;
  readonly lastSuccessAt: number | null;
  readonly openGaps: number;
  readonly dueWindows: number;
  readonly dueBuckets: number;
  readonly runningBackfills: readonly Backfill[];
}

export interface SyncRun {
  readonly id: string;
  readonly kind: string;
  readonly startedAt: number;
  readonly finishedAt: number | null;
  readonly status: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly error: string;
}

export interface Backfill {
  readonly id: string;
  readonly fromAt: number;
  readonly toAt: number;
  readonly stepSeconds: number;
  readonly status: string;
  readonly requestedBy: string;
  readonly plannedFromAt: number;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  readonly error: string;
  /** How much of the range, from its newest end, is read and metered: 0 to 1. */
  readonly fraction: number;
  readonly windowsDone: number;
  /** Of these, read in part or not at all: each is a gap with its cause. */
  readonly windowsFailed: number;
  /** An estimate while it runs; null before there is one. */
  readonly windowsTotal: number | null;
  readonly samples: number;
  /** Windows a minute over the last five; null before there is a rate. */
  readonly perMinute: number | null;
  readonly remainingSeconds: number | null;
}

export interface Gap {
  readonly cluster: string;
  readonly source: string;
  readonly subject: string;
  readonly startAt: number;
  readonly endAt: number;
  readonly cause: string;
  readonly status: string;
  readonly attempts: number;
  readonly nextRetryAt: number;
  readonly healedAt: number | null;
}

export interface WindowCount {
  readonly source: string;
  readonly status: string;
  readonly count: number;
  readonly newestEndAt: number;
  readonly samples: number;
}

/** What `/api/v1/sync` answers and the sync page polls. */
export interface SyncState {
  readonly at: number;
  readonly health: SyncHealth;
  readonly runs: readonly SyncRun[];
  readonly backfills: readonly Backfill[];
  readonly windows: readonly WindowCount[];
  readonly leases: readonly { readonly name: string; readonly owner: string; readonly untilAt: number }[];
  readonly facts: {
    readonly clusters: number;
    readonly nodes: number;
    readonly workloads: number;
    readonly pods: number;
  };
}

/** A slot of the fleet: a card, or the part of one that a pod holds. */
export interface FleetSlot {
  readonly position: number;
  readonly gpu: string;
  readonly milli: number;
  readonly class: UsageClass;
  readonly workloadKey: number;
  readonly workload: string;
  readonly project: string;
  readonly user: string;
  readonly utilisationPercent: number | null;
  readonly gpuMemoryMib: number | null;
  readonly sinceAt: number;
  /** What an hour of it costs, by its newest charged day; micro-units. Null: it was never charged, or not to anybody the viewer sees. */
  readonly hourMicros: number | null;
}

export interface FleetNode {
  readonly cluster: string;
  readonly pool: string;
  readonly node: string;
  readonly gpuModel: string;
  readonly slots: readonly FleetSlot[];
}

/** One metric of one card (or pod, or workload) over a range: a step function with holes. */
export interface Strip {
  readonly metric: string;
  /** `[first instant, mean, max]` of each of the strip's steps; null mean where nothing was observed. */
  readonly points: readonly (readonly [at: number, mean: number | null, max: number | null])[];
  readonly min: number | null;
  readonly mean: number | null;
  readonly max: number | null;
}

export interface StripGroup {
  readonly subjectKind: string;
  readonly subject: string;
  readonly gpu: string;
  readonly node: string;
  readonly shared: boolean;
  readonly strips: readonly Strip[];
}
