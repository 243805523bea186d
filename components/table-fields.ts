import type { Cell, Unit } from "@/lib/reports/report.ts";
import type { Field } from "./table-view.ts";

/** A field of a download whose key is its header. */
const field =
  <U extends Unit>(unit: U, decimals?: number) =>
  <R>(header: string, value: (row: R) => Cell): Field<R> => ({
    key: header,
    header,
    unit,
    value,
    ...(decimals === undefined ? {} : { decimals }),
  });

export const textField = field("text");
export const instantField = field("instant");
export const countField = field("count");
export const percentField = field("percent");
/** Milli-GPU-seconds, printed as GPU-hours. */
export const gpuHoursField = field("milli-gpu-seconds");
/** GPUs, as cards; three decimals, since what is kept is milli-GPU. */
export const gpusField = field("gpus", 3);
