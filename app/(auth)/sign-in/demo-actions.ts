"use server";
import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import { openActDoor, requestOrigin, signInSettings } from "@/app/ctx.ts";
import { sealTicket } from "@/lib/auth/nextauth/cookie.ts";
import { safePath } from "@/lib/auth/safe-path.ts";
import { cookieName, cookieOptions } from "@/lib/auth/session-cookie.ts";
import { startSession } from "@/lib/auth/sign-in.ts";
import { findUserByEmail } from "@/lib/auth/user-store.ts";
import { PERSONAS } from "./demo-personas.ts";

/** Signs in as a person of the demo: in the demo alone, on this machine alone, and only as one of its own people. */
export async function signInAsPersona(form: FormData): Promise<void> {
  const door = await openActDoor();
  const settings = signInSettings();
  const given = form instanceof FormData ? form : new FormData();
  const persona = PERSONAS.find((p) => p.email === given.get("persona"));
  const user = settings?.demo && persona ? await findUserByEmail(door.db, persona.email) : undefined;
  if (!settings?.demo || !user) redirect("/sign-in?error=refused");
  const origin = await requestOrigin();
  const started = await door.db.write((tx) => startSession(tx, door, user, "demo", origin, settings.limits));
  const maxAge = started.endsAt - door.now();
  const ticket = await sealTicket(settings, { sid: started.id, userKey: user.key }, maxAge);
  (await cookies()).set(cookieName(settings), ticket, { ...cookieOptions(settings), maxAge });
  redirect(safePath(String(given.get("callbackUrl") ?? ""), settings.url));
}
