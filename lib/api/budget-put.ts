import { z } from "zod";
import { setBudgets } from "@/lib/budgets/changes.ts";
import type { BudgetInput } from "@/lib/budgets/input.ts";
import { BUDGET_SPANS, type Budget, scopeId, scopeOfId } from "@/lib/budgets/types.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { parseInput } from "@/lib/input.ts";
import { decimalWords, formatMicros, parseMicros } from "@/lib/money.ts";
import { dateOfKey, parseDay } from "@/lib/time.ts";

const budget = z.strictObject({
  scope: z.string("Which scope? Write all, team:11, cost-centre:CC-7100, department:research or project:3."),
  from: z.string("From which day? Write it as YYYY-MM-DD."),
  span: z.enum(BUDGET_SPANS, `The span is one of ${BUDGET_SPANS.join(", ")}.`),
  /** A text keeps every digit; null ends the budget. */
  amount: z.union([z.string(), z.number(), z.null()], "How much? Write an amount such as 12500.50, or null to end it."),
  carry_over: z.boolean().optional(),
  warning_percent: z.number().optional(),
  critical_percent: z.number().optional(),
  note: z.string().optional(),
});
/** What a program sends to set budgets. */
export const budgetsBody = z.strictObject({
  budgets: z.array(budget).min(1, "Send at least one budget.").max(1000, "Send at most 1000 budgets at once."),
  reason: z.string().max(500).default(""),
});

function inputOf(given: z.output<typeof budget>): BudgetInput {
  const scope = scopeOfId(given.scope);
  const wrong = (text: string) => new AppError("invalid", text);
  if (!scope) throw wrong(`"${given.scope}" is not a scope: write all, team:11, cost-centre:CC-7100 or project:3.`);
  const amountMicros = given.amount === null ? null : parseMicros(String(given.amount));
  if (given.amount !== null && amountMicros === null)
    throw wrong(
      `"${given.amount}" ${decimalWords(String(given.amount), 6, "is not an amount: write it plainly, such as 12500.50.")}`,
    );
  return {
    ...{ scope, fromDay: parseDay(given.from), span: given.span, amountMicros },
    ...(given.carry_over === undefined ? {} : { carryOver: given.carry_over }),
    ...(given.warning_percent === undefined ? {} : { warningPercent: given.warning_percent }),
    ...(given.critical_percent === undefined ? {} : { criticalPercent: given.critical_percent }),
    ...(given.note === undefined ? {} : { note: given.note }),
  };
}

const answerOf = (of: Budget) => ({
  ...{ scope: scopeId(of.scope), from: dateOfKey(of.fromDay), span: of.span },
  amount: of.amountMicros === null ? null : formatMicros(of.amountMicros),
  ...{ carry_over: of.carryOver, warning_percent: of.warningPercent, critical_percent: of.criticalPercent },
  note: of.note,
});

/**
 * Sets the budgets of a body, all or none: `{"budgets": [{scope, from, span, amount, …}], "reason": ""}`. What is as it says already stays
 * as it is, so that the same again changes nothing. @throws AppError `invalid`; as setBudgets.
 */
export async function putBudgets(ctx: Ctx, body: unknown) {
  const { budgets, reason } = parseInput(budgetsBody, body);
  const given = budgets.map((one, i) => ({ place: `Budget ${i + 1}`, read: () => inputOf(one) }));
  const { budgets: set, ...counts } = await setBudgets(ctx, given, reason);
  return { budgets: set.map(answerOf), ...counts };
}
