import { openDoor, requestOrigin, signInSettings } from "@/app/ctx.ts";
import { beginSignIn } from "@/lib/auth/nextauth/exchange.ts";
import { atOwnHost } from "@/lib/auth/nextauth/own-host.ts";
import { safePath } from "@/lib/auth/safe-path.ts";

export const dynamic = "force-dynamic";

/** Leads to the identity provider. */
export async function GET(request: Request): Promise<Response> {
  const settings = signInSettings();
  if (!settings?.provider) return new Response("There is no identity provider.\n", { status: 404 });
  const elsewhere = atOwnHost(settings.url, request.headers.get("host"), new URL(request.url));
  if (elsewhere)
    return new Response(null, { status: 302, headers: { location: elsewhere, "cache-control": "no-store" } });
  const to = safePath(new URL(request.url).searchParams.get("callbackUrl"), settings.url);
  return beginSignIn(settings, await openDoor(), await requestOrigin(), to);
}
