const LONGEST = 200;

/** A name as messages repeat it: the start of one that is longer than any name here. */
export const shortName = (given: string): string => (given.length > LONGEST ? `${given.slice(0, 80)}…` : given);

/**
 * The names most like `wanted`, best first, at most `most`: those that contain it (or it them), then those within a third
 * of its length in edits, ignoring case. Without such names, none. Of a wanted name only the first 200 letters are looked at, and no name
 * is compared whose length alone makes it too far away: the work for one name is at most 200 × 267 steps, whatever is asked for.
 */
export function nearNames(wanted: string, names: Iterable<string>, most = 5): string[] {
  const text = wanted.slice(0, LONGEST).toLowerCase();
  const furthest = Math.max(1, Math.ceil(text.length / 3));
  const scored: { name: string; score: number }[] = [];
  for (const name of new Set(names)) {
    const other = name.toLowerCase();
    const contains = other.length > 1 && text.length > 1 && (other.includes(text) || text.includes(other));
    const near = Math.abs(other.length - text.length) <= furthest;
    const score = contains ? 0.5 : near ? edits(text, other) : Number.POSITIVE_INFINITY;
    if (name && score <= furthest) scored.push({ name, score });
  }
  scored.sort((a, b) => a.score - b.score || (a.name < b.name ? -1 : 1));
  return scored.slice(0, most).map((s) => s.name);
}

/** ` Did you mean "a" or "b"?`, or else the whole list when it is short, or nothing. Starts with a space. */
export function suggest(wanted: string, names: Iterable<string>): string {
  const all = [...new Set(names)].filter(Boolean);
  const near = nearNames(wanted, all);
  if (near.length) return ` Did you mean ${near.map((n) => `"${n}"`).join(" or ")}?`;
  return all.length > 0 && all.length <= 12 ? ` There are: ${all.sort().join(", ")}.` : "";
}

/** Levenshtein distance. */
function edits(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(change, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
