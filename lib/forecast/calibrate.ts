/** The band is widened or narrowed within these limits, whatever the past says. */
const [LEAST, MOST] = [0.8, 1.4];
/** How far one error outside of the band moves the factor; slow, so that one bad week does not. */
const STEP = 0.005;
const OUTSIDE = 0.2;

/**
 * A factor for all bands together, learned from errors of the past: a little wider after each actual value outside of its
 * 80 % band, a little narrower after each inside, so that in the long run one in five is outside. Pooled over all series:
 * learned for each alone it is worse (docs/forecasting.md).
 */
export class BandFactor {
  private factor = 1;
  get value(): number {
    return this.factor;
  }
  /** @param weight of this error: days of one origin share one step. */
  learn(outside: boolean, weight = 1): void {
    this.factor = Math.min(MOST, Math.max(LEAST, this.factor + STEP * weight * (Number(outside) - OUTSIDE)));
  }
}

/** The factors of single days and of sums of days. */
export interface Factors {
  readonly day: number;
  readonly total: number;
}
export const NO_FACTORS: Factors = { day: 1, total: 1 };
