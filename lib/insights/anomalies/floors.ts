/** What an unusual day has to come to before anybody hears of it. */
export interface Floors {
  /** Least difference from what was expected, in the unit of the amount. */
  readonly amount: number;
  /** The same as a share of what was expected, in per cent. */
  readonly percent: number;
}

/** Whether a difference is worth a look: both floors count. Nothing expected: any amount above the floor is. */
export function isWorthALook(impact: number, expected: number, floors: Floors): boolean {
  const size = Math.abs(impact);
  return size >= floors.amount && size >= (floors.percent / 100) * Math.abs(expected);
}
