import { checkColumns, Problems, readCsvFile, readRecords } from "@/lib/csv-file.ts";
import { AppError } from "@/lib/errors.ts";
import { formatDecimal, parseMicros } from "@/lib/money.ts";
import { dateOfKey, parseDay } from "@/lib/time.ts";
import type { BudgetInput } from "./input.ts";
import { BUDGET_SPANS, type Budget, type BudgetScope, SCOPE_KINDS, type ScopeKind } from "./types.ts";

/** The columns of a file of budgets, read and written. `amount` empty: no budget from that day on. */
export const BUDGET_COLUMNS = [
  "scope",
  "name",
  "from",
  "span",
  "amount",
  "carry_over",
  "warning_percent",
  "critical_percent",
  "note",
] as const;
const NEEDED = ["scope", "from", "span", "amount"];

/**
 * Budgets from a file. @param scopeOf finds a scope by kind and name. @throws AppError `invalid` that lists every line that is
 * wrong.
 */
export function readBudgetCsv(
  name: string,
  text: string,
  scopeOf: (kind: ScopeKind, name: string) => BudgetScope,
): BudgetInput[] {
  const { header, records } = readCsvFile(name, text);
  checkColumns(header, BUDGET_COLUMNS, NEEDED);
  if (!records.length) throw new AppError("invalid", `${name} has no line below the header.`);
  const problems = new Problems();
  const budgets = readRecords(records, problems, (fields) => readLine(fields, scopeOf));
  const seen = new Set<string>();
  const keys = budgets.map((b) => `${b.scope.kind}:${b.scope.value} ${b.fromDay}`);
  const twice = keys.find((key) => seen.size === seen.add(key).size);
  if (twice) problems.add(0, `${twice.split(" ")[0]} has two lines from the same day.`);
  problems.refuse();
  return budgets;
}

function readLine(
  fields: Readonly<Record<string, string>>,
  scopeOf: (kind: ScopeKind, name: string) => BudgetScope,
): BudgetInput {
  const oneOf = <T extends string>(column: string, values: readonly T[]): T => {
    const found = values.find((v) => v === fields[column]);
    if (found) return found;
    throw new AppError("invalid", `${column}: "${fields[column] ?? ""}" is not one of ${values.join(", ")}.`);
  };
  const number = (column: string): number | undefined => {
    const text = fields[column] ?? "";
    if (text === "") return undefined;
    if (/^\d{1,3}$/.test(text)) return Number(text);
    throw new AppError("invalid", `${column}: "${text}" is not a whole percentage.`);
  };
  const kind = oneOf("scope", SCOPE_KINDS);
  const amount = fields.amount ?? "";
  const amountMicros = amount === "" ? null : parseMicros(amount);
  if (amount !== "" && amountMicros === null)
    throw new AppError("invalid", `amount: "${amount}" is not an amount: write it plainly, such as 12500.50.`);
  return {
    scope: scopeOf(kind, fields.name ?? ""),
    fromDay: parseDay(fields.from ?? ""),
    span: oneOf("span", BUDGET_SPANS),
    amountMicros,
    carryOver: fields.carry_over ? oneOf("carry_over", ["yes", "no"]) === "yes" : false,
    ...withNumber("warningPercent", number("warning_percent")),
    ...withNumber("criticalPercent", number("critical_percent")),
    note: fields.note ?? "",
  };
}

const withNumber = (key: string, value: number | undefined) => (value === undefined ? {} : { [key]: value });

/** A budget as a line of such a file, in the order of the columns. @param name of its scope; empty for everything. */
export const budgetLine = (budget: Budget, name: string): string[] => [
  budget.scope.kind,
  budget.scope.kind === "all" ? "" : name,
  dateOfKey(budget.fromDay),
  budget.span,
  budget.amountMicros === null ? "" : formatDecimal(budget.amountMicros, 6, 2),
  budget.carryOver ? "yes" : "no",
  String(budget.warningPercent),
  String(budget.criticalPercent),
  budget.note,
];
