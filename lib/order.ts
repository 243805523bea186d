/**
 * Compares two lists of texts and numbers, first difference first: numbers by size, texts by code unit, which is the same
 * order on every database and machine. A list that begins another comes before it.
 */
export function compareKeys(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  for (const [i, mine] of a.entries()) {
    const its = b[i];
    if (its === undefined) return 1;
    if (mine !== its) return mine < its ? -1 : 1;
  }
  return a.length - b.length;
}

/**
 * The value of a plain object's own key, or undefined. `record[key]` would find `constructor` and its like, too, where the key is from an
 * address, a file, a label or an answer of a source; `npm run check:layers` refuses it for objects with free keys.
 */
export const own = <V>(record: Readonly<Record<string, V>>, key: string): V | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;
