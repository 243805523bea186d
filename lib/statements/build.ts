import { byClass, classProperty } from "@/lib/classes.ts";
import { roundToMinor, sumExactly } from "@/lib/money.ts";
import { statementLines } from "./lines.ts";
import type { StatementInput } from "./rows.ts";
import type { Statement, StatementHeader, StatementLine } from "./types.ts";
import { disputeSentence } from "./words.ts";

/**
 * The statement of one team in one period, from sums of its charges. Pure, and the same for page, files and close: lines in
 * canonical order, exact in micro-units; the total rounded once to the currency's minor unit, half away from zero, with the
 * difference beside it. Without number and hash, which only a close gives.
 */
export function buildStatement(input: StatementInput): Statement {
  const lines = statementLines(input);
  const header = headerOf(input, lines);
  return {
    number: null,
    kind: header.totalMicros < 0 ? "credit-note" : "statement",
    state: input.state,
    generatedAt: input.generatedAt,
    closedAt: null,
    hash: null,
    header,
    lines,
  };
}

const sumOf = (lines: readonly StatementLine[], kind: StatementLine["kind"]): number =>
  sumExactly(lines.filter((l) => l.kind === kind).map((l) => l.amountMicros));

function headerOf(input: StatementInput, lines: readonly StatementLine[]): StatementHeader {
  const { settings, period, team } = input;
  const totalMicros = sumExactly(lines.map((l) => l.amountMicros));
  const roundedMicros = roundToMinor(totalMicros, settings.currency);
  const gpu = input.usage.filter((row) => row.sku === "gpu");
  return {
    issuer: settings.issuer,
    billingTimeZone: settings.calendar.zone,
    currency: settings.currency,
    period,
    team,
    usageMicros: sumOf(lines, "usage"),
    shareMicros: sumOf(lines, "share"),
    costMicros: sumOf(lines, "cost"),
    correctionMicros: sumOf(lines, "correction"),
    totalMicros,
    roundedMicros,
    roundingMicros: roundedMicros - totalMicros,
    previousMicros: input.previousMicros,
    idleQuantity: sumExactly(lines.map((l) => l.idleQuantity)),
    idleMicros: sumExactly(lines.map((l) => l.idleMicros)),
    observedMilli: sumExactly(gpu.map((row) => row.observedMilli)),
    expectedMilli: sumExactly(gpu.map((row) => row.expectedMilli)),
    classMicros: byClass((c) => sumExactly(gpu.map((row) => row.classes[classProperty(c, "micros")]))),
    days: input.days,
    months: input.months,
    policies: input.policies,
    dispute: disputeSentence(settings, period),
    overrides: [],
  };
}
