import { z } from "zod";

/** Where a figure comes from: a person, a list price, or a calculation that can be shown step by step. */
export const originSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("entered"), note: z.string() }),
  z.object({ type: z.literal("list"), source: z.string(), asOf: z.string(), instance: z.string(), note: z.string() }),
  z.object({
    type: z.literal("owned"),
    purchaseMicros: z.number().int(),
    gpus: z.number().int(),
    months: z.number().int(),
    powerWatts: z.number(),
    powerMicrosPerKwh: z.number().int(),
    pue: z.number(),
    overheadPercent: z.number(),
  }),
]);
export type Origin = z.infer<typeof originSchema>;
