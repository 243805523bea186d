import type { Instant } from "@/lib/time.ts";

/** What OpenCost says that a namespace cost on a day: micro-units of its currency. Null: it does not say. */
export interface NamespaceDay {
  readonly clusterId: string;
  readonly day: number;
  /** Empty: what it allocates to no namespace. */
  readonly namespace: string;
  readonly currency: string;
  readonly cpuMicros: number | null;
  readonly memoryMicros: number | null;
  readonly storageMicros: number | null;
  readonly networkMicros: number | null;
  readonly loadBalancerMicros: number | null;
  readonly gpuMicros: number | null;
  readonly gpuMilliHours: number | null;
  readonly readAt: Instant;
}

/** What the ledger charged workloads of a namespace for GPUs on a day, in its own currency. */
export interface OwnNamespace {
  readonly clusterId: string;
  readonly namespace: string;
  readonly day: number;
  readonly gpuMilliSeconds: number;
  readonly amountMicros: number;
}
