import "server-only";
import { cookies } from "next/headers";
import { cookieName, cookieOptions } from "@/lib/auth/session-cookie.ts";

/** What somebody typed into a form before sign-in that was refused, so that they need not type it again. Never a password. */
export interface Typed {
  readonly email?: string;
  readonly name?: string;
}

const MOST = 300;
const SECONDS = 300;

/** Keeps it for the page that the refusal leads to: in a cookie, since an address ends in logs and histories. */
export async function keepTyped(
  settings: { readonly secure: boolean },
  { email = "", name = "" }: Typed,
): Promise<void> {
  const value = new URLSearchParams({ email: email.slice(0, MOST), name: name.slice(0, MOST) }).toString();
  (await cookies()).set(cookieName(settings, "typed"), value, { ...cookieOptions(settings), maxAge: SECONDS });
}

/** What was typed before the form was refused. @param error the code in the address; without one, nothing was refused. */
export async function readTyped(settings: { readonly secure: boolean }, error: unknown): Promise<Typed> {
  if (typeof error !== "string") return {};
  const given = new URLSearchParams((await cookies()).get(cookieName(settings, "typed"))?.value ?? "");
  return { email: given.get("email")?.slice(0, MOST) ?? "", name: given.get("name")?.slice(0, MOST) ?? "" };
}

/** They are in: nothing is typed again. */
export async function dropTyped(settings: { readonly secure: boolean }): Promise<void> {
  (await cookies()).delete({ name: cookieName(settings, "typed"), ...cookieOptions(settings) });
}
