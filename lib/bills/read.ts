import { createHash } from "node:crypto";
import { THE_FILE } from "@/lib/costs/csv.ts";
import { curAsFocus, curName, isCur } from "@/lib/costs/cur.ts";
import { type CostContext, inLedgerCurrency } from "@/lib/costs/file.ts";
import { isFocus, roundTogether } from "@/lib/costs/focus.ts";
import { FOCUS_COLUMNS, PLACES, type ReadRow, readRow } from "@/lib/costs/focus-row.ts";
import { type CsvRecord, headerLine, mapCsvFile, Problems } from "@/lib/csv-file.ts";
import { AppError } from "@/lib/errors.ts";
import { divideHalfEven, safeInteger } from "@/lib/money.ts";
import { gpusOfInstance } from "@/lib/pricing/list-prices.ts";
import { textOf } from "@/lib/text-file.ts";
import type { BillLine } from "./types.ts";

export interface BillFile {
  readonly format: "focus" | "cur";
  readonly lines: readonly BillLine[];
}

const MOST_BYTES = 32 * 1024 * 1024;
/** Lines that are stored, and compared day by day; rows of a bill are summed to fewer. */
const MOST_LINES = 25_000;
const NEEDED = ["BillingCurrency", "ChargePeriodStart", "ChargePeriodEnd"];

/** What is read against: the teams, prices (for exchange rates) and zone of the ledger. Closed periods do not matter: nothing is charged. */
export type BillContext = Pick<CostContext, "teams" | "book" | "billingTimeZone"> & {
  /** How many GPUs an instance of a name has; null or absent: not known. */
  readonly gpusOf?: (name: string) => number | null;
};

/** What a thread is asked. */
export interface BillQuestion {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly context: Pick<BillContext, "teams" | "book" | "billingTimeZone">;
  /** How many GPUs instances have by the lists that were imported, by their names in small letters; others by those of the product. */
  readonly gpus: ReadonlyMap<string, number>;
}

export type ReadBill = BillFile & {
  /** Of its bytes: the same file has the same. */
  readonly hash: string;
};

export const hashOf = (bytes: Uint8Array | string): string =>
  createHash("sha256").update(bytes).digest("hex").slice(0, 32);

/** readBill as a thread does it. Pure. @throws AppError as it does; `invalid` for more than 25,000 lines. */
export function readBillFile({ name, bytes, context, gpus }: BillQuestion): ReadBill {
  const gpusOf = (instance: string) => gpus.get(instance.toLowerCase()) ?? gpusOfInstance(instance);
  const file = readBill(name, bytes, { ...context, gpusOf });
  if (file.lines.length > MOST_LINES)
    throw new AppError("invalid", `${name} has more than ${MOST_LINES} lines: import it in parts.`);
  return { ...file, hash: hashOf(bytes) };
}

/**
 * The lines of a bill, GPU time included: a FOCUS file (1.0 to 1.4, of any cloud) or an AWS Cost and Usage Report (2.0 or legacy), plain or gzip.
 * Rows are summed by days, team, GPU, service and bill, and rounded together. @throws AppError `invalid` that lists every line that is wrong.
 */
export function readBill(name: string, bytes: Uint8Array, given: BillContext): BillFile {
  const text = textOf(name, bytes, MOST_BYTES);
  const format = isCur(text) ? "cur" : isFocus(text) ? "focus" : null;
  if (format === null)
    throw new AppError(
      "invalid",
      `${name} is neither a FOCUS file nor an AWS Cost and Usage Report: see docs/bills.md.`,
    );
  const context: CostContext = {
    ...{ ...given, clusters: [], closed: [], teamKey: undefined, withGpus: true, billed: false },
    bounds: { today: 99_991_231, firstDay: null },
  };
  const problems = new Problems();
  const rows = format === "cur" ? readCur(text, context, problems) : readFocusRows(text, context, problems);
  problems.refuse();
  const lines = linesOf(rows, context, given.gpusOf ?? (() => null), problems);
  problems.refuse();
  return { format, lines };
}

/** One row on both bases. */
interface Pair {
  readonly row: ReadRow;
  readonly billed: bigint;
}

function pairOf(record: CsvRecord, columns: readonly [string, string], context: CostContext, problems: Problems) {
  const row = readRow(record, columns[0], context, problems);
  const billed = row && (columns[1] === columns[0] ? row : readRow(record, columns[1], context, problems));
  return row && billed ? { row, billed: billed.charge.amount } : null;
}

function readFocusRows(text: string, context: CostContext, problems: Problems): Pair[] {
  return mapCsvFile(THE_FILE, text, FOCUS_COLUMNS, (header) => {
    const has = (name: string) => header.includes(name);
    const effective = has("EffectiveCost") ? "EffectiveCost" : "BilledCost";
    const billed = has("BilledCost") ? "BilledCost" : effective;
    const missing = [...NEEDED, effective].filter((name) => !has(name));
    if (missing.length)
      throw new AppError("invalid", `Nothing was imported: a FOCUS file has the column ${missing.join(", ")}.`);
    return (record) => pairOf(record, [effective, billed], context, problems);
  });
}

const CUR_COLUMN = /^(?:line_item|bill|product|pricing_unit|savings_plan|reservation|resource_tags|tags)(?:_|$)/;

function readCur(text: string, context: CostContext, problems: Problems): Pair[] {
  const kept = new Set<string>();
  mapCsvFile(THE_FILE, headerLine(text), undefined, (header) => {
    for (const column of header) if (CUR_COLUMN.test(curName(column))) kept.add(column);
    return () => null;
  });
  return mapCsvFile(THE_FILE, text, kept, () => (record) => {
    const translated = { ...record, fields: curAsFocus(record.fields) };
    return pairOf(translated, ["EffectiveCost", "BilledCost"], context, problems);
  });
}

interface Group {
  readonly row: ReadRow;
  effective: bigint;
  billed: bigint;
  /** GPU-hours in 10^-18; null: not known of all of them. */
  gpuHours: bigint | null;
  isEstimated: boolean;
}

type GpusOf = (name: string) => number | null;

function gpuHoursOf({ gpu, hours, charge }: ReadRow, gpusOf: GpusOf): bigint | null {
  if (gpu === null || hours === 0n) return 0n;
  if (hours === null) return charge.amount === 0n ? 0n : null;
  const gpus = gpusOf(gpu);
  return gpus === null ? null : hours * BigInt(gpus);
}

function linesOf(pairs: readonly Pair[], context: CostContext, gpusOf: GpusOf, problems: Problems): BillLine[] {
  const groups = new Map<string, Group>();
  for (const { row, billed } of pairs) {
    const { fromDay, untilDay, teamKey, category, description, currency, source, amount } = row.charge;
    const key = JSON.stringify([fromDay, untilDay, teamKey, category, description, currency, source, row.gpu]);
    const group = groups.get(key);
    const gpuHours = gpuHoursOf(row, gpusOf);
    if (group) {
      group.effective += amount;
      group.billed += billed;
      group.gpuHours = group.gpuHours === null || gpuHours === null ? null : group.gpuHours + gpuHours;
      group.isEstimated ||= row.isEstimated;
    } else groups.set(key, { row, effective: amount, billed, gpuHours, isEstimated: row.isEstimated });
  }
  const out: BillLine[] = [];
  for (const list of Map.groupBy(groups.values(), (g) => g.row.charge.currency).values()) {
    const [effective, billed] = [roundTogether(list.map((g) => g.effective)), roundTogether(list.map((g) => g.billed))];
    list.forEach(({ row, gpuHours, isEstimated }, i) => {
      const { line, fromDay, untilDay, teamKey, category, description, currency, source } = row.charge;
      const amounts = [effective[i] ?? 0, billed[i] ?? 0].map((micros) =>
        inLedgerCurrency(context.book, micros, currency, fromDay),
      );
      const [effectiveMicros, billedMicros] = amounts;
      if (typeof effectiveMicros === "string") problems.add(line, effectiveMicros);
      else if (
        typeof effectiveMicros === "number" &&
        typeof billedMicros === "number" &&
        (effectiveMicros || billedMicros)
      )
        out.push({
          ...{ fromDay, untilDay, teamKey, gpu: row.gpu ?? "", service: description, category, source },
          ...{ effectiveMicros, billedMicros, estimated: isEstimated ? 1 : 0 },
          gpuMilliHours: gpuHours === null ? null : safeInteger(divideHalfEven(gpuHours, 10n ** BigInt(PLACES - 3))),
        });
    });
  }
  return out;
}
