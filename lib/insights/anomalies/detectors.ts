import { iqr } from "./detectors/iqr.ts";
import { movingAverage } from "./detectors/moving-average.ts";
import { residual } from "./detectors/residual.ts";
import { robustZ } from "./detectors/robust-z.ts";
import type { Detector } from "./types.ts";

/** Every detector, the default first. */
export const DETECTORS: readonly Detector[] = [residual, robustZ, iqr, movingAverage];
