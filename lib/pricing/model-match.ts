/** Words that say who made a card, not which it is. */
const MAKERS = new Set(["NVIDIA", "TESLA", "GEFORCE", "QUADRO", "AMD", "INTEL"]);
const MIG = "MIG";

/**
 * The words that identify a GPU model, upper case, without the maker's name: `NVIDIA-A100-SXM4-80GB` → A100, SXM4, 80GB, as are those of
 * `A100SXM4 80 GB`. A MIG profile is the words MIG and `1G.5GB`.
 */
export function modelWords(text: string): readonly string[] {
  const words = text
    .toUpperCase()
    .replace(/(\d)\s+GB\b/g, "$1GB")
    .replace(/([A-Z]\d+[A-Z]?)(SXM|PCIE|NVL|HBM)/g, "$1 $2")
    .split(/[^A-Z0-9.+]+/)
    .filter((word) => word && !MAKERS.has(word));
  return [...new Set(words)];
}

/**
 * Whether a price's words name a model: each of them must be one of its words. `A100` takes both memory sizes, `A100 80GB`
 * one; `A10` never takes an A100. A slice of a card is no card: words without MIG never match a MIG profile.
 * @returns how many words matched, more being more exact; 0: it does not match.
 */
export function matchModel(words: readonly string[], model: readonly string[]): number {
  if (words.length === 0 || words.includes(MIG) !== model.includes(MIG)) return 0;
  return words.every((word) => model.includes(word)) ? words.length : 0;
}
