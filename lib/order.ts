/** Compares two lists of texts by code unit, first difference first: the same order on every database and machine. */
export function compareTexts(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < a.length; i++) {
    const text = a[i] as string;
    const other = b[i] ?? "";
    if (text !== other) return text < other ? -1 : 1;
  }
  return a.length - b.length;
}
