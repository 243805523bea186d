"use server";
import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import { findSignedIn, openActDoor, signInSettings } from "@/app/ctx.ts";
import { cookieName, cookieOptions } from "@/lib/auth/session-cookie.ts";
import { signOut as endSession } from "@/lib/auth/sign-in.ts";

/** Ends the session in the database, then forgets the cookie. */
export async function signOut(): Promise<void> {
  const door = await openActDoor();
  const settings = signInSettings();
  const signedIn = await findSignedIn();
  if (signedIn?.sessionId) await endSession({ ...door, viewer: signedIn.viewer }, signedIn.sessionId);
  if (settings) (await cookies()).set(cookieName(settings), "", { ...cookieOptions(settings), maxAge: 0 });
  redirect(settings ? "/sign-in" : "/");
}
