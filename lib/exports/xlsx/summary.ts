import { priced, roundingDescription, STANDING, standingOf } from "@/lib/exports/statement-lines.ts";
import type { Micros } from "@/lib/money.ts";
import { moneyFormat, SHEET_FORMATS } from "@/lib/reports/unit.ts";
import { classParts } from "@/lib/statements/class-parts.ts";
import type { AmountPoint, Statement } from "@/lib/statements/types.ts";
import { dayKey } from "@/lib/time.ts";
import { percentOf } from "@/lib/units.ts";
import { day, figure, fromMicros, heading, moment, type SheetCell, type SheetRow, text } from "./cell.ts";

const LEFT = { align: "left" } as const;

const fact = (name: string, cell: SheetCell | null, note: SheetCell | null = null): SheetRow => [
  text(name),
  cell,
  note,
];
const section = (name: string): SheetRow[] => [[], [heading(name), heading("", true), heading("")]];

function identity(statement: Statement): SheetRow[] {
  const { header, number, closedAt, hash } = statement;
  const { period, team } = header;
  return [
    [heading("Statement"), heading(number ?? "Draft: no number yet"), heading("")],
    fact("Status", text(STANDING[standingOf(statement)])),
    fact("Issuer", text(header.issuer)),
    fact("Period", text(period.id)),
    fact("First day", { ...day(period.fromDay), ...LEFT }),
    fact("First day not counted", { ...day(period.untilDay), ...LEFT }),
    fact("Billing time zone", text(header.billingTimeZone)),
    fact("Team", text(team.name)),
    fact("Cost centre", text(team.costCentre)),
    fact("GL account", text(team.glAccount)),
    fact("Owner", text(team.owner)),
    fact("Approver", text(header.approver ?? "")),
    fact("Currency", text(header.currency)),
    fact("Generated (UTC)", left(moment(statement.generatedAt))),
    fact("Closed (UTC)", left(moment(closedAt))),
    fact("SHA-256 over header and lines", text(hash)),
  ];
}

const left = (cell: SheetCell | null): SheetCell | null => (cell ? { ...cell, ...LEFT } : null);

function totals({ header }: Statement): SheetRow[] {
  const exact = moneyFormat(header.currency, true);
  const whole = moneyFormat(header.currency, false);
  const amount = (name: string, micros: Micros | null | undefined): SheetRow =>
    fact(name, figure(fromMicros(micros ?? null), exact));
  const percent = percentOf(header.observedMilli, header.expectedMilli);
  return [
    ...section("Totals"),
    amount("Usage", header.usageMicros),
    amount("Shared and idle capacity", header.shareMicros),
    amount("Imported cost", header.costMicros),
    amount("Corrections and settled disputes", header.correctionMicros),
    amount("Sum of the lines", header.totalMicros),
    amount(roundingDescription(header.currency), header.roundingMicros),
    [
      text("Total", { fontWeight: "bold" }),
      figure(fromMicros(header.roundedMicros), whole, { fontWeight: "bold" }),
      null,
    ],
    amount("Period before", header.previousMicros),
    amount("Budget", header.budgetMicros),
    fact("Idle GPU-hours", figure(fromMicros(priced(header.idleQuantity, "gpu")), SHEET_FORMATS.quantity)),
    amount("Idle amount", header.idleMicros),
    fact("Data coverage", figure(percent === null ? null : percent / 100, SHEET_FORMATS.percent)),
  ];
}

function classes({ header }: Statement): SheetRow[] {
  const exact = moneyFormat(header.currency, true);
  return [
    ...section("GPU usage by class"),
    ...classParts(header)
      .filter(({ micros }) => micros !== 0)
      .map(({ label, micros, meaning }) => fact(label, figure(fromMicros(micros), exact), text(meaning))),
  ];
}

/** The label of a day; that of a month has no day. */
const DATE = /^\d{4}-\d{2}-\d{2}$/;

function trend(name: string, points: readonly AmountPoint[], currency: string): SheetRow[] {
  if (!points.length) return [];
  const exact = moneyFormat(currency, true);
  const unknown = text("not known", { align: "right" });
  return [
    ...section(name),
    ...points.map(({ label, amountMicros }): SheetRow => {
      const name = DATE.test(label) ? { ...day(dayKey(label)), ...LEFT } : text(label);
      return [name, figure(fromMicros(amountMicros), exact) ?? unknown, null];
    }),
  ];
}

/** The first sheet: what the statement is, what it comes to, and on what terms. Its first row is its header. */
export function summaryRows(statement: Statement): SheetRow[] {
  const { header } = statement;
  const terms = [...header.policies, ...(header.dispute ? [header.dispute] : [])];
  return [
    ...identity(statement),
    ...totals(statement),
    ...classes(statement),
    ...trend("By day", header.days, header.currency),
    ...trend("By month", header.months, header.currency),
    ...section("Terms"),
    ...terms.map((sentence): SheetRow => [text(sentence)]),
  ];
}
