"use server";
import { revalidatePath } from "next/cache";
import { answer, field, keyField } from "@/app/answer.ts";
import type { Answer } from "@/components/ui/field.tsx";
import { removeView, saveView } from "@/lib/auth/views/saved-views.ts";

/** Keeps what a list shows under a name. */
export async function keepView(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const path = field(form, "path");
    const given = { path, name: field(form, "name"), query: field(form, "query"), teamKey: keyField(form, "team") };
    const { name, teamKey } = await saveView(ctx, given);
    revalidatePath(path);
    return teamKey ? `View ${name} saved, and shared with the team.` : `View ${name} saved.`;
  }, form);
}

export async function dropView(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const [path, name] = [field(form, "path"), field(form, "name")];
    await removeView(ctx, path, name);
    revalidatePath(path);
    return `View ${name} removed.`;
  }, form);
}
