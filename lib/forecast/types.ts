/**
 * A daily series, one value for each calendar day in order: an amount of any unit. Null: the day is not known (not over yet,
 * covered below 95 %, or a gap). Null is never read as zero.
 */
export type Series = readonly (number | null)[];

/** A method after it has seen a history. */
export interface Fit {
  /** Values expected on the next `days` days; index 0 is the day after the history. */
  readonly path: (days: number) => number[];
  /**
   * How much of one day's surprise stays in the value `lag` days later: 1 at lag 0; the psi weights of the model. All
   * intervals follow from them in closed form (band.ts).
   */
  readonly psi: (lag: number) => number;
  /** Root of the mean square of one-step errors within the history; 0 for a constant series. */
  readonly sd: number;
}

/** One way to forecast a daily series. A file each in methods/, one line each in methods.ts. */
export interface Method {
  /** As files and the API write it. */
  readonly id: string;
  /** As people call it. */
  readonly title: string;
  /** How it works, in one sentence. */
  readonly about: string;
  /** Pure and deterministic. Null: the history is too short or has too many gaps for this method. */
  readonly fit: (history: Series) => Fit | null;
}
