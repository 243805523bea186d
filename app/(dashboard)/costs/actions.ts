"use server";
import { revalidatePath } from "next/cache";
import { answer, chargeSoon, field, fileField } from "@/app/answer.ts";
import type { Answer } from "@/components/ui/field.tsx";
import { runAct } from "@/lib/acts/beside.ts";
import { OVERLAP_CHOICES, removeCosts } from "@/lib/costs/import.ts";
import { spreadWords } from "@/lib/costs/spread.ts";
import { env } from "@/lib/env.ts";
import { formatMicros } from "@/lib/money.ts";
import { periodOfInstant } from "@/lib/periods/calendar.ts";
import { closeSettingsOf } from "@/lib/periods/settings.ts";

/** Names between commas; undefined: none. */
function namesOf(text: string): string[] | undefined {
  const names = text.split(",").map((name) => name.trim());
  return names.some((name) => name !== "") ? names.filter((name) => name !== "") : undefined;
}

export async function importFile(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const { LEDGER_CURRENCY: currency, BILLING_TIME_ZONE: billingTimeZone } = env();
    const openUntilDay = periodOfInstant(ctx.now(), closeSettingsOf(env()).calendar).untilDay;
    const whose = field(form, "team");
    const { name, bytes } = await fileField(form, "file");
    const request = {
      ...{ name, text: bytes },
      teamKey: whose === "" ? undefined : Number(whose),
      withGpus: namesOf(field(form, "gpuNames")) ?? field(form, "withGpus") === "on",
      overlap: OVERLAP_CHOICES.find((choice) => choice === field(form, "overlap")),
      billed: field(form, "billed") === "on",
    };
    const done = await runAct(ctx, "files", "importCosts", [request, { currency, billingTimeZone, openUntilDay }]);
    chargeSoon(ctx);
    revalidatePath("/costs");
    const total = `${formatMicros(done.totalMicros)} ${currency}`;
    const spread = spreadWords(done.spread, done.totalMicros, currency);
    return [`Imported ${done.lines} ${done.lines === 1 ? "line" : "lines"} of ${total}.`, spread, ...done.notes].join(
      "\n",
    );
  }, form);
}

export async function remove(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    await removeCosts(ctx, field(form, "id"), field(form, "reason"));
    chargeSoon(ctx);
    revalidatePath("/costs");
    return "Removed. Charges of its days are being recalculated.";
  }, form);
}
