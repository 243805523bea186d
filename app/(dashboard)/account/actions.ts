"use server";
import { revalidatePath } from "next/cache";
import { answer, field, keyFields, wholeField } from "@/app/answer.ts";
import { findSignedIn } from "@/app/ctx.ts";
import { plural } from "@/components/format.ts";
import type { Answer } from "@/components/ui/field.tsx";
import { changeOwnPassword, endOwnSessions } from "@/lib/auth/sign-in.ts";
import { createToken, revokeToken } from "@/lib/auth/tokens.ts";
import type { TokenScope } from "@/lib/auth/types.ts";
import { AppError, fieldError } from "@/lib/errors.ts";

/** The id of the session of the request. @throws AppError `conflict` where sign-in is off. */
async function ownSession(): Promise<string> {
  const signedIn = await findSignedIn();
  if (!signedIn?.sessionId) throw new AppError("conflict", "Sign-in is off: there is no account to change.");
  return signedIn.sessionId;
}

/** Ends one other session, or all of them. */
export async function endSessions(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const sessionId = await ownSession();
    const only = field(form, "session");
    const ended = await endOwnSessions(ctx, only ? { only } : { exceptId: sessionId });
    revalidatePath("/account");
    return ended === 0 ? "No other session was open." : `Ended ${plural(ended, "session")}.`;
  }, form);
}

export async function changePassword(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const sessionId = await ownSession();
    // Passwords are taken as they were typed: spaces at their ends count.
    const [present, next, again] = ["presentPassword", "nextPassword", "nextPasswordAgain"].map((name) =>
      String(form.get(name) ?? ""),
    );
    if (next !== again) throw fieldError("nextPasswordAgain", "The two new passwords differ: type the same one twice.");
    await changeOwnPassword(ctx, { present: present ?? "", next: next ?? "" }, sessionId);
    revalidatePath("/account");
    return "Password changed. Your other sessions ended.";
  }, form);
}

export async function newToken(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    await ownSession();
    const { token, row } = await createToken(ctx, {
      name: field(form, "name"),
      scopes: form.getAll("scope").map(String) as TokenScope[],
      teamKeys: keyFields(form, "team"),
      days: wholeField(form, "days"),
    });
    revalidatePath("/account");
    return { message: `Token ${row.name} created. Copy it now: it is shown this once.`, secret: token };
  }, form);
}

export async function endToken(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    await revokeToken(ctx, field(form, "id"), field(form, "reason"));
    revalidatePath("/account");
    revalidatePath("/people", "layout");
    return "Revoked. Programs that use it are refused from now on.";
  }, form);
}
