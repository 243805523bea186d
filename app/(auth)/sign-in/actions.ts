"use server";
import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import { after } from "next/server";
import { dropTyped, keepTyped, type Typed } from "@/app/(auth)/typed.ts";
import { codeOfError } from "@/app/(auth)/words.ts";
import { openActDoor, requestOrigin, signInSettings } from "@/app/ctx.ts";
import { createFirstAdmin } from "@/lib/auth/first-admin.ts";
import { requestLink } from "@/lib/auth/links/mailed-link.ts";
import { sealTicket } from "@/lib/auth/nextauth/cookie.ts";
import { safePath } from "@/lib/auth/safe-path.ts";
import { cookieName, cookieOptions } from "@/lib/auth/session-cookie.ts";
import type { AuthSettings } from "@/lib/auth/settings.ts";
import { type Door, type Started, signInWithLink, signInWithPassword } from "@/lib/auth/sign-in.ts";
import { linkAddress } from "@/lib/auth/ways.ts";
import { env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import { createMailer, linkMail, mailSettingsOf } from "@/lib/mail/index.ts";

/** A field as text. An act is a public address: whatever is sent to it may come in any form. */
const text = (form: FormData, name: string): string => {
  const value = form instanceof FormData ? form.get(name) : null;
  return typeof value === "string" ? value.slice(0, 4000) : "";
};

/** Sets the cookie of a session that has begun. Whatever cookie was there before is replaced: its id is worth nothing. */
async function keep(settings: AuthSettings, door: Door, started: Started): Promise<void> {
  const maxAge = started.endsAt - door.now();
  const ticket = await sealTicket(settings, { sid: started.id, userKey: started.userKey }, maxAge);
  (await cookies()).set(cookieName(settings), ticket, { ...cookieOptions(settings), maxAge });
}

function codeOf(error: unknown, log: Door["log"], conflict?: "has-admin"): string {
  const code = codeOfError(error, conflict);
  if (code) return code;
  log.error({ err: error }, "sign-in failed");
  return "unexpected";
}

/** Runs one way of signing in, and leads on: works without JavaScript, since it answers with an address. */
async function enter(
  body: (settings: AuthSettings, door: Door) => Promise<Started>,
  back: string,
  to: string,
  { typed, refused = "refused", conflict }: { typed?: Typed; refused?: string; conflict?: "has-admin" } = {},
): Promise<never> {
  const door = await openActDoor();
  const settings = signInSettings();
  if (!settings) redirect("/");
  let problem: string | null = null;
  try {
    await keep(settings, door, await body(settings, door));
    await dropTyped(settings);
  } catch (error) {
    problem = codeOf(error, door.log, conflict);
  }
  if (problem && typed) await keepTyped(settings, typed);
  if (problem) redirect(`${back}${back.includes("?") ? "&" : "?"}error=${problem === "refused" ? refused : problem}`);
  redirect(safePath(to, settings.url));
}

export async function signIn(form: FormData): Promise<void> {
  const to = text(form, "callbackUrl");
  const origin = await requestOrigin();
  const given = { email: text(form, "email"), password: text(form, "password") };
  await enter(
    (settings, door) => {
      if (!settings.password) throw new AppError("unauthenticated", "Passwords are off.");
      return signInWithPassword(door, given, origin, settings.limits);
    },
    to ? `/sign-in?callbackUrl=${encodeURIComponent(to)}` : "/sign-in",
    to,
    { typed: given },
  );
}

export async function followLink(form: FormData): Promise<void> {
  const secret = text(form, "token");
  const password = text(form, "password");
  const origin = await requestOrigin();
  await enter(
    (settings, door) =>
      signInWithLink(door, { secret, ...(password && settings.password ? { password } : {}) }, origin, settings.limits),
    linkAddress("", secret),
    "/",
    { refused: "link" },
  );
}

/** Mails a one-time link to the person who forgot their password. Answers the same whether or not there is such a person, and as fast. */
export async function mailLink(form: FormData): Promise<void> {
  const origin = await requestOrigin();
  const door = await openActDoor();
  const [settings, mail] = [signInSettings(), mailSettingsOf(env())];
  if (!settings?.password || !mail) redirect("/sign-in");
  let isRefused = false;
  try {
    const found = await requestLink(door, text(form, "email"), origin);
    if (found)
      after(async () => {
        const link = linkAddress(settings.url, found.secret);
        await createMailer(mail)(linkMail(found.email, link, "an hour")).catch((error: unknown) =>
          door.log.error({ err: error }, "a sign-in link could not be mailed"),
        );
      });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "busy") throw error;
    isRefused = true;
    await keepTyped(settings, { email: text(form, "email") });
  }
  redirect(`/sign-in/forgot?${isRefused ? "error=wait" : "sent=yes"}`);
}

export async function becomeFirstAdmin(form: FormData): Promise<void> {
  const secret = text(form, "code");
  const origin = await requestOrigin();
  const given = { secret, email: text(form, "email"), name: text(form, "name"), password: text(form, "password") };
  await enter(
    (settings, door) => createFirstAdmin(door, given, origin, settings.limits),
    `/welcome?code=${encodeURIComponent(secret)}`,
    "/",
    { typed: given, refused: "link", conflict: "has-admin" },
  );
}
