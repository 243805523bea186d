import { type CsvRecord, readCsvFile } from "@/lib/csv-file.ts";
import { AppError } from "@/lib/errors.ts";
import { addDays, dateOfKey, daysBetween, parseDay } from "@/lib/time.ts";
import type { NamedSeries, PastForecast } from "./backtest.ts";

const EPOCH = 19700101;
/** Longer than any series of days: a mistyped year must not become a million empty days. */
const MOST_DAYS = 20_000;

/** How days are written in a file: dates, or whole numbers. */
interface DayForm {
  readonly read: (text: string) => number | null;
  readonly write: (day: number) => string;
}

const NUMBERS: DayForm = { read: (text) => (/^-?\d{1,7}$/.test(text) ? Number(text) : null), write: String };
const DATES: DayForm = {
  read: (text) => (/^\d{4}-\d\d-\d\d$/.test(text) ? daysBetween(EPOCH, parseDay(text)) : null),
  write: (day) => dateOfKey(addDays(EPOCH, day)),
};

export interface SeriesFile {
  readonly series: readonly NamedSeries[];
  /** A day as the file writes days. */
  readonly dayText: (day: number) => string;
}

/**
 * Reads `series,day,value`: days as `YYYY-MM-DD`, or as whole numbers; rows in any order; an empty value is an unknown day,
 * as is a day between the first and the last of its series without a row. Series keep the order of the file.
 * @throws AppError `invalid` that names the line.
 */
export function readSeriesCsv(name: string, text: string): SeriesFile {
  const { header, records } = readCsvFile(name, text);
  for (const column of ["series", "day", "value"])
    if (!header.includes(column))
      throw new AppError("invalid", `${name} has no column ${column}: it needs series, day and value.`);
  const form = DATES.read(records[0]?.fields.day ?? "") === null ? NUMBERS : DATES;
  const found = new Map<string, Map<number, number | null>>();
  for (const record of records) {
    const { series, day, value } = readRow(name, record, form);
    const days = found.get(series) ?? new Map<number, number | null>();
    found.set(series, days);
    if (days.has(day)) throw atLine(name, record, `${series} has the day ${form.write(day)} twice`);
    days.set(day, value);
  }
  return { series: [...found].map(([key, days]) => inOrder(name, key, days)), dayText: form.write };
}

const atLine = (name: string, { line }: CsvRecord, problem: string): AppError =>
  new AppError("invalid", `${name}, line ${line}: ${problem}.`);

function readRow(name: string, record: CsvRecord, form: DayForm) {
  if (record.problem) throw atLine(name, record, record.problem.replace(/\.$/, ""));
  const { series = "", day: dayText = "", value: valueText = "" } = record.fields;
  const day = form.read(dayText);
  if (day === null)
    throw atLine(name, record, `"${dayText}" is not a day: write all days as YYYY-MM-DD, or all as whole numbers`);
  const value = valueText === "" ? null : Number(valueText);
  if (value !== null && !Number.isFinite(value)) throw atLine(name, record, `"${valueText}" is not a number`);
  return { series, day, value };
}

function inOrder(file: string, name: string, days: ReadonlyMap<number, number | null>): NamedSeries {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const day of days.keys()) [first, last] = [Math.min(first, day), Math.max(last, day)];
  if (last - first >= MOST_DAYS)
    throw new AppError(
      "invalid",
      `${file}: ${name} spans ${last - first + 1} days, and at most ${MOST_DAYS} can be read.`,
    );
  const values = Array.from({ length: last - first + 1 }, (_, i) => days.get(first + i) ?? null);
  return { name, firstDay: first, values };
}

export const BACKTEST_COLUMNS = [
  "series",
  "origin",
  "day",
  "actual",
  "forecast",
  "lower80",
  "upper80",
  "method",
] as const;

/**
 * One row for each day of each past forecast. `origin` is the first day of the forecast: the days before it are all that
 * was known. Numbers with twelve significant digits; unknown is empty; with too little data there is a row without forecast.
 */
export function* backtestRows({ series, dayText }: SeriesFile, pasts: readonly PastForecast[]): Generator<string[]> {
  const number = (value: number | null | undefined) =>
    value === null || value === undefined ? "" : String(Number(value.toPrecision(12)));
  for (const { series: index, origin, actual, forecast } of pasts) {
    const of = series[index];
    if (!of) continue;
    for (const [i, value] of actual.entries()) {
      const day = forecast?.days[i];
      yield [
        of.name,
        dayText(of.firstDay + origin),
        dayText(of.firstDay + origin + i),
        number(value),
        number(day?.expected),
        number(day?.lower80),
        number(day?.upper80),
        forecast?.method.id ?? "too-little-data",
      ];
    }
  }
}
