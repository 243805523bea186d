import { CsvError, parse } from "csv-parse/sync";
import { AppError } from "./errors.ts";

/** A record of a CSV file by its header. */
export interface CsvRecord {
  /** Of the file, from 1. */
  readonly line: number;
  readonly fields: Readonly<Record<string, string>>;
  /** Why it is none: its fields are not as many as the header's, so that nobody knows which is which. */
  readonly problem: string | null;
}

export interface CsvFile {
  readonly header: readonly string[];
  readonly records: readonly CsvRecord[];
}

/**
 * A CSV file with a header line; empty lines do not count, spaces around fields neither.
 * @param name of the file, for what is wrong with it.
 * @throws AppError `invalid` for a file that is none: open quotes, semicolons, no header, a column twice.
 */
export function readCsvFile(name: string, text: string): CsvFile {
  let rows: { record: string[]; info: { lines: number } }[];
  try {
    const options = { bom: true, info: true, relax_column_count: true, skip_empty_lines: true, trim: true };
    // With `info`, which the types do not follow.
    rows = parse(text, options) as unknown as typeof rows;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new AppError("invalid", `${name} is not a CSV file: ${error.message}.`);
  }
  const header = rows[0]?.record;
  if (!header) throw new AppError("invalid", `${name} is empty.`);
  if (header.length === 1 && header[0]?.includes(";"))
    throw new AppError("invalid", `The fields of ${name} are parted by semicolons, and must be by commas.`);
  const twice = header.find((column, i) => column !== "" && header.indexOf(column) !== i);
  if (twice !== undefined) throw new AppError("invalid", `${name} has the column ${twice} twice.`);
  const records = rows.slice(1).map(({ record, info }) => ({
    line: info.lines,
    fields: Object.fromEntries(header.map((column, i) => [column, record[i] ?? ""])),
    problem:
      record.length === header.length
        ? null
        : `It has ${record.length} fields where the header has ${header.length}: text with a comma in it needs quotes, and amounts have no comma.`,
  }));
  return { header, records };
}
