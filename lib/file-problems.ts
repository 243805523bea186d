import type { CsvRecord } from "./csv-file.ts";
import { AppError } from "./errors.ts";

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
  read: (fields: CsvRecord["fields"]) => T,
): T[] {
  return records.flatMap(({ line, fields, problem }) => {
    try {
      if (problem) throw new AppError("invalid", problem);
      return [read(fields)];
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      problems.add(line, error.message);
      return [];
    }
  });
}
