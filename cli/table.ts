/**
 * Rows as text in columns of equal width, for a person at a terminal: a line of keys, a rule, a line for each row. Nothing is cut.
 */
export function tableText(keys: readonly string[], rows: readonly Readonly<Record<string, string>>[]): string {
  const widths = keys.map((key) => Math.max(key.length, ...rows.map((row) => (row[key] ?? "").length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd();
  const lines = [
    keys,
    widths.map((width) => "-".repeat(width)),
    ...rows.map((row) => keys.map((key) => row[key] ?? "")),
  ];
  return `${lines.map(line).join("\n")}\n`;
}
