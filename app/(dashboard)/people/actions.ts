"use server";
import { revalidatePath } from "next/cache";
import { answer, choiceField, field, keyField } from "@/app/answer.ts";
import { viewerZone } from "@/app/page-input.ts";
import { formatMoment, plural } from "@/components/format.ts";
import type { Answer } from "@/components/ui/field.tsx";
import { readerFor } from "@/lib/auth/allow.ts";
import { changeGroupRule } from "@/lib/auth/groups/group-rules.ts";
import { allowTakeover } from "@/lib/auth/links/takeover.ts";
import { emptyRolesWarning, type Role } from "@/lib/auth/types.ts";
import { listGrants } from "@/lib/auth/user-store.ts";
import { addUser, changeGrant, changeNames, createLink, endSessions, getUser, setDisabled } from "@/lib/auth/users.ts";
import { linkAddress } from "@/lib/auth/ways.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { env, ownAddress } from "@/lib/env.ts";
import { createMailer, linkMail, mailSettingsOf } from "@/lib/mail/index.ts";

const grantOf = (form: FormData) => ({
  role: field(form, "role") as Role,
  teamKey: keyField(form, "team"),
  projectKey: keyField(form, "project"),
});
const keyOf = (form: FormData): number => keyField(form, "person");
const actOf = (form: FormData) => choiceField(form, "act", ["add", "remove"]);

/** A one-time link of a person, and what to say of it. It is shown this once. */
async function linkOf(
  ctx: Ctx,
  userKey: number,
  reason: string,
  isInvitation = false,
): Promise<{ secret: string; words: string }> {
  const { secret, expiresAt } = await createLink(ctx, userKey, reason);
  const link = linkAddress(ownAddress(env()), secret);
  return {
    secret: link,
    words: `${await mailed(ctx, userKey, link, isInvitation)}This link is shown once, and signs in once, until ${formatMoment(expiresAt, await viewerZone())}:`,
  };
}

/** Sends a link where a mail server is set. @returns what to say of it; a failure leaves the link that is shown. */
async function mailed(ctx: Ctx, userKey: number, link: string, isInvitation: boolean): Promise<string> {
  const settings = mailSettingsOf(env());
  if (!settings) return "";
  const { email } = await getUser(readerFor(ctx, "users.manage"), userKey);
  try {
    await createMailer(settings)(linkMail(email, link, "a day", isInvitation ? ctx.viewer.id : undefined));
    return `Sent to ${email}. `;
  } catch (error) {
    ctx.log.error({ err: error }, "a sign-in link could not be mailed");
    return `The e-mail to ${email} could not be sent: pass the link on yourself. `;
  }
}

export async function invite(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const reason = field(form, "reason");
    const given = { email: field(form, "email"), name: field(form, "name"), grants: [grantOf(form)] };
    const person = await addUser(ctx, given, reason);
    const { secret, words } = await linkOf(ctx, person.key, reason, true);
    revalidatePath("/people", "layout");
    return {
      message: [`${person.email} added.`, emptyRolesWarning(given.grants), words].filter(Boolean).join(" "),
      secret,
    };
  }, form);
}

/** Adds a role of a person, or removes it. */
export async function saveGrant(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    await changeGrant(ctx, keyOf(form), grantOf(form), actOf(form), field(form, "reason"));
    revalidatePath("/people", "layout");
    return actOf(form) === "add" ? "Role added." : "Role removed.";
  }, form);
}

export async function saveNames(_: Answer | null, form: FormData): Promise<Answer> {
  const body = async (ctx: Ctx) => {
    const names = field(form, "names")
      .split(/[\n,]/)
      .map((name) => name.trim())
      .filter(Boolean);
    await changeNames(ctx, keyOf(form), names, field(form, "reason"));
    revalidatePath("/people", "layout");
    return names.length
      ? `Workloads submitted as ${names.join(", ")} belong to this person.`
      : "No workload belongs to this person by name.";
  };
  return answer(body, form, { submitters: "names" });
}

export async function disable(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const disabled = actOf(form) === "remove";
    await setDisabled(ctx, keyOf(form), disabled, field(form, "reason"));
    revalidatePath("/people", "layout");
    return disabled ? "Disabled. Their sessions and links ended." : "Enabled. They can sign in again.";
  }, form);
}

/** A link to sign in and choose another password; with `end`, every session ends first. */
export async function sendLink(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const reason = field(form, "reason");
    if (field(form, "end") === "yes") await endSessions(ctx, keyOf(form), reason);
    const { secret, words } = await linkOf(ctx, keyOf(form), reason);
    revalidatePath("/people", "layout");
    return { message: words, secret };
  }, form);
}

/** Lets the provider's next sign-in with the person's address take the account. */
export async function unlink(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const until = await allowTakeover(ctx, keyOf(form), field(form, "reason"));
    revalidatePath("/people", "layout");
    const words = `The next sign-in of the identity provider with this address takes the account, until ${formatMoment(until, await viewerZone())}. Their sessions ended.`;
    const isIn = (await listGrants(readerFor(ctx, "users.manage"), keyOf(form))).length > 0;
    return isIn ? words : `${words} They have no role: the provider lets them in only once they have one.`;
  }, form);
}

export async function endAll(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const ended = await endSessions(ctx, keyOf(form), field(form, "reason"));
    revalidatePath("/people", "layout");
    return `Ended ${plural(ended, "session")}.`;
  }, form);
}

/** Carries out what the page has just shown the effect of. */
export async function saveGroupRule(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const rule = { groupName: field(form, "group"), ...grantOf(form) };
    await changeGroupRule(ctx, rule, actOf(form), field(form, "reason"));
    revalidatePath("/people", "layout");
    return actOf(form) === "add" ? "Saved. The group gives the role." : "Removed. The group no longer gives the role.";
  }, form);
}
