import { type NextRequest, NextResponse } from "next/server";
import { ASKED_PATH } from "./app/asked-path.ts";
import { respondJson, respondRefusal } from "./lib/api/respond.ts";
import { openTicket } from "./lib/auth/nextauth/cookie.ts";
import { cookieName } from "./lib/auth/session-cookie.ts";
import { env } from "./lib/env.ts";
import { AppError, type ErrorCode } from "./lib/errors.ts";
import { transportHeaders } from "./lib/hosts.ts";
import {
  bearerOf,
  isApiPath,
  isOpenPath,
  isProbe,
  MOST_OPEN_BYTES,
  type Refusal,
  type RequestFacts,
  refusalOf,
} from "./lib/request-guard.ts";

const REFUSAL_CODES: Readonly<Record<Refusal["status"], ErrorCode>> = {
  401: "unauthenticated",
  403: "forbidden",
  413: "too_large",
  421: "invalid",
};

const UNREADABLE = new AppError("invalid", "The address is not valid: its percent-encoding cannot be undone.");

/**
 * Refuses requests that call the server by a name that is not its own or that pages of other sites send, and sets the content security
 * policy, with a nonce per request: only scripts that this server wrote run. Styles may be inline, because charts position themselves with
 * style attributes. There is no `matcher` on purpose: Next.js runs a server action at whatever path it is posted to, so a path that is left out
 * here would be a way around these checks. What must not be skipped is checked again in app/ctx.ts.
 */
export async function proxy(request: NextRequest): Promise<Response> {
  const { method, nextUrl } = request;
  const refusal = isProbe(method, nextUrl.pathname)
    ? null
    : refusalOf(factsOf(request), env(), await carriesTicket(request));
  const response = refusal ? refused(nextUrl.pathname, refusal) : passed(request);
  for (const [name, value] of Object.entries(transportHeaders(env().NEXTAUTH_URL))) response.headers.set(name, value);
  return response;
}

function passed(request: NextRequest): Response {
  const { nextUrl } = request;
  const readable = isReadable(request.nextUrl.pathname);
  if (isApiPath(request.nextUrl.pathname)) return readable ? NextResponse.next() : respondRefusal(UNREADABLE);
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
  const signIn = askToSignIn(request);
  if (signIn) return NextResponse.redirect(signIn, { status: 302, headers: { "content-security-policy": policy } });
  const headers = new Headers(request.headers);
  headers.set("content-security-policy", policy);
  headers.set(ASKED_PATH, `${nextUrl.pathname}${nextUrl.search}`.slice(0, 2000));
  const response = readable
    ? NextResponse.next({ request: { headers } })
    : NextResponse.rewrite(nowhere(request), { request: { headers } });
  response.headers.set("content-security-policy", policy);
  return response;
}

/**
 * Whether a request carries the cookie of a session, signed by this server. Asked where its body is larger than what anybody may send;
 * whether the session still holds is asked where the request is acted on, which is after Next.js has read the body.
 */
async function carriesTicket({ headers, cookies, nextUrl }: NextRequest): Promise<boolean> {
  const { AUTH, NEXTAUTH_URL, NEXTAUTH_SECRET: secrets } = env();
  if (!AUTH || Number(headers.get("content-length") ?? 0) <= MOST_OPEN_BYTES) return true;
  // What a program sends to the API is read by its handler, after the token was looked at.
  if (isApiPath(nextUrl.pathname) && bearerOf(headers.get("authorization")).startsWith("gl_")) return true;
  const secure = NEXTAUTH_URL?.startsWith("https:") ?? false;
  const text = cookies.get(cookieName({ secure }))?.value ?? "";
  return (await openTicket({ secure, secrets: secrets as [string, ...string[]] }, text)) !== null;
}

/**
 * Where a page leads that somebody opens who carries no session: a convenience alone. Whether a session holds is asked where the page
 * is made, and where an act is done.
 */
function askToSignIn({ method, nextUrl, cookies, headers }: NextRequest): URL | null {
  const { AUTH, NEXTAUTH_URL } = env();
  if (!AUTH || (method !== "GET" && method !== "HEAD") || isOpenPath(nextUrl.pathname)) return null;
  if (cookies.has(cookieName({ secure: NEXTAUTH_URL?.startsWith("https:") ?? false }))) return null;
  // At the host that was asked the answer is relative: Next.js writes another name of this machine, or another scheme, into whole addresses.
  const isThere = NEXTAUTH_URL === undefined || new URL(NEXTAUTH_URL).host === headers.get("host");
  const url = new URL("/sign-in", isThere ? nextUrl.origin : NEXTAUTH_URL);
  const to = `${nextUrl.pathname}${nextUrl.search}`;
  if (to !== "/" && !nextUrl.pathname.includes("/download")) url.searchParams.set("callbackUrl", to);
  return url;
}

function factsOf({ method, nextUrl, headers }: NextRequest): RequestFacts {
  return {
    method,
    path: nextUrl.pathname,
    host: headers.get("host"),
    origin: headers.get("origin"),
    site: headers.get("sec-fetch-site"),
    mode: headers.get("sec-fetch-mode"),
    dest: headers.get("sec-fetch-dest"),
    contentLength: headers.get("content-length"),
  };
}

function refused(path: string, { status, message }: Refusal): Response {
  if (isApiPath(path)) return respondJson({ error: { code: REFUSAL_CODES[status], message } }, status);
  // Next.js reads the message of a refused action only from this exact type.
  return new NextResponse(`${message}\n`, { status, headers: { "content-type": "text/plain" } });
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
