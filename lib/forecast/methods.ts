import { dampedHolt } from "./methods/damped-holt.ts";
import { halfLife } from "./methods/half-life.ts";
import { level } from "./methods/level.ts";
import { seasonalNaive } from "./methods/seasonal-naive.ts";
import { smoothing } from "./methods/smoothing.ts";
import { theta } from "./methods/theta.ts";
import { weekday } from "./methods/weekday.ts";
import type { Method } from "./types.ts";

/** Every method, the baseline first. */
export const METHODS: readonly Method[] = [seasonalNaive, level, smoothing, halfLife, theta, dampedHolt, weekday];
