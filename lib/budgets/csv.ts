import { readCsvFile } from "@/lib/csv-file.ts";
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
  const missing = NEEDED.filter((column) => !header.includes(column));
  const unknown = header.filter((column) => !(BUDGET_COLUMNS as readonly string[]).includes(column));
  if (missing.length || unknown.length)
    throw new AppError(
      "invalid",
      `${missing.length ? `The column ${missing.join(", ")} is missing` : `There is no column ${unknown.join(", ")}`}. The columns are ${BUDGET_COLUMNS.join(",")}.`,
    );
  if (!records.length) throw new AppError("invalid", `${name} has no line below the header.`);
  const problems: string[] = [];
  const budgets = records.flatMap(({ line, fields, problem }) => {
    try {
      if (problem) throw new AppError("invalid", problem);
      return [readLine(fields, scopeOf)];
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      problems.push(`line ${line}: ${error.message}`);
      return [];
    }
  });
  const seen = new Set<string>();
  const keys = budgets.map((b) => `${b.scope.kind}:${b.scope.value} ${b.fromDay}`);
  const twice = keys.find((key) => seen.size === seen.add(key).size);
  if (twice) problems.push(`${twice.split(" ")[0]} has two lines from the same day.`);
  if (problems.length) throw new AppError("invalid", `Nothing was imported.\n${problems.slice(0, 20).join("\n")}`);
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
