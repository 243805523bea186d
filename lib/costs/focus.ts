import { STANDARD_LABELS, type Team } from "@/lib/attribution/types.ts";
import { type CsvRecord, readCsvFile } from "@/lib/csv-file.ts";
import { AppError } from "@/lib/errors.ts";
import { divideHalfEven, formatDecimal, safeInteger } from "@/lib/money.ts";
import { addDays, DAY, dateOf, dayKey, type Instant, parseInstant } from "@/lib/time.ts";
import { THE_FILE } from "./csv.ts";
import {
  type CostContext,
  type CostFile,
  type CostLine,
  closedProblem,
  inLedgerCurrency,
  looksLikeGpus,
  Problems,
  teamOf,
} from "./file.ts";
import { spanProblem } from "./spread.ts";

const NEEDED = ["BillingCurrency", "ChargePeriodStart", "ChargePeriodEnd"];
/** Tags that name a team or its cost centre, the first that does decides. */
const TEAM_TAGS = [STANDARD_LABELS[0], "ai-finops.io/cost-center", "team", "cost-center", "cost_center", "costcenter"];
/** FOCUS amounts have any number of decimals: they are summed at this many, and rounded once. */
const PLACES = 18;

/** Instants that can be written as days of four digits. */
const [EARLIEST, LATEST] = [Date.UTC(2000, 0, 1) / 1000, Date.UTC(9999, 0, 1) / 1000];

/** Whether a file's header is that of FOCUS. */
export const isFocus = (text: string): boolean => /\bChargePeriodStart\b/.test(text.slice(0, text.indexOf("\n")));

interface Charge {
  readonly line: number;
  readonly fromDay: number;
  readonly untilDay: number;
  readonly teamKey: number;
  readonly category: string;
  readonly description: string;
  readonly currency: string;
  /** 10^-18. */
  readonly amount: bigint;
}

/**
 * Cost lines from a FOCUS file (1.0 to 1.2): its rows summed by days, team, service category, service and account, and
 * rounded together, so that no cent is lost in rows of a millionth. The team is that of a tag or of the sub account. Rows
 * that look like GPU time are left out and told, because the ledger charges that by itself.
 * @throws AppError `invalid` that lists every line that is wrong.
 */
export function readFocus(text: string, context: CostContext): CostFile {
  const { header, records } = readCsvFile(THE_FILE, text);
  const column = context.billed || !header.includes("EffectiveCost") ? "BilledCost" : "EffectiveCost";
  const missing = [...NEEDED, column].filter((name) => !header.includes(name));
  if (missing.length)
    throw new AppError("invalid", `Nothing was imported: a FOCUS file has the column ${missing.join(", ")}.`);
  const problems = new Problems();
  const gpus: bigint[] = [];
  const charges = records.flatMap((record) => {
    const charge = readCharge(record, column, context, problems);
    if (!charge) return [];
    if (context.withGpus || !isGpu(record.fields)) return [charge];
    gpus.push(charge.amount);
    return [];
  });
  problems.refuse();
  const lines = linesOf(charges, context, problems);
  problems.refuse();
  const notes = lines.length ? [] : ["No line costs anything."];
  if (gpus.length)
    notes.push(
      `Left out ${gpus.length} ${gpus.length === 1 ? "row" : "rows"} of ${decimal(gpus)} that look like GPU time: the ledger charges it by itself.`,
    );
  return { format: "focus", lines, notes };
}

const decimal = (amounts: readonly bigint[]): string =>
  formatDecimal(
    divideHalfEven(
      amounts.reduce((a, b) => a + b, 0n),
      10n ** BigInt(PLACES - 6),
    ),
    6,
    2,
  );

const textOf = (fields: CsvRecord["fields"], name: string): string => {
  const text = fields[name] ?? "";
  return /^null$/i.test(text) ? "" : text;
};

const isGpu = (fields: CsvRecord["fields"]): boolean =>
  looksLikeGpus(
    ...["ChargeDescription", "ResourceType", "SkuMeter", "SkuPriceDetails", "SkuId", "x_InstanceType"].map((name) =>
      textOf(fields, name),
    ),
  );

function readCharge(
  { line, fields, problem }: CsvRecord,
  column: string,
  context: CostContext,
  problems: Problems,
): Charge | null {
  if (problem) {
    problems.add(line, problem);
    return null;
  }
  const amount = parseAmount(textOf(fields, column));
  if (amount === null) problems.add(line, `${column}: "${fields[column]}" is not a number.`);
  const start = parseInstant(textOf(fields, "ChargePeriodStart"));
  const end = parseInstant(textOf(fields, "ChargePeriodEnd"));
  const currency = textOf(fields, "BillingCurrency");
  if (!/^[A-Z]{3}$/.test(currency)) problems.add(line, `BillingCurrency: "${currency}" is not a currency.`);
  if (start === null || end === null || end <= start || start < EARLIEST || end > LATEST) {
    problems.add(line, "its charge period is not two instants since 2000, the later one last.");
    return null;
  }
  if (amount === null) return null;
  const account = textOf(fields, "SubAccountName") || textOf(fields, "SubAccountId");
  const service = textOf(fields, "ServiceName");
  return {
    line,
    ...daysOf(start, end, context.billingTimeZone),
    teamKey: context.teamKey ?? teamOfRow(fields, context.teams),
    category: textOf(fields, "ServiceCategory"),
    description: [service, account].filter(Boolean).join(", "),
    currency,
    amount,
  };
}

/**
 * Whole UTC days keep their dates, whatever the billing time zone; anything up to a day is of the billing day in which it begins;
 * anything longer of every billing day that it touches.
 */
function daysOf(start: Instant, end: Instant, zone: string): { fromDay: number; untilDay: number } {
  if (start % DAY === 0 && end % DAY === 0)
    return { fromDay: dayKey(dateOf(start, "UTC")), untilDay: dayKey(dateOf(end, "UTC")) };
  const fromDay = dayKey(dateOf(start, zone));
  if (end - start <= DAY) return { fromDay, untilDay: addDays(fromDay, 1) };
  return { fromDay, untilDay: addDays(dayKey(dateOf(end - 1, zone)), 1) };
}

/** The team that a tag, or else the sub account, names; 0: none does. */
function teamOfRow(fields: CsvRecord["fields"], teams: readonly Team[]): number {
  const tags = tagsOf(textOf(fields, "Tags"));
  const names = [...TEAM_TAGS.map((key) => tags.get(key)), fields.SubAccountName, fields.SubAccountId];
  for (const name of names) {
    const team = name ? teamOf(teams, name) : undefined;
    if (team) return team.key;
  }
  return 0;
}

function tagsOf(text: string): Map<string, string> {
  try {
    const tags = JSON.parse(text || "{}") as Record<string, unknown>;
    return new Map(Object.entries(tags ?? {}).map(([key, value]) => [key.toLowerCase(), String(value)]));
  } catch {
    return new Map();
  }
}

const NUMBER = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/** A FOCUS number, also with an exponent, in 10^-18; digits beyond are rounded half to even. */
function parseAmount(text: string): bigint | null {
  const match = NUMBER.exec(text);
  if (!match) return null;
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  const digits = BigInt(whole + fraction);
  const shift = PLACES - fraction.length + Number(exponent);
  const value = shift >= 0 ? digits * 10n ** BigInt(shift) : divideHalfEven(digits, 10n ** BigInt(-shift));
  return sign === "-" ? -value : value;
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
      const wrong = spanProblem(rest, context.bounds) ?? closedProblem(context, rest.fromDay, rest.untilDay);
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
