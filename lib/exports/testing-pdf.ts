import { parseMicros } from "@/lib/money.ts";

/** Figures of a text as millionths: groups of thousands, a typographic minus, digits that stand apart from theirs. */
const FIGURE = /−?\d{1,3}(?:,\d{3})*(?:\.\d+)?/g;
const micros = (figure: string): number => parseMicros(figure.replaceAll(",", "").replace("−", "-")) ?? Number.NaN;

/** The last amounts of the rows that begin with `label`, without the space that a text reader puts between two sizes. */
export function amountsAfter(text: string, label: string): number[] {
  const rows = text.split(/\n/).filter((row) => row.startsWith(label));
  return rows.map((row) => micros(row.slice(label.length).replaceAll(" ", "").match(FIGURE)?.at(-1) ?? ""));
}
