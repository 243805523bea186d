"use server";
import { gunzipSync } from "node:zlib";
import { revalidatePath } from "next/cache";
import { answer, chargeSoon, field } from "@/app/answer";
import type { Answer } from "@/components/action-form";
import { importCosts, removeCosts } from "@/lib/chargeback/cost-changes";
import { env } from "@/lib/env";
import { AppError } from "@/lib/errors";
import { formatMicros } from "@/lib/money";

export async function importFile(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const file = form.get("file");
    if (!(file instanceof File) || file.size === 0) throw new AppError("invalid", "Choose a file first.");
    const { LEDGER_CURRENCY: currency, BILLING_TIME_ZONE: billingTimeZone } = env();
    const whose = field(form, "team");
    const request = {
      name: file.name,
      text: await readText(file),
      teamKey: whose === "" ? undefined : Number(whose),
      withGpus: field(form, "withGpus") === "on",
      billed: field(form, "billed") === "on",
    };
    const done = await importCosts(ctx, request, { currency, billingTimeZone });
    chargeSoon(ctx);
    revalidatePath("/costs");
    const total = `${formatMicros(done.totalMicros)} ${currency}`;
    return [`Imported ${done.lines} lines of ${total}.`, ...done.notes].join("\n");
  });
}

async function readText(file: File): Promise<string> {
  const bytes = Buffer.from(await file.arrayBuffer());
  const packed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  try {
    return new TextDecoder().decode(packed ? gunzipSync(bytes) : bytes);
  } catch (error) {
    throw new AppError("invalid", `${file.name} cannot be unpacked.`, { cause: error });
  }
}

export async function remove(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    await removeCosts(ctx, field(form, "id"), field(form, "reason"));
    chargeSoon(ctx);
    revalidatePath("/costs");
    return "Removed. Its days are charged again now.";
  });
}
