import { cookies } from "next/headers";
import { openDoor, requestOrigin, signInSettings } from "@/app/ctx.ts";
import { respondRefusal } from "@/lib/api/respond.ts";
import { finishSignIn } from "@/lib/auth/nextauth/exchange.ts";
import { AppError } from "@/lib/errors.ts";

export const dynamic = "force-dynamic";

/** Where the identity provider sends people back to: `/api/auth/callback/oidc`. Every other address of next-auth is closed. */
export async function GET(
  request: Request,
  { params }: { params: Promise<{ nextauth: string[] }> },
): Promise<Response> {
  const settings = signInSettings();
  const path = (await params).nextauth.join("/");
  if (!settings?.provider || path !== "callback/oidc")
    return respondRefusal(new AppError("not_found", "There is nothing at this address."));
  const query = Object.fromEntries(new URL(request.url).searchParams);
  const given = Object.fromEntries((await cookies()).getAll().map(({ name, value }) => [name, value]));
  return finishSignIn(settings, await openDoor(), await requestOrigin(), query, given);
}
