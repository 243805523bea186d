"use server";
import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { answer, chargeSoon, field, keyField } from "@/app/answer.ts";
import type { Answer } from "@/components/ui/field.tsx";
import { changeRules } from "@/lib/attribution/rule-changes.ts";
import { archiveTeam, changeTeam, createTeam, restoreTeam } from "@/lib/attribution/team-changes.ts";
import { env } from "@/lib/env.ts";
import { dateOf, dayKey } from "@/lib/time.ts";
import { RULE_FIELDS, readAct } from "./rule-form.ts";

const booking = (form: FormData) => ({
  name: field(form, "name"),
  costCentre: field(form, "costCentre"),
  glAccount: field(form, "glAccount"),
  owner: field(form, "owner"),
});

export async function addTeam(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const team = await createTeam(ctx, booking(form), field(form, "reason"));
    revalidatePath("/teams");
    return `Team ${team.name} created. Next, add a rule that assigns workloads to it.`;
  }, form);
}

export async function saveTeam(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const team = await changeTeam(ctx, keyField(form, "key"), booking(form), field(form, "reason"));
    revalidatePath("/teams", "layout");
    return `Saved ${team.name}.`;
  }, form);
}

export async function putAway(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const key = keyField(form, "key");
    const today = dayKey(dateOf(ctx.now(), env().BILLING_TIME_ZONE));
    const isBack = field(form, "act") === "restore";
    const team = isBack ? await restoreTeam(ctx, key) : await archiveTeam(ctx, key, today);
    revalidatePath("/teams", "layout");
    return isBack ? `${team.name} is in use again.` : `${team.name} is archived. Its history stays.`;
  }, form);
}

/** Carries out what the page has just shown the effect of; then shows the rules as they are now. */
export async function saveRule(_: Answer | null, form: FormData): Promise<Answer> {
  const done = await answer(
    async (ctx) => {
      const params = Object.fromEntries([...form.entries()].map(([key, value]) => [key, String(value)]));
      await changeRules(ctx, readAct(params), params.reason ?? "");
      chargeSoon(ctx);
      revalidatePath("/teams", "layout");
      return "Saved.";
    },
    form,
    RULE_FIELDS,
  );
  if (done.ok) redirect("/teams?saved=rule#rules");
  return done;
}
