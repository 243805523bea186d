import { z } from "zod";

/** A number; NaN and infinite ones are sent as null. */
const amount = z.number().nullish();

/** What is read of an allocation; other fields are ignored, `gpuEfficiency` among them, which divides by the number of GPUs twice. */
export const allocationSchema = z.looseObject({
  name: z.string().nullish(),
  window: z.looseObject({ start: z.string(), end: z.string() }).nullish(),
  cpuCost: amount,
  cpuCostAdjustment: amount,
  ramCost: amount,
  ramCostAdjustment: amount,
  gpuCost: amount,
  gpuCostAdjustment: amount,
  gpuHours: amount,
  pvCost: amount,
  pvCostAdjustment: amount,
  networkCost: amount,
  networkCostAdjustment: amount,
  loadBalancerCost: amount,
  loadBalancerCostAdjustment: amount,
  sharedCost: amount,
  externalCost: amount,
  totalCost: amount,
});
export type Allocation = z.output<typeof allocationSchema>;

/** One map for each step; a map may be empty or null. Newer versions leave `status` out. */
export const answerSchema = z.looseObject({
  code: z.number().nullish(),
  status: z.string().nullish(),
  message: z.string().nullish(),
  warning: z.string().nullish(),
  data: z.array(z.record(z.string(), z.unknown()).nullable()).nullish(),
});
