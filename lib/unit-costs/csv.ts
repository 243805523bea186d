import { checkColumns, Problems, readCsvFile, readRecords } from "@/lib/csv-file.ts";
import { AppError } from "@/lib/errors.ts";
import { decimalWords } from "@/lib/money.ts";
import { dateOfKey, parseDay } from "@/lib/time.ts";
import { type CountInput, parseCount } from "./input.ts";

/** The columns of a file of counts. `id` empty: the day is its own id, so that a later file replaces it. */
export const COUNT_COLUMNS = ["day", "count", "id"] as const;

/**
 * Counts from a file. An empty count withdraws it. @param latest the last day that may have a count.
 * @throws AppError `invalid` that lists every line that is wrong.
 */
export function readCountCsv(name: string, text: string, latest: number): CountInput[] {
  const { header, records } = readCsvFile(name, text);
  checkColumns(header, COUNT_COLUMNS, ["day", "count"]);
  if (!records.length) throw new AppError("invalid", `${name} has no line below the header.`);
  const problems = new Problems();
  const lines = new Map<string, number>();
  const counts = readRecords(records, problems, (fields, line) => {
    const count = countOf(fields);
    const first = lines.get(count.id);
    if (first !== undefined)
      throw new AppError("invalid", `The id "${count.id}" is on line ${first} already: keep one of the two.`);
    lines.set(count.id, line);
    if (count.day > latest) throw new AppError("invalid", `A count is of a day that has begun: ${day(count)} has not.`);
    return count;
  });
  problems.refuse();
  return counts;
}

const day = (count: CountInput): string => dateOfKey(count.day);

function countOf({ day = "", count = "", id = "" }: Readonly<Record<string, string>>): CountInput {
  const key = parseDay(day);
  const countMilli = count === "" ? null : parseCount(count);
  if (count !== "" && countMilli === null)
    throw new AppError(
      "invalid",
      `count: "${count}" ${decimalWords(count, 3, "is not a count: write it plainly, such as 1200 or 0.5.")}`,
    );
  return { id: id || dayId(key), day: key, countMilli };
}

/** The id of a count that is given without one: there is one such count for each day. */
export const dayId = (day: number): string => `day/${day}`;
