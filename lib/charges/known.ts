/** Days with less of their GPU time observed are unknown to forecasts and to what looks for anomalies. */
const LEAST_COVERAGE = 0.95;

/** GPU time that should have samples, and that has them. */
export interface Observed {
  readonly observedMilli: number;
  readonly expectedMilli: number;
}

/** Whether enough of some GPU time was observed; nothing to be observed is enough. Milli-GPU-seconds. */
export const isCovered = ({ observedMilli, expectedMilli }: Observed): boolean =>
  observedMilli >= LEAST_COVERAGE * expectedMilli;

/** Whether enough of a day of the whole ledger is known: of what workloads held, and of what nobody held. Milli-GPU-seconds. */
export const isKnownDay = (day: Observed & { readonly unknownMilli: number; readonly gpuMilli: number }): boolean =>
  day.unknownMilli <= (1 - LEAST_COVERAGE) * day.gpuMilli && isCovered(day);
