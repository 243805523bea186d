"use server";
import { revalidatePath } from "next/cache";
import { answer, dayField, dayKeyField, field, fileField } from "@/app/answer.ts";
import type { FieldNames } from "@/app/field-problems.ts";
import type { Answer } from "@/components/ui/field.tsx";
import { runAct } from "@/lib/acts/beside.ts";
import { allow } from "@/lib/auth/allow.ts";
import { planEvent, removeEvent, setBudget, withdrawBudget } from "@/lib/budgets/changes.ts";
import { copyBudgets } from "@/lib/budgets/copy.ts";
import { type BudgetScope, type BudgetSpan, scopeOfId } from "@/lib/budgets/types.ts";
import { setText } from "@/lib/budgets/words.ts";
import { fieldError } from "@/lib/errors.ts";
import { counted } from "@/lib/format.ts";
import { decimalWords, parseMicros } from "@/lib/money.ts";

const NAMES: FieldNames = { amountMicros: "amount", fromDay: "from", untilDay: "until", perDayMicros: "perDay" };

function scopeField(form: FormData): BudgetScope {
  const scope = scopeOfId(field(form, "scope"));
  if (!scope) throw fieldError("scope", "Choose what the budget is for.");
  return scope;
}

/** An amount of a form in micro-units; null where it is empty. @throws AppError `invalid` at the field. */
function amountField(form: FormData, name: string): number | null {
  const text = field(form, name);
  if (text === "") return null;
  const micros = parseMicros(text);
  if (micros === null)
    throw fieldError(
      name,
      `"${text}" ${decimalWords(text, 6, "is not an amount: write it plainly, such as 12500 or 12500.50.")}`,
    );
  return micros;
}

/** A whole number of a form; undefined where it is empty. @throws AppError `invalid` at the field. */
function numberField(form: FormData, name: string): number | undefined {
  const text = field(form, name);
  if (text === "") return undefined;
  if (/^-?\d{1,5}$/.test(text)) return Number(text);
  throw fieldError(name, `"${text}" is not a whole number.`);
}

export async function saveBudget(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(
    async (ctx) => {
      const amountMicros = amountField(form, "amount");
      const isEnd = field(form, "act") === "end";
      if (amountMicros === null && !isEnd) throw fieldError("amount", "How much? Write an amount such as 12500.");
      const percents = {
        warningPercent: numberField(form, "warningPercent"),
        criticalPercent: numberField(form, "criticalPercent"),
      };
      await setBudget(
        ctx,
        {
          scope: scopeField(form),
          fromDay: dayField(form, "from"),
          span: (field(form, "span") || "month") as BudgetSpan,
          amountMicros: isEnd ? null : amountMicros,
          carryOver: field(form, "carryOver") === "on",
          ...percents,
          note: field(form, "note"),
        },
        field(form, "reason"),
      );
      revalidatePath("/budgets", "layout");
      return isEnd ? "The budget ends before that day." : "Budget saved.";
    },
    form,
    NAMES,
  );
}

export async function withdraw(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    await withdrawBudget(ctx, scopeField(form), dayKeyField(form, "day"), field(form, "reason"));
    revalidatePath("/budgets", "layout");
    return "Withdrawn. The budget before it is in force again.";
  }, form);
}

export async function importBudgets(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    allow(ctx.viewer, "budgets.edit");
    const done = await runAct(ctx, "files", "importBudgets", await fileField(form, "file"));
    revalidatePath("/budgets", "layout");
    return `${counted(done.budgets.length, "budget")} imported: ${setText(done)}.`;
  }, form);
}

export async function copy(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const scope = field(form, "scope");
    const done = await copyBudgets(ctx, {
      from: field(form, "source") === "last-year" ? "last-year" : "actuals",
      changePercent: numberField(form, "changePercent") ?? 0,
      span: (field(form, "span") || "month") as BudgetSpan,
      day: dayField(form, "day"),
      ...(scope ? { scopes: [scopeField(form)] } : {}),
    });
    revalidatePath("/budgets", "layout");
    return `${counted(done.budgets.length, "budget")} set: ${setText(done)}.`;
  }, form);
}

export async function addEvent(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(
    async (ctx) => {
      await planEvent(ctx, {
        scope: scopeField(form),
        fromDay: dayField(form, "from"),
        untilDay: field(form, "until") ? dayField(form, "until") : null,
        changePercent: numberField(form, "changePercent") ?? 0,
        perDayMicros: amountField(form, "perDay") ?? 0,
        note: field(form, "note"),
      });
      revalidatePath("/budgets", "layout");
      return "Planned. The forecast takes it into account.";
    },
    form,
    NAMES,
  );
}

export async function dropEvent(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    await removeEvent(ctx, field(form, "id"));
    revalidatePath("/budgets", "layout");
    return "Removed.";
  }, form);
}
