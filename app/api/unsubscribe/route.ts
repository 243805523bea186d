import { openDoor, processLog } from "@/app/ctx.ts";
import { unsubscribe } from "@/lib/alerts/preferences/choose.ts";
import { respondError, respondJson } from "@/lib/api/respond.ts";
import { env } from "@/lib/env.ts";

const tokenOf = (request: Request): string => new URL(request.url).searchParams.get("token") ?? "";

/** What a mail program follows as a link: the page that asks first. */
export async function GET(request: Request): Promise<Response> {
  const location = `/unsubscribe?token=${encodeURIComponent(tokenOf(request))}`;
  return new Response(null, { status: 303, headers: { location, "cache-control": "no-store" } });
}

/** One click in a mail program (RFC 8058): no session, the signed token is enough. */
export async function POST(request: Request): Promise<Response> {
  try {
    const door = await openDoor();
    await unsubscribe(door, env().NEXTAUTH_SECRET, tokenOf(request));
    return respondJson({ unsubscribed: true });
  } catch (error) {
    return respondError(error, processLog());
  }
}
