"use server";
import { redirect } from "next/navigation";
import { openActDoor } from "@/app/ctx.ts";
import { unsubscribe } from "@/lib/alerts/preferences/choose.ts";
import { env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";

/** Ends the e-mails that a link is for. Works signed out and without JavaScript: it leads back to the page, which says what happened. */
export async function endMails(form: FormData): Promise<void> {
  const door = await openActDoor();
  const given = form instanceof FormData ? form.get("token") : null;
  const token = typeof given === "string" ? given.slice(0, 2000) : "";
  try {
    await unsubscribe(door, env().NEXTAUTH_SECRET, token);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "not_found") throw error;
  }
  redirect(`/unsubscribe?token=${encodeURIComponent(token)}`);
}
