import { divideHalfEven, formatDecimal, minorDigits, SKUS, type Sku, safeInteger } from "@/lib/money.ts";
import type { Column, Row } from "@/lib/reports/report.ts";
import type { Statement, StatementLine } from "@/lib/statements/types.ts";
import { dateOfKey } from "@/lib/time.ts";
import { percentOf } from "@/lib/units.ts";

/** What a statement is to those who book it: nothing yet, an amount, or an amount given back. */
export type Standing = "draft" | "final" | "credit-note";

/** As documents say it. */
export const STANDING: Readonly<Record<Standing, string>> = {
  draft: "DRAFT",
  final: "FINAL",
  "credit-note": "CREDIT NOTE",
};

/** @returns `draft` until its period is closed, whatever its sign. */
export function standingOf({ state, kind }: Statement): Standing {
  if (state !== "closed") return "draft";
  return kind === "credit-note" ? "credit-note" : "final";
}

/** A quantity in millionths of its priced unit (GPU-hours and so on), half to even: a cell of the unit `micros`. */
export function priced(quantity: number, sku: Sku): number {
  return safeInteger(divideHalfEven(BigInt(quantity) * 1_000_000n, BigInt(SKUS[sku].perUnit)));
}

/** The lines of a statement as a table: the columns of its CSV, JSON and spreadsheet, in order. */
export const STATEMENT_COLUMNS: readonly Column[] = [
  { key: "statement", header: "statement", unit: "text", description: "Number; empty while it is a draft" },
  { key: "status", header: "status", unit: "text", description: "draft, final or credit-note" },
  { key: "period", header: "period", unit: "text", description: "Billing period that books the line" },
  { key: "team", header: "team", unit: "text" },
  { key: "cost_centre", header: "cost_centre", unit: "text" },
  { key: "gl_account", header: "gl_account", unit: "text" },
  { key: "kind", header: "kind", unit: "text", description: "usage, share, cost, correction or rounding" },
  { key: "description", header: "description", unit: "text" },
  { key: "charge_from", header: "charge_from", unit: "date", description: "First day that it is about" },
  { key: "charge_until", header: "charge_until", unit: "date", description: "First day that no longer counts" },
  { key: "cluster", header: "cluster", unit: "text" },
  { key: "department", header: "department", unit: "text" },
  { key: "project", header: "project", unit: "text" },
  { key: "gpu_model", header: "gpu_model", unit: "text" },
  { key: "node_pool", header: "node_pool", unit: "text" },
  { key: "sku", header: "sku", unit: "text" },
  { key: "price_class", header: "price_class", unit: "text" },
  { key: "price_version", header: "price_version", unit: "count", description: "Version of the price book" },
  { key: "quantity", header: "quantity", unit: "micros", description: "In `unit`" },
  { key: "unit", header: "unit", unit: "text" },
  { key: "unit_price", header: "unit_price", unit: "nanos", description: "For one `unit`, in `currency`" },
  { key: "currency", header: "currency", unit: "text" },
  { key: "amount", header: "amount", unit: "money", description: "In `currency`, exact" },
  {
    key: "idle_quantity",
    header: "idle_quantity",
    unit: "micros",
    description: "Of `quantity`: dead idle or idle held",
  },
  { key: "idle_amount", header: "idle_amount", unit: "money", description: "Of `amount`" },
  { key: "coverage_percent", header: "coverage_percent", unit: "percent", description: "Observed of expected time" },
  { key: "corrects", header: "corrects", unit: "text", description: "Statement that it corrects" },
  { key: "reason", header: "reason", unit: "text" },
  { key: "method", header: "method", unit: "text", description: "Policy that made a share" },
  { key: "weight", header: "weight", unit: "count", description: "The team's part of the base of a share" },
  { key: "weight_total", header: "weight_total", unit: "count", description: "The whole of that base" },
  { key: "line", header: "line", unit: "text", description: "Identity within team and period: what a dispute names" },
  {
    key: "price_currency",
    header: "price_currency",
    unit: "text",
    description: "Where the price is agreed in another",
  },
  { key: "agreed_price", header: "agreed_price", unit: "nanos", description: "For one `unit`, in `price_currency`" },
  {
    key: "exchange_rate",
    header: "exchange_rate",
    unit: "nanos",
    description: "What one of `price_currency` is worth in `currency`",
  },
  { key: "rate_date", header: "rate_date", unit: "date", description: "The rate holds from then on" },
  { key: "rate_source", header: "rate_source", unit: "text" },
  { key: "quantity_before", header: "quantity_before", unit: "micros", description: "Of a correction: as it was" },
  { key: "quantity_after", header: "quantity_after", unit: "micros", description: "Of a correction: as it is now" },
  { key: "amount_before", header: "amount_before", unit: "money", description: "`amount` is `amount_after` less this" },
  { key: "amount_after", header: "amount_after", unit: "money", description: "Of a correction: as it is now" },
];

/** What stands at every line of a statement. */
function common(statement: Statement): Row {
  const { header } = statement;
  return {
    statement: statement.number,
    status: standingOf(statement),
    period: header.period.id,
    team: header.team.name,
    cost_centre: header.team.costCentre || null,
    gl_account: header.team.glAccount || null,
    currency: header.currency,
  };
}

function lineRow(shared: Row, line: StatementLine): Row {
  const { sku, quantity, foreign } = line;
  // Only a line of GPU usage knows what idled; for anything else there is no such figure.
  const measured = line.kind === "usage" && sku === "gpu";
  return {
    ...shared,
    kind: line.kind,
    description: line.description,
    charge_from: dateOfKey(line.fromDay),
    charge_until: dateOfKey(line.untilDay),
    cluster: line.cluster || null,
    department: line.department || null,
    project: line.project || null,
    gpu_model: line.gpuModel || null,
    node_pool: line.nodePool || null,
    sku: sku || null,
    price_class: line.priceClass || null,
    price_version: line.priceVersion,
    quantity: sku && quantity !== null ? priced(quantity, sku) : null,
    unit: sku ? SKUS[sku].unit : null,
    unit_price: line.unitPriceNanos,
    amount: line.amountMicros,
    idle_quantity: measured ? priced(line.idleQuantity, "gpu") : null,
    idle_amount: measured ? line.idleMicros : null,
    coverage_percent: measured ? percentOf(line.observedMilli, line.expectedMilli) : null,
    corrects: line.corrects || null,
    reason: line.reason || null,
    method: line.method || null,
    weight: line.method && line.weightTotal ? line.weight : null,
    weight_total: line.method && line.weightTotal ? line.weightTotal : null,
    line: line.key,
    price_currency: foreign?.currency ?? null,
    agreed_price: foreign?.unitPriceNanos ?? null,
    exchange_rate: foreign?.rateNanos ?? null,
    rate_date: foreign ? dateOfKey(foreign.rateDay) : null,
    rate_source: foreign?.rateSource ?? null,
    ...(line.before ? sidesOf(line, line.before) : {}),
  };
}

/** Both sides of a correction. */
function sidesOf({ sku, quantity, amountMicros }: StatementLine, before: NonNullable<StatementLine["before"]>): Row {
  const isCounted = sku !== "" && quantity !== null && before.quantity !== null;
  return {
    quantity_before: isCounted ? priced(before.quantity, sku) : null,
    quantity_after: isCounted ? priced(before.quantity + quantity, sku) : null,
    amount_before: before.amountMicros,
    amount_after: before.amountMicros + amountMicros,
  };
}

/** The words of the rounding line, such as `Rounding to USD 0.01`. */
export function roundingDescription(currency: string): string {
  const digits = Math.min(6, minorDigits(currency));
  return `Rounding to ${currency} ${formatDecimal(1, digits)}`;
}

/**
 * Every line of a statement in its order and, always last, the rounding line: the amounts sum to the rounded total, to the
 * micro-unit. An empty text is a cell without value.
 */
export function* statementRows(statement: Statement): Generator<Row> {
  const { header } = statement;
  const shared = common(statement);
  for (const line of statement.lines) yield lineRow(shared, line);
  yield {
    ...shared,
    kind: "rounding",
    description: roundingDescription(header.currency),
    charge_from: dateOfKey(header.period.fromDay),
    charge_until: dateOfKey(header.period.untilDay),
    amount: header.roundingMicros,
    line: "rounding",
  };
}
