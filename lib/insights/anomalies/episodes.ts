/** Days in a row, as indices of a series, both counted. */
export interface Episode {
  readonly first: number;
  readonly last: number;
}

/** Days between two unusual ones that still belong to the same episode. */
const GAP = 1;

/** Unusual days as episodes: neighbouring days, and those with one day between, are one. @param days indices, ascending. */
export function episodesOf(days: readonly number[]): Episode[] {
  const out: { first: number; last: number }[] = [];
  for (const day of days) {
    const before = out.at(-1);
    if (before && day - before.last <= GAP + 1) before.last = day;
    else out.push({ first: day, last: day });
  }
  return out;
}
