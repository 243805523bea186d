"use server";
import { revalidatePath } from "next/cache";
import { readMinute } from "@/app/(dashboard)/alerts/words.ts";
import { answer, field, keyField } from "@/app/answer.ts";
import type { Answer } from "@/components/ui/field.tsx";
import { choosePreference, type PreferenceInput, resetPreference } from "@/lib/alerts/preferences/choose.ts";
import type { Severity } from "@/lib/alerts/types.ts";

export async function savePreference(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(
    async (ctx) => {
      await choosePreference(ctx, {
        ...{
          kind: field(form, "kind"),
          mode: field(form, "mode") as PreferenceInput["mode"],
          severity: field(form, "severity") as Severity,
          channelKey: keyField(form, "where"),
        },
        ...{
          quietFrom: readMinute(field(form, "quietFrom"), "quietFrom"),
          quietUntil: readMinute(field(form, "quietUntil"), "quietUntil"),
        },
      });
      revalidatePath("/account/alerts");
      return "Saved.";
    },
    form,
    { channelKey: "where" },
  );
}

export async function clearPreference(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    await resetPreference(ctx, field(form, "kind"));
    revalidatePath("/account/alerts");
    return "Treated as all others again.";
  }, form);
}
