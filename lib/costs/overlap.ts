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
  /** What the import has on days that the file does not have, as whole lines: to replace it would lose them. */
  readonly missingLines: number;
  readonly missingMicros: Micros;
  /** Bills that the import has and the file does not have. */
  readonly missingBills: readonly string[];
}

type Keyed = Pick<CostLine, "source" | "category" | "description" | "teamKey" | "clusterId">;

/** What the same cost has in every version of a file: the bill of a FOCUS file; else its words and its owner. */
const keyOf = (line: Keyed): string =>
  line.source !== ""
    ? `bill\u0000${line.source}`
    : ["words", line.category, line.description, line.teamKey, line.clusterId].join("\u0000");

/** What the same cost has in another version of our own format that moves it to another team, or says it in other words. */
const looseKeyOf = (line: Keyed): string => ["file", line.category, line.clusterId].join("\u0000");

/**
 * Imports that have cost of a file already: cost of the same bill, or with the same words and team, on the same days; and, of our
 * own format, cost of the same category in an import of the same file name.
 * @param lines of the file. @param standing all lines of other imports, those of other days included.
 */
export function findOverlaps(name: string, lines: readonly CostLine[], standing: readonly Standing[]): Overlap[] {
  const bills = new Set(lines.map((line) => line.source).filter((source) => source !== ""));
  const out: Overlap[] = [];
  for (const [importId, theirs] of Map.groupBy(standing, (s) => s.importId)) {
    const first = theirs[0] as Standing;
    const keys = first.name === name ? [keyOf, looseKeyOf] : [keyOf];
    const ofTheirs = keys.map((key) => Map.groupBy(theirs, key));
    const ofOurs = keys.map((key) => Map.groupBy(lines, key));
    const isSame = (sides: readonly Groups[], by: (a: DaySpan, b: DaySpan) => boolean) => (line: Keyed & DaySpan) =>
      keys.some(
        (key, i) => (i === 0 || line.source === "") && sides[i]?.get(key(line))?.some((other) => by(other, line)),
      );
    const ours = lines.filter(isSame(ofTheirs.map(joined), meets));
    if (ours.length === 0) continue;
    const sides = ofOurs.map(joined);
    const hit = theirs.filter(isSame(sides, meets));
    const hasAll = isSame(sides, covers);
    const missing = theirs.filter((line) => !hasAll(line));
    const spans = joinSpans(hit);
    out.push({
      importId,
      name: first.name,
      lines: ours.length,
      fromDay: spans[0]?.fromDay ?? 0,
      untilDay: spans.at(-1)?.untilDay ?? 0,
      amountMicros: sumExactly(hit.map((s) => s.amountMicros)),
      missingLines: sumExactly(missing.map((s) => s.lines)),
      missingMicros: sumExactly(missing.map((s) => s.amountMicros)),
      missingBills: [...new Set(theirs.map((s) => s.source))].filter((source) => source !== "" && !bills.has(source)),
    });
  }
  return out;
}

type Groups = ReadonlyMap<string, readonly (Keyed & DaySpan)[]>;
const meets = (a: DaySpan, b: DaySpan): boolean => a.fromDay < b.untilDay && a.untilDay > b.fromDay;
const covers = (a: DaySpan, b: DaySpan): boolean => a.fromDay <= b.fromDay && a.untilDay >= b.untilDay;

/** Each key's days, joined: as many as there are gaps between them. */
function joined(groups: Groups): Groups {
  return new Map(
    [...groups].map(([key, list]) => [key, joinSpans(list).map((span) => ({ ...(list[0] as Keyed), ...span }))]),
  );
}

/** An overlap in a sentence. */
export function overlapWords(overlap: Overlap, currency: string): string {
  const days = `${dateOfKey(overlap.fromDay)} to ${dateOfKey(addDays(overlap.untilDay, -1))}`;
  const lines = overlap.lines === 1 ? "1 line is" : `${overlap.lines} lines are`;
  return `${lines} on days that ${overlap.name} already covers: ${days}, where it has ${formatMicros(overlap.amountMicros)} ${currency}.`;
}

/** What replacing an import would lose, in a sentence; null: nothing. @param name of the file. */
export function lossWords(overlap: Overlap, name: string, currency: string): string | null {
  if (overlap.missingLines === 0) return null;
  const lines = overlap.missingLines === 1 ? "1 line" : `${overlap.missingLines} lines`;
  const bills = overlap.missingBills.length ? ` (${overlap.missingBills.slice(0, 5).join("; ")})` : "";
  return `${overlap.name} also has ${lines} of ${formatMicros(overlap.missingMicros)} ${currency} that ${name} does not have${bills}.`;
}
