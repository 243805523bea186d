import { type NextRequest, NextResponse } from "next/server";
import { respondError } from "./lib/api/respond.ts";
import { env } from "./lib/env.ts";
import { AppError } from "./lib/errors.ts";
import { isHostAllowed } from "./lib/hosts.ts";

const UNREADABLE = new AppError("invalid", "The address is not valid: its percent-encoding cannot be undone.");

/**
 * Refuses requests that call the server by a name that is not its own, and sets the content security policy, with a nonce per request: only scripts that this server wrote run.
 * Styles may be inline, because charts position themselves with style attributes.
 */
export function proxy(request: NextRequest) {
  const host = request.headers.get("host");
  if (!isHostAllowed(host, env()))
    return new NextResponse(`This server is not ${host}. Name it in ALLOWED_HOSTS if it should be.\n`, { status: 421 });
  const readable = isReadable(request.nextUrl.pathname);
  if (request.nextUrl.pathname.startsWith("/api/")) return readable ? NextResponse.next() : respondError(UNREADABLE);
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
  const response = readable
    ? NextResponse.next({ request: { headers } })
    : NextResponse.rewrite(nowhere(request), { request: { headers } });
  response.headers.set("content-security-policy", policy);
  return response;
}

/** Can the percent-encoding of a path be undone? Next.js fails on one that cannot (`/%E0%A4%A`). */
function isReadable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

/** The address of no page: it shows what any other that does not exist shows. */
function nowhere({ nextUrl }: NextRequest): URL {
  const url = nextUrl.clone();
  url.pathname = "/unreadable-address";
  url.search = "";
  return url;
}

export const config = {
  matcher: [{ source: "/((?!_next/static|_next/image|healthz|readyz|metrics|icon.svg).*)" }],
};
