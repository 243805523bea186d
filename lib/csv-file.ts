import { CsvError, parse } from "csv-parse/sync";
import { AppError } from "./errors.ts";

/** A record of a CSV file by its header. */
export interface CsvRecord {
  /** Of the file, from 1. */
  readonly line: number;
  readonly fields: Readonly<Record<string, string>>;
  /** Why it cannot be used: it has another number of fields than the header, so that nobody knows which is which. */
  readonly problem: string | null;
}

export interface CsvFile {
  readonly header: readonly string[];
  readonly records: readonly CsvRecord[];
}

/** No file of ours has more than 60, and exports of clouds none. */
const MOST_COLUMNS = 200;
/** Letters of one line. */
const MOST_LETTERS = 1_000_000;
/** Fields of one line: more than the header has are a problem of that line, and a line of separators alone is not read at all. */
const MOST_FIELDS = 2_000;

type Row = { record: string[]; info: { lines: number } };
const OPTIONS = { info: true, relax_column_count: true, skip_empty_lines: true, trim: true };

/**
 * A CSV file with a header line; empty lines do not count, spaces around fields neither, nor an apostrophe that keeps a spreadsheet from
 * taking a text for a formula.
 * @param name of the file, for what is wrong with it.
 * @param keep the columns that records hold; without it all of them.
 * @throws AppError `invalid` for what is not a CSV file: open quotes, semicolons, no header, a column twice, more than 200 columns.
 */
export function readCsvFile(name: string, text: string, keep?: ReadonlySet<string>): CsvFile {
  let header: readonly string[] = [];
  const records = mapCsvFile(name, text, keep, (columns) => {
    header = columns;
    return (record) => record;
  });
  return { header, records };
}

/** @throws AppError `invalid` where a column is missing, or the file has one that is not among ours. */
export function checkColumns(header: readonly string[], all: readonly string[], needed: readonly string[]): void {
  const missing = needed.filter((column) => !header.includes(column));
  const unknown = header.filter((column) => !all.includes(column));
  if (missing.length || unknown.length)
    throw new AppError(
      "invalid",
      `Nothing was imported: ${missing.length ? `the column ${missing.join(", ")} is missing` : `there is no column ${unknown.join(", ")}`}. The columns are ${all.join(",")}.`,
    );
}

/**
 * readCsvFile for files of many lines: what is not kept of a record does not stay in memory.
 * @param open what is called with the header, and returns what is made of a record; null: nothing.
 */
export function mapCsvFile<T>(
  name: string,
  text: string,
  keep: ReadonlySet<string> | undefined,
  open: (header: readonly string[]) => (record: CsvRecord) => T | null,
): T[] {
  const plain = bare(text);
  checkShape(name, plain);
  const header = readHeader(name, plain, keep);
  const columns = header.flatMap((column, i) => (keep && !keep.has(column) ? [] : [[column, i] as const]));
  const map = open(header);
  let isHeader = true;
  const onRecord = ({ record, info }: Row): T | null => {
    if (isHeader) {
      isHeader = false;
      return null;
    }
    return map({
      line: info.lines,
      fields: Object.fromEntries(columns.map(([column, i]) => [column, rearmed(record[i] ?? "")])),
      problem:
        record.length === header.length
          ? null
          : `It has ${record.length} fields where the header has ${header.length}: text with a comma in it needs quotes, and amounts have no comma.`,
    });
  };
  return parseRows<T>(name, plain, { ...OPTIONS, on_record: onRecord });
}

/** Without the marks of UTF-8, and without the line by which Excel says that commas part the fields; lines keep their numbers. */
const bare = (text: string): string => text.replace(/^\uFEFF+/, "").replace(/^"?sep=,"?(?=[\r\n])/i, "");

/** The line of a file that is its header: the first that is not empty. */
export const headerLine = (text: string): string => /[^\r\n]+/.exec(bare(text.slice(0, MOST_LETTERS)))?.[0] ?? "";

const [QUOTE, COMMA, LINE_FEED] = [34, 44, 10];

/** Refuses, before anything is parsed, lines that would take memory for each of their separators, and quotes that have no end. */
function checkShape(name: string, text: string): void {
  let [isQuoted, start, fields] = [false, 0, 1];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) isQuoted = !isQuoted;
    else if (!isQuoted && code === COMMA) fields++;
    else if (!isQuoted && code === LINE_FEED) [start, fields] = [i + 1, 1];
    if (fields > MOST_FIELDS)
      throw new AppError("invalid", `${name} has a line of more than ${MOST_FIELDS} columns: is it the right file?`);
    if (i - start > MOST_LETTERS)
      throw new AppError("invalid", `${name} is not a CSV file: a quote is not closed, or a line has no end.`);
  }
}

/** Names as they are; those that are kept as they are known, whatever their letters' case: Athena writes them all small. */
function readHeader(name: string, text: string, keep: ReadonlySet<string> = new Set()): string[] {
  const known = new Map([...keep].map((column) => [column.toLowerCase(), column]));
  const [first] = parseRows<Row>(name, text, { ...OPTIONS, to: 1 });
  const header = first?.record.map((column) =>
    keep.has(column) ? column : (known.get(column.toLowerCase()) ?? column),
  );
  if (!header) throw new AppError("invalid", `${name} is empty.`);
  if (header.length === 1 && header[0]?.includes("\t"))
    throw new AppError("invalid", `The fields of ${name} are parted by tabs, and must be by commas.`);
  if (header.length === 1 && header[0]?.includes(";"))
    throw new AppError("invalid", `The fields of ${name} are parted by semicolons, and must be by commas.`);
  if (header.length > MOST_COLUMNS)
    throw new AppError(
      "invalid",
      `${name} has ${header.length} columns, more than ${MOST_COLUMNS}: is it the right file?`,
    );
  const seen = new Set<string>();
  for (const column of header) {
    if (column !== "" && seen.has(column)) throw new AppError("invalid", `${name} has the column ${column} twice.`);
    seen.add(column);
  }
  return header;
}

function parseRows<T>(name: string, text: string, options: object): T[] {
  try {
    // With `info` and `on_record`, which the types do not follow.
    return parse(text, options) as unknown as T[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new AppError("invalid", `${name} is not a CSV file: ${error.message.slice(0, 200)}.`);
  }
}

/** What a spreadsheet takes for the start of a formula, also in full width, after spaces that it leaves out, or on a line of its own. */
const FORMULA = String.raw`(?:[\t\r\n]|[\s\p{Cf}]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])`;
const NEEDS = new RegExp(`^'*${FORMULA}`, "u");

/** A text is data: one that looks like a formula gets an apostrophe in front, and one that looks like such a text another. */
export const disarmed = (text: string): string => (NEEDS.test(text) ? `'${text}` : text);

/** The text that `disarmed` wrote, whatever it was. */
export function rearmed(text: string): string {
  if (!text.startsWith("'")) return text;
  const rest = text.slice(1);
  return NEEDS.test(rest) ? rest : text;
}

/** Problems that are listed; the others are counted. */
const MOST_PROBLEMS = 20;

/** Problems as lines to read: the first twenty, and how many more there are. */
export function listProblems(problems: readonly string[], count = problems.length): string {
  const shown = problems.slice(0, MOST_PROBLEMS);
  return [...shown, ...(count > shown.length ? [`… and ${count - shown.length} more.`] : [])].join("\n");
}

/** Problems of a file, each with its line from 1: one is enough for nothing to be written. Holds no more than it lists. */
export class Problems {
  readonly #shown: string[] = [];
  #count = 0;
  /** @param line 0: of no line in particular. */
  add(line: number, problem: string): void {
    this.#count++;
    if (this.#shown.length < MOST_PROBLEMS) this.#shown.push(line === 0 ? problem : `Line ${line}: ${problem}`);
  }
  get any(): boolean {
    return this.#count > 0;
  }
  /** @throws AppError `invalid` that lists them, where there are any. */
  refuse(): void {
    if (this.any) throw new AppError("invalid", `Nothing was imported:\n${listProblems(this.#shown, this.#count)}`);
  }
}

/** What is read of each record; a record that cannot be used is a problem. @param read throws AppError for what is wrong with it. */
export function readRecords<T>(
  records: readonly CsvRecord[],
  problems: Problems,
  read: (fields: CsvRecord["fields"], line: number) => T,
): T[] {
  return records.flatMap(({ line, fields, problem }) => {
    try {
      if (problem) throw new AppError("invalid", problem);
      return [read(fields, line)];
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      problems.add(line, error.message);
      return [];
    }
  });
}
