import type { TDocumentDefinitions } from "pdfmake/interfaces";
import { parseMicros } from "@/lib/money.ts";

/** Figures of a text as millionths: groups of thousands, a typographic minus, digits that stand apart from theirs. */
const FIGURE = /−?\d{1,3}(?:,\d{3})*(?:\.\d+)?/g;
const micros = (figure: string): number => parseMicros(figure.replaceAll(",", "").replace("−", "-")) ?? Number.NaN;

/** The last amounts of the rows that begin with `label`, without the space that a text reader puts between two sizes. */
export function amountsAfter(text: string, label: string): number[] {
  const rows = text.split(/\n/).filter((row) => row.startsWith(label));
  return rows.map((row) => micros(row.slice(label.length).replaceAll(" ", "").match(FIGURE)?.at(-1) ?? ""));
}

interface Node {
  readonly text?: unknown;
  readonly stack?: unknown;
  readonly columns?: unknown;
  readonly section?: unknown;
  readonly table?: { readonly body: readonly unknown[][] };
}

/** The words of a cell or paragraph, one after the other. */
function wordsOf(part: unknown): string {
  if (typeof part === "string" || typeof part === "number") return String(part);
  if (Array.isArray(part)) return part.map(wordsOf).join("");
  return part && typeof part === "object" && "text" in part ? wordsOf(part.text) : linesOf(part).join(" ");
}

function linesOf(part: unknown): string[] {
  if (part === null || part === undefined) return [];
  if (typeof part !== "object") return [String(part)];
  if (Array.isArray(part)) return part.flatMap(linesOf);
  const node = part as Node;
  if (node.text !== undefined) return [wordsOf(node.text)];
  if (node.table) return node.table.body.map((row) => row.map(wordsOf).filter(Boolean).join(" "));
  return linesOf(node.stack ?? node.columns ?? node.section);
}

/** What a document says, line by line, before it is laid out: the rows of its tables each a line. */
export const documentText = ({ content }: TDocumentDefinitions): string => linesOf(content).join("\n");
