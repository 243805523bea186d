"use server";
import { revalidatePath } from "next/cache";
import { answer, dayField, field, fileField, keyField } from "@/app/answer.ts";
import type { FieldNames } from "@/app/field-problems.ts";
import type { Answer } from "@/components/ui/field.tsx";
import { runAct } from "@/lib/acts/beside.ts";
import { allow } from "@/lib/auth/allow.ts";
import { scopeOfId } from "@/lib/budgets/types.ts";
import { fieldError } from "@/lib/errors.ts";
import { decimalWords, parseMicros } from "@/lib/money.ts";
import { archiveUnit, changeUnit, defineUnit, type Recorded, recordCounts } from "@/lib/unit-costs/changes.ts";
import { dayId } from "@/lib/unit-costs/csv.ts";
import { parseCount, type UnitInput } from "@/lib/unit-costs/input.ts";

const NAMES: FieldNames = { targetMicros: "target", thresholdMicros: "threshold", countsFromDay: "countsFrom" };

/** An amount of a form in micro-units; null where it is empty. @throws AppError `invalid` at the field. */
function amountField(form: FormData, name: string): number | null {
  const text = field(form, name);
  if (text === "") return null;
  const micros = parseMicros(text);
  if (micros === null)
    throw fieldError(
      name,
      `"${text}" ${decimalWords(text, 6, "is not an amount: write it plainly, such as 3 or 0.0025.")}`,
    );
  return micros;
}

function unitOf(form: FormData): UnitInput {
  const scope = scopeOfId(field(form, "scope"));
  if (!scope) throw fieldError("scope", "Choose whose cost it is.");
  const source = field(form, "source");
  return {
    ...{ name: field(form, "name"), noun: field(form, "noun"), per: Number(field(form, "per")), scope },
    ...{ label: field(form, "label"), gpuModel: field(form, "gpuModel"), category: field(form, "category") },
    ...{ loaded: field(form, "loaded") === "on", basis: field(form, "basis") },
    ...{ source, query: source === "query" ? field(form, "query") : "" },
    emptyIsZero: field(form, "emptyIsZero") === "on",
    countsFromDay: dayField(form, "countsFrom"),
    ...{ targetMicros: amountField(form, "target"), thresholdMicros: amountField(form, "threshold") },
    note: field(form, "note"),
  } as UnitInput;
}

const keyOf = (form: FormData): number => keyField(form, "unit");

export async function define(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(
    async (ctx) => {
      await defineUnit(ctx, unitOf(form), field(form, "reason"));
      revalidatePath("/units", "layout");
      return "Unit defined.";
    },
    form,
    NAMES,
  );
}

export async function change(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(
    async (ctx) => {
      await changeUnit(ctx, keyOf(form), unitOf(form), field(form, "reason"));
      revalidatePath("/units", "layout");
      return "Changed.";
    },
    form,
    NAMES,
  );
}

export async function archive(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    await archiveUnit(ctx, keyOf(form), field(form, "reason"));
    revalidatePath("/units", "layout");
    return "Archived.";
  }, form);
}

export async function addCount(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const text = field(form, "count");
    const countMilli = text === "" ? null : parseCount(text);
    if (text !== "" && countMilli === null)
      throw fieldError(
        "count",
        `"${text}" ${decimalWords(text, 3, "is not a count: write a number such as 1200 or 0.5.")}`,
      );
    const day = dayField(form, "day");
    const done = await recordCounts(
      ctx,
      keyOf(form),
      [{ id: field(form, "id") || dayId(day), day, countMilli }],
      field(form, "reason"),
    );
    revalidatePath("/units", "layout");
    return recordedText(done);
  }, form);
}

export async function importCounts(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    allow(ctx.viewer, "units.count");
    const file = await fileField(form, "file");
    const done = await runAct(ctx, "files", "importCounts", { ...file, unitKey: keyOf(form) });
    revalidatePath("/units", "layout");
    return recordedText(done);
  }, form);
}

const recordedText = ({ added, changed, withdrawn, unchanged }: Recorded): string =>
  `${added} added, ${changed} changed, ${withdrawn} withdrawn, ${unchanged} unchanged.`;
