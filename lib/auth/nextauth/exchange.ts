import { createHash, randomBytes } from "node:crypto";
import NextAuth from "next-auth";
import { safePath } from "@/lib/auth/safe-path.ts";
import { cookieName } from "@/lib/auth/session-cookie.ts";
import type { AuthSettings } from "@/lib/auth/settings.ts";
import type { Door, Origin } from "@/lib/auth/sign-in.ts";
import { checkDiscovery, ProviderFault } from "./discovery.ts";
import { nextAuthOptions } from "./options.ts";
import { problemCode } from "./problems.ts";

type Parts = Parameters<typeof NextAuth>;

interface Asked {
  readonly method: "GET" | "POST";
  readonly path: readonly string[];
  readonly query: Readonly<Record<string, string>>;
  readonly cookies: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, string>>;
}

/**
 * Sends the browser to the identity provider. Begins with a plain link, so that no form has to leave this site: the cookies of state,
 * nonce and PKCE are set on the way.
 */
export async function beginSignIn(
  settings: AuthSettings,
  door: Door,
  origin: Origin,
  returnTo: string,
): Promise<Response> {
  try {
    if (settings.provider) await checkDiscovery(settings.provider);
  } catch (error) {
    door.log.error({ err: error }, "nobody can be sent to the identity provider");
    const location = `${settings.url}/sign-in?error=${error instanceof ProviderFault ? error.problem : "unexpected"}`;
    return new Response(null, { status: 302, headers: { location, "cache-control": "no-store" } });
  }
  // next-auth asks for its own token against forged posts. Nobody posts here: host, origin and Fetch Metadata were checked before.
  const token = randomBytes(32).toString("hex");
  const hash = createHash("sha256").update(`${token}${settings.secrets[0]}`).digest("hex");
  return run(settings, door, origin, {
    method: "POST",
    path: ["signin", "oidc"],
    query: {},
    cookies: { [cookieName(settings, "csrf")]: `${token}|${hash}` },
    body: { csrfToken: token, callbackUrl: returnTo },
  });
}

/** What the browser brings back from the provider: proves it, begins a session, and leads to where the person wanted to go. */
export async function finishSignIn(
  settings: AuthSettings,
  door: Door,
  origin: Origin,
  query: Readonly<Record<string, string>>,
  given: Readonly<Record<string, string>>,
): Promise<Response> {
  const own = ["pkce", "state", "nonce"].map((what) => cookieName(settings, what));
  const cookies = Object.fromEntries(own.flatMap((name) => (given[name] ? [[name, given[name]]] : [])));
  // One that next-auth cannot read would end every attempt: what is no path of ours leads to the first page.
  const returnTo = cookieName(settings, "return-to");
  cookies[returnTo] = settings.url + safePath(given[returnTo], settings.url);
  const ended = await run(settings, door, origin, {
    method: "GET",
    path: ["callback", "oidc"],
    query,
    cookies,
    body: {},
  });
  // next-auth has one code for every error of the provider; it never begins a session with one.
  if (query.error === "access_denied") ended.headers.set("location", `${settings.url}/sign-in?error=denied`);
  return ended;
}

/** One call of next-auth's handler, in the form of the pages router: the one that is given its cookies instead of reading them. */
async function run(settings: AuthSettings, door: Door, origin: Origin, asked: Asked): Promise<Response> {
  const headers = new Headers({ "cache-control": "no-store" });
  let status = 200;
  const request = { method: asked.method, headers: {}, cookies: asked.cookies, body: asked.body };
  const response = {
    status(code: number) {
      status = code;
      return response;
    },
    getHeader: (name: string) => (name === "Set-Cookie" ? headers.getSetCookie() : (headers.get(name) ?? undefined)),
    setHeader(name: string, value: string | string[]) {
      headers.delete(name);
      for (const one of [value].flat()) headers.append(name, one);
      return response;
    },
    end: () => response,
    send: () => response,
    json: () => response,
  };
  const parts = [
    { ...request, query: { ...asked.query, nextauth: [...asked.path] } },
    response,
    nextAuthOptions(settings, door, origin),
  ] as unknown as Parts;
  await NextAuth(...parts);
  headers.set("location", whereTo(settings, headers.get("location")));
  return new Response(null, { status: status >= 300 && status < 400 ? status : 302, headers });
}

/** Whatever went wrong leads back to the page, which has the words for it: next-auth's own pages are closed. */
function whereTo({ url }: AuthSettings, location: string | null): string {
  const to = new URL(location ?? "/api/auth/error?error=provider", url);
  if (to.origin !== new URL(url).origin) return to.toString();
  if (to.pathname.startsWith("/api/auth/")) return `${url}/sign-in?error=${problemCode(to.searchParams.get("error"))}`;
  if (to.pathname === "/sign-in" && to.searchParams.has("error"))
    to.searchParams.set("error", problemCode(to.searchParams.get("error")));
  return to.toString();
}
