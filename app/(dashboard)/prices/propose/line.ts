import type { Origin } from "@/lib/pricing/types.ts";

export interface Line {
  readonly id: number;
  readonly kind: string;
  readonly match: string;
  readonly cluster: string;
  readonly priceClass: string;
  readonly unitPrice: string;
  readonly currency: string;
  readonly effectiveFrom: string;
  readonly origin: Origin;
}

export interface Choices {
  readonly models: readonly string[];
  readonly nodePools: readonly string[];
  readonly clusters: readonly string[];
}
