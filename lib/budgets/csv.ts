import { checkColumns, readCsvFile } from "@/lib/csv-file.ts";
import { AppError } from "@/lib/errors.ts";
import { decimalWords, formatDecimal, parseMicros } from "@/lib/money.ts";
import { dateOfKey, parseDay } from "@/lib/time.ts";
import { tooLate } from "./horizon.ts";
import type { BudgetInput } from "./input.ts";
import type { Placed } from "./placed.ts";
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
 * Budgets from a file, each with its line; what is wrong with a line is said when it is read. @param scopeOf finds a scope by kind and name.
 * @throws AppError `invalid` for what is no such file.
 */
export function readBudgetCsv(
  name: string,
  text: string,
  scopeOf: (kind: ScopeKind, name: string) => BudgetScope,
): Placed[] {
  const { header, records } = readCsvFile(name, text);
  checkColumns(header, BUDGET_COLUMNS, NEEDED);
  if (!records.length) throw new AppError("invalid", `${name} has no line below the header.`);
  return records.map(({ line, fields, problem }) => ({
    place: `Line ${line}`,
    read: (latest) => {
      if (problem) throw new AppError("invalid", problem);
      return readLine(fields, scopeOf, latest);
    },
  }));
}

/** @throws AppError `invalid` that says everything that is wrong with the line. */
function readLine(
  fields: Readonly<Record<string, string>>,
  scopeOf: (kind: ScopeKind, name: string) => BudgetScope,
  latest: number,
): BudgetInput {
  const oneOf = <T extends string>(column: string, values: readonly T[]): T => {
    const found = values.find((v) => v === fields[column]);
    if (found) return found;
    throw new AppError("invalid", `${column}: "${fields[column] ?? ""}" is not one of ${values.join(", ")}.`);
  };
  const number = (column: string): number | undefined => {
    const text = fields[column] ?? "";
    if (text === "") return undefined;
    if (/^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= 100) return Number(text);
    throw new AppError("invalid", `${column}: "${text}" is not a whole percentage from 1 to 100.`);
  };
  const wrong: string[] = [];
  const read = <T>(body: () => T): T | undefined => {
    try {
      return body();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      wrong.push(error.message);
      return undefined;
    }
  };
  const scope = read(() => scopeOf(oneOf("scope", SCOPE_KINDS), fields.name ?? ""));
  const fromDay = read(() => {
    const day = parseDay(fields.from ?? "");
    if (day > latest) throw new AppError("invalid", tooLate("A budget begins", latest));
    return day;
  });
  const span = read(() => oneOf("span", BUDGET_SPANS));
  const amountMicros = read(() => amountOf(fields.amount ?? ""));
  const carryOver = read(() => (fields.carry_over ? oneOf("carry_over", ["yes", "no"]) === "yes" : false));
  const [warningPercent, criticalPercent] = ["warning_percent", "critical_percent"].map((c) => read(() => number(c)));
  if (!scope || fromDay === undefined || !span || amountMicros === undefined || wrong.length > 0)
    throw new AppError("invalid", wrong.join(" "));
  return {
    ...{ scope, fromDay, span, amountMicros, carryOver, note: fields.note ?? "" },
    ...(warningPercent === undefined ? {} : { warningPercent }),
    ...(criticalPercent === undefined ? {} : { criticalPercent }),
  };
}

/** Micro-units; null where it is empty. */
function amountOf(text: string): number | null {
  const micros = text === "" ? null : parseMicros(text);
  if (text === "" || micros !== null) return micros;
  throw new AppError(
    "invalid",
    `amount: "${text}" ${decimalWords(text, 6, "is not an amount: write it plainly, such as 12500.50.")}`,
  );
}

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
