import { type NextRequest, NextResponse } from "next/server";
import { env } from "@/lib/env";
import { isHostAllowed } from "@/lib/hosts";

/**
 * Refuses requests that call the server by a name that is not its own, and sets the content security policy, with a nonce per request: only scripts that this server wrote run.
 * Styles may be inline, because charts position themselves with style attributes.
 */
export function proxy(request: NextRequest) {
  const host = request.headers.get("host");
  if (!isHostAllowed(host, env()))
    return new NextResponse(`This server is not ${host}. Name it in ALLOWED_HOSTS if it should be.\n`, { status: 421 });
  if (request.nextUrl.pathname.startsWith("/api/")) return NextResponse.next();
  const nonce = btoa(crypto.randomUUID());
  const dev = process.env.NODE_ENV === "development";
  const policy = [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${dev ? " 'unsafe-eval'" : ""}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self'${dev ? " ws:" : ""}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
  const headers = new Headers(request.headers);
  headers.set("content-security-policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  return response;
}

export const config = {
  matcher: [{ source: "/((?!_next/static|_next/image|healthz|readyz|metrics|icon.svg).*)" }],
};
