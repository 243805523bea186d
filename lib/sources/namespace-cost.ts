/** Parts of what a namespace costs besides GPUs. */
export const COST_PARTS = ["cpu", "memory", "storage", "network", "load-balancer"] as const;
export type CostPart = (typeof COST_PARTS)[number];

/**
 * What another system says that a namespace cost in a window, corrections included: micro-units of its own currency. Null: it does not
 * say, or says what is no number.
 */
export interface NamespaceCost {
  /** Empty: what it allocates to no namespace, such as volumes that no pod mounts. */
  readonly namespace: string;
  readonly parts: Readonly<Record<CostPart, number | null>>;
  readonly gpuMicros: number | null;
  /** Thousandths of an hour of a GPU, as it counts them. */
  readonly gpuMilliHours: number | null;
}
