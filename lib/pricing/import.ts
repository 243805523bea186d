import { isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import { checkColumns, listProblems, readCsvFile } from "@/lib/csv-file.ts";
import { AppError } from "@/lib/errors.ts";
import type { PriceDraft, Problem } from "./draft.ts";
import { isRateHistory, readRateHistory } from "./rate-history.ts";

/** The columns of a CSV file, and the keys of a YAML entry. */
export const IMPORT_FIELDS = [
  "kind",
  "match",
  "cluster",
  "price_class",
  "unit_price",
  "currency",
  "effective_from",
  "note",
] as const;
type Field = (typeof IMPORT_FIELDS)[number];
const REQUIRED: readonly Field[] = ["kind", "unit_price", "effective_from"];

export interface Imported {
  readonly drafts: readonly PriceDraft[];
  readonly problems: readonly Problem[];
  /** What was left out, and what the file says that a price cannot. */
  readonly notes: readonly string[];
}

/**
 * Reads prices from a file's text: YAML when its name says so, else CSV. Lines are those of the file, from 1.
 * @throws AppError `invalid` where the file is no such file at all.
 */
export function readPriceFile(name: string, text: string): Imported {
  return /\.ya?ml$/i.test(name) ? readYaml(name, text) : readCsv(name, text);
}

function readCsv(name: string, text: string): Imported {
  const { header, records } = readCsvFile(name, text);
  checkColumns(header, IMPORT_FIELDS, REQUIRED);
  if (records.length > MOST_ENTRIES) throw new AppError("invalid", `${name} has more than ${MOST_ENTRIES} entries.`);
  const whole = records.filter((r) => r.problem === null);
  return {
    drafts: whole.map(({ line, fields }) => draftOf(line, fields)),
    problems: records.flatMap(({ line, problem }) => (problem ? [{ line, field: "", message: problem }] : [])),
    notes: [],
  };
}

/** Entries of a price file, more than any price book has: a proposal is looked at as a whole. */
const MOST_ENTRIES = 1_000;
const MOST_DEPTH = 30;

/**
 * Refuses, before it is parsed, what takes a parser seconds and a gigabyte: lists within lists, and entries without end. Counts brackets
 * and dashes wherever they stand; a price file has few of either.
 */
function checkYamlShape(name: string, text: string): void {
  let [depth, deepest, entries] = [0, 0, 0];
  for (const line of text.split("\n")) {
    const start = /^(?:[ \t]|[-?:](?=[ \t]|$))*/.exec(line)?.[0] ?? "";
    const dashes = start.match(/[-?:]/g)?.length ?? 0;
    if (dashes > 0) entries++;
    if (dashes > MOST_DEPTH || start.length > 20 * MOST_DEPTH) deepest = MOST_DEPTH + 1;
    for (const letter of line) {
      if (letter === "[" || letter === "{") deepest = Math.max(deepest, ++depth);
      if (letter === "]" || letter === "}") depth = Math.max(0, depth - 1);
      if (letter === "{" || letter === ",") entries++;
    }
  }
  if (deepest > MOST_DEPTH)
    throw new AppError("invalid", `${name} is no price file: it has lists within lists, deeper than ${MOST_DEPTH}.`);
  if (entries > 10 * MOST_ENTRIES) throw new AppError("invalid", `${name} has more than ${MOST_ENTRIES} entries.`);
}

function readYaml(name: string, text: string): Imported {
  checkYamlShape(name, text);
  const counter = new LineCounter();
  // Plain strings: 2026-10-01 stays a text, and 1_000 no number.
  const document = parseDocument(text, { lineCounter: counter, schema: "failsafe" });
  const [first] = document.errors;
  if (first)
    throw new AppError("invalid", `${name} is not a YAML file: ${first.message.split("\n")[0]?.replace(/:$/, "")}.`);
  const list = isMap(document.contents) ? document.contents.get("prices", true) : document.contents;
  if (!isSeq(list))
    throw new AppError(
      "invalid",
      `${name} has no list of prices: begin it with "prices:" and give one entry for each.`,
    );
  if (list.items.length > MOST_ENTRIES) throw new AppError("invalid", `${name} has more than ${MOST_ENTRIES} entries.`);
  if (isRateHistory(list)) return readRateHistory(list, (node) => counter.linePos(node.range?.[0] ?? 0).line);
  const problems: Problem[] = [];
  const drafts = list.items.flatMap((item) => {
    const at = (item as { range?: [number, number, number] | null }).range?.[0] ?? 0;
    const { line } = counter.linePos(at);
    if (!isMap(item)) {
      problems.push({ line, field: "", message: "An entry must be a list of keys with values." });
      return [];
    }
    const fields: Record<string, string> = {};
    for (const { key, value } of item.items) {
      const field = String(isScalar(key) ? key.value : key);
      const place = isScalar(key) && key.range ? counter.linePos(key.range[0]).line : line;
      if (!(IMPORT_FIELDS as readonly string[]).includes(field))
        problems.push({
          line: place,
          field,
          message: `"${field}" is no key of a price: use ${IMPORT_FIELDS.join(", ")}.`,
        });
      fields[field] = isScalar(value) ? String(value.value ?? "").trim() : "";
    }
    for (const field of REQUIRED) if (!fields[field]) problems.push({ line, field, message: `${field} is missing.` });
    return [draftOf(line, fields)];
  });
  return { drafts, problems, notes: [] };
}

const draftOf = (line: number, fields: Readonly<Record<string, string>>): PriceDraft => ({
  line,
  kind: fields.kind ?? "",
  match: fields.match ?? "",
  cluster: fields.cluster ?? "",
  priceClass: fields.price_class ?? "",
  unitPrice: fields.unit_price ?? "",
  currency: fields.currency ?? "",
  effectiveFrom: fields.effective_from ?? "",
  origin: { type: "entered", note: fields.note ?? "" },
});

/** Problems as lines to read: `Line 3, unit price: "free" is no price …`. */
export function formatProblems(problems: readonly Problem[]): string {
  const lines = problems.map(({ line, field, message }) => {
    const where = [line ? `Line ${line}` : "", field.replaceAll("_", " ")].filter(Boolean).join(", ");
    return where ? `${where}: ${message}` : message;
  });
  return listProblems(lines);
}
