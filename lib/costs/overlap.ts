import { formatMicros, type Micros, sumExactly } from "@/lib/money.ts";
import { addDays, dateOfKey } from "@/lib/time.ts";
import type { CostLine } from "./file.ts";
import { type DaySpan, joinSpans } from "./spread.ts";

/** Lines of an import that stands, those of the same days and words together. */
export interface Standing extends DaySpan {
  readonly importId: string;
  readonly name: string;
  readonly importedAt: number;
  readonly teamKey: number;
  readonly clusterId: string;
  readonly category: string;
  readonly description: string;
  readonly source: string;
  readonly lines: number;
  readonly amountMicros: Micros;
}

/** An import that has cost which a file has, too. */
export interface Overlap extends DaySpan {
  readonly importId: string;
  readonly name: string;
  /** Lines of the file that are on days of it. */
  readonly lines: number;
  /** What the import has on days of the file, as whole lines. */
  readonly amountMicros: Micros;
  /** Bills that the import has and the file has not: to replace it would lose them. */
  readonly lacking: readonly string[];
}

type Keyed = Pick<CostLine, "source" | "category" | "description" | "teamKey" | "clusterId">;

/** What the same cost has in every version of a file: the bill of a FOCUS file; else its words and whose it is. */
const keyOf = (line: Keyed): string =>
  line.source !== ""
    ? `bill\u0000${line.source}`
    : ["words", line.category, line.description, line.teamKey, line.clusterId].join("\u0000");

/** What the same cost has in another version of our own format that moves it to another team, or says it in other words. */
const looseKeyOf = (line: Keyed): string => ["file", line.category, line.clusterId].join("\u0000");

/**
 * Imports that have cost of a file already: cost of the same bill, or with the same words and team, on the same days; and, of our
 * own format, cost of the same category in an import of the same file name.
 * @param lines of the file. @param standing of other imports.
 */
export function findOverlaps(name: string, lines: readonly CostLine[], standing: readonly Standing[]): Overlap[] {
  const bills = new Set(lines.map((line) => line.source).filter((source) => source !== ""));
  const out: Overlap[] = [];
  for (const [importId, theirs] of Map.groupBy(standing, (s) => s.importId)) {
    const first = theirs[0] as Standing;
    const keys = first.name === name ? [keyOf, looseKeyOf] : [keyOf];
    const ofTheirs = keys.map((key) => Map.groupBy(theirs, key));
    const ofOurs = keys.map((key) => Map.groupBy(lines, key));
    const both = (list: readonly DaySpan[] | undefined, span: DaySpan) =>
      list?.some((other) => other.fromDay < span.untilDay && other.untilDay > span.fromDay) ?? false;
    const isSame = (sides: readonly ReadonlyMap<string, readonly (Keyed & DaySpan)[]>[]) => (line: Keyed & DaySpan) =>
      keys.some((key, i) => (i === 0 || line.source === "") && both(sides[i]?.get(key(line)), line));
    const ours = lines.filter(isSame(ofTheirs.map(joined)));
    if (ours.length === 0) continue;
    const hit = theirs.filter(isSame(ofOurs.map(joined)));
    const spans = joinSpans(hit);
    out.push({
      importId,
      name: first.name,
      lines: ours.length,
      fromDay: spans[0]?.fromDay ?? 0,
      untilDay: spans.at(-1)?.untilDay ?? 0,
      amountMicros: sumExactly(hit.map((s) => s.amountMicros)),
      lacking: [...new Set(theirs.map((s) => s.source))].filter((source) => source !== "" && !bills.has(source)),
    });
  }
  return out;
}

/** Each key's days, joined: as many as there are gaps between them. */
function joined(groups: ReadonlyMap<string, readonly (Keyed & DaySpan)[]>): Map<string, (Keyed & DaySpan)[]> {
  return new Map(
    [...groups].map(([key, list]) => [key, joinSpans(list).map((span) => ({ ...(list[0] as Keyed), ...span }))]),
  );
}

/** An overlap in a sentence. */
export function overlapWords(overlap: Overlap, currency: string): string {
  const days = `${dateOfKey(overlap.fromDay)} to ${dateOfKey(addDays(overlap.untilDay, -1))}`;
  const lines = overlap.lines === 1 ? "1 line is" : `${overlap.lines} lines are`;
  return `${lines} of days that ${overlap.name} has already: ${days}, ${formatMicros(overlap.amountMicros)} ${currency} there.`;
}
