import { formatGpus, isoDay } from "@/components/format.ts";
import type { Cell, Unit } from "@/lib/reports/report.ts";
import type { Field, TableColumn } from "./view.ts";

/** A field of a download whose key is its header. */
const field =
  <U extends Unit>(unit: U, decimals?: number) =>
  <R>(header: string, value: (row: R) => Cell): Field<R> => ({
    key: header,
    header,
    unit,
    value,
    ...(decimals === undefined ? {} : { decimals }),
  });

export const textField = field("text");
/** Dates, as ISO 8601 writes them. */
export const dateField = field("date");
export const instantField = field("instant");
export const countField = field("count");
export const percentField = field("percent");
/** Milli-GPU-seconds, printed as GPU-hours. */
export const gpuHoursField = field("milli-gpu-seconds");
/** GPUs, as cards; three decimals, since what is kept is milli-GPU. */
export const gpusField = field("gpus", 3);
const moneyField = field("money");
const nanosField = field("nanos", 9);

/** What is said of a column beside its key, label and value. `header`: the header in the download; its key where absent. */
type More<R> = Partial<Omit<TableColumn<R>, "key" | "label" | "value">> & { readonly header?: string };

const column =
  (unit: Unit, toField: <R>(header: string, value: (row: R) => Cell) => Field<R>) =>
  <R>(
    key: string,
    label: string,
    value: (row: R) => Cell,
    { header = key, ...more }: More<R> = {},
  ): TableColumn<R> => ({
    ...{ key, label, unit, value, fields: [toField(header, value)] },
    ...more,
  });

export const text = column("text", textField);
export const instant = column("instant", instantField);
/** Days of the billing zone, by key: 20261129; a file has `2026-11-29`, a page `29 Nov 2026`. */
export const day = <R>(
  key: string,
  label: string,
  value: (row: R) => number | null | undefined,
  more: More<R> = {},
): TableColumn<R> =>
  column("date", dateField)(
    key,
    label,
    (row: R) => {
      const of = value(row);
      return of ? isoDay(of) : null;
    },
    { look: ["whole"], ...more },
  );
export const count = column("count", countField);
export const percent = column("percent", percentField);
export const gpuHours = column("milli-gpu-seconds", gpuHoursField);
/** Unit prices and rates, in billionths. */
export const nanos = column("nanos", nanosField);
/** GPUs, as cards: a value of 0.5 is half of one. */
export const gpus = <R>(key: string, label: string, value: (row: R) => Cell, more: More<R> = {}): TableColumn<R> =>
  column("gpus", gpusField)(key, label, value, { draw: (cards) => formatGpus(Math.round(cards * 1000)), ...more });

/** Columns of amounts in a currency, in micro-units; the download names the currency in the header: `total_usd`. */
export const moneyIn =
  (currency: string) =>
  <R>(key: string, label: string, value: (row: R) => Cell, more: More<R> = {}): TableColumn<R> =>
    column("money", moneyField)(key, label, value, {
      header: `${(more.header ?? key).replaceAll("-", "_")}_${currency.toLowerCase()}`,
      currency,
      ...omitHeader(more),
    });

const omitHeader = <R>({ header: _, ...more }: More<R>): More<R> => more;

/** A column that is drawn and has no value: a bar, buttons. It is in no file. */
export const drawn = <R>(
  key: string,
  label: string,
  cell: NonNullable<TableColumn<R>["cell"]>,
  more: More<R> = {},
): TableColumn<R> => ({ key, label, cell, fields: [], bare: true, ...more });
