/** Compares two lists of texts by code unit, first difference first: the same order on every database and machine. */
export function compareTexts(a: readonly string[], b: readonly string[]): number {
  for (const [i, text] of a.entries()) {
    const other = b[i] ?? "";
    if (text !== other) return text < other ? -1 : 1;
  }
  return a.length - b.length;
}
