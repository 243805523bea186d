import { headerLine, mapCsvFile, Problems } from "@/lib/csv-file.ts";
import { AppError } from "@/lib/errors.ts";
import { divideHalfEven, formatDecimal, safeInteger } from "@/lib/money.ts";
import { THE_FILE } from "./csv.ts";
import { type CostContext, type CostFile, type CostLine, inLedgerCurrency, takesGpu } from "./file.ts";
import { type Charge, FOCUS_COLUMNS, PLACES, type ReadRow, readRow } from "./focus-row.ts";
import { spanProblem } from "./spread.ts";

const NEEDED = ["BillingCurrency", "ChargePeriodStart", "ChargePeriodEnd"];
/** Names of GPUs that a note lists. */
const MOST_NAMES = 30;

/** Whether a file's header is that of FOCUS. */
export const isFocus = (text: string): boolean => /\bChargePeriodStart\b/i.test(headerLine(text));

/**
 * Cost lines from a FOCUS file (1.0 to 1.3): its rows summed by days, team, service category, service and account, and
 * rounded together, so that no cent is lost in rows of a millionth. The team is that of a tag or of the sub account. Rows
 * that look like GPU time are left out and listed, because the ledger charges that itself; so are purchases of commitments whose
 * cost the file has a second time, in the usage that they cover.
 * @throws AppError `invalid` that lists every line that is wrong.
 */
export function readFocus(text: string, context: CostContext): CostFile {
  const problems = new Problems();
  let [column, isAnyLine] = ["", false];
  const rows = mapCsvFile(THE_FILE, text, FOCUS_COLUMNS, (header) => {
    column = context.billed || !header.includes("EffectiveCost") ? "BilledCost" : "EffectiveCost";
    const missing = [...NEEDED, column].filter((name) => !header.includes(name));
    if (missing.length)
      throw new AppError("invalid", `Nothing was imported: a FOCUS file has the column ${missing.join(", ")}.`);
    return (record) => {
      isAnyLine = true;
      return readRow(record, column, context, problems);
    };
  });
  problems.refuse();
  const purchases = column === "EffectiveCost" ? doubledPurchases(rows) : new Set<ReadRow>();
  if (rows.length === 0 && !isAnyLine)
    throw new AppError("invalid", "Nothing was imported: there is no line below the header.");
  const gpus = rows.filter((row) => row.gpu !== null && !takesGpu(context.withGpus, row.gpu) && !purchases.has(row));
  const left = new Set([...purchases, ...gpus]);
  const taken = rows.filter((row) => !left.has(row));
  const lines = linesOf(
    taken.map((row) => row.charge),
    context,
    problems,
  );
  problems.refuse();
  const notes = [
    lines.length ? "" : "No line costs anything.",
    gpuNote(gpus),
    purchases.size
      ? `Left out ${rowsOf([...purchases])} that buy commitments: the usage that they cover has their cost.`
      : "",
    ...openPurchases(taken, column),
    lateNote(taken),
    untaggedNote(taken),
  ];
  return { format: "focus", lines, notes: notes.filter((note) => note !== "") };
}

const decimal = (rows: readonly ReadRow[]): string => {
  const sum = rows.reduce((total, row) => total + row.charge.amount, 0n);
  return formatDecimal(divideHalfEven(sum, 10n ** BigInt(PLACES - 6)), 6, 2);
};
const countOf = (rows: readonly ReadRow[]): string => `${rows.length} ${rows.length === 1 ? "row" : "rows"}`;
const rowsOf = (rows: readonly ReadRow[]): string => `${countOf(rows)} of ${decimal(rows)}`;

/**
 * Purchases of commitments that cost something although the file has usage that they cover, at its part of the price: FOCUS
 * says that their effective cost is 0.
 */
function doubledPurchases(rows: readonly ReadRow[]): Set<ReadRow> {
  const used = new Set(rows.filter((r) => !r.isPurchase && r.charge.amount !== 0n).map((r) => r.commitment));
  return new Set(rows.filter((r) => isCommitment(r) && used.has(r.commitment)));
}

const isCommitment = (row: ReadRow): boolean => row.isPurchase && row.commitment !== "" && row.charge.amount !== 0n;

function openPurchases(taken: readonly ReadRow[], column: string): string[] {
  const rows = column === "EffectiveCost" ? taken.filter(isCommitment) : [];
  return rows.length
    ? [
        `${rowsOf(rows)} buy commitments and are taken: a file with the usage that they cover would have their cost again.`,
      ]
    : [];
}

function gpuNote(left: readonly ReadRow[]): string {
  // What costs nothing would be in no bill of anybody.
  const rows = left.filter((row) => row.charge.amount !== 0n);
  if (rows.length === 0) return "";
  const names = [...Map.groupBy(rows, (r) => r.gpu as string)].sort(([, a], [, b]) => b.length - a.length);
  const listed = names.slice(0, MOST_NAMES).map(([name, list]) => `${name} (${rowsOf(list)})`);
  if (names.length > MOST_NAMES) listed.push(`${names.length - MOST_NAMES} more names`);
  return `Left out ${rowsOf(rows)} that look like GPU time, which the ledger charges itself: ${listed.join(", ")}. Import the file with GPU charges, or with some of these names, where they are not of these clusters.`;
}

function lateNote(taken: readonly ReadRow[]): string {
  const rows = taken.filter((row) => row.isLate && row.charge.amount !== 0n);
  return rows.length ? `${rowsOf(rows)} are of closed periods: they are booked in the open one, as corrections.` : "";
}

function untaggedNote(taken: readonly ReadRow[]): string {
  const rows = taken.filter((row) => row.isUntagged);
  return rows.length
    ? `The tags of ${rowsOf(rows)} could not be read, first on line ${rows[0]?.charge.line}: they are shared cost.`
    : "";
}

function linesOf(charges: readonly Charge[], context: CostContext, problems: Problems): CostLine[] {
  const groups = Map.groupBy(charges, ({ line: _, amount: __, ...key }) => JSON.stringify(key));
  const sums = [...groups.values()].map((list) => {
    return { first: list[0] as Charge, amount: list.reduce((sum, c) => sum + c.amount, 0n) };
  });
  const out: CostLine[] = [];
  for (const list of Map.groupBy(sums, (s) => s.first.currency).values()) {
    const rounded = roundTogether(list.map((s) => s.amount));
    list.forEach(({ first }, i) => {
      const billedMicros = rounded[i] as number;
      if (billedMicros === 0) return;
      const { line, amount: _, ...rest } = first;
      const wrong = spanProblem(rest, context.bounds);
      const amountMicros = inLedgerCurrency(context.book, billedMicros, rest.currency, rest.fromDay);
      if (wrong) problems.add(line, wrong);
      if (typeof amountMicros === "string") problems.add(line, amountMicros);
      else out.push({ ...rest, clusterId: "", amountMicros, billedMicros });
    });
  }
  return out;
}

/** Amounts of 10^-18 as micro-units that sum to their sum, rounded once: the largest remainders are rounded up. */
export function roundTogether(amounts: readonly bigint[]): number[] {
  const unit = 10n ** BigInt(PLACES - 6);
  const whole = divideHalfEven(
    amounts.reduce((a, b) => a + b, 0n),
    unit,
  );
  const parts = amounts.map((amount, index) => {
    const floor = amount / unit - (amount % unit < 0n ? 1n : 0n);
    return { index, floor, remainder: amount - floor * unit };
  });
  const left = Number(whole - parts.reduce((sum, p) => sum + p.floor, 0n));
  const order = [...parts].sort((a, b) =>
    a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1,
  );
  for (const part of order.slice(0, Math.max(0, left))) part.floor += 1n;
  return parts.map((p) => safeInteger(p.floor));
}
