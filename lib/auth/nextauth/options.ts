import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import type { NextAuthOptions } from "next-auth";
import type { OAuthConfig } from "next-auth/providers/oauth";
import { signInWithProvider } from "@/lib/auth/provider.ts";
import { ProviderRefusal } from "@/lib/auth/provisioning/claims.ts";
import { safePath } from "@/lib/auth/safe-path.ts";
import { cookieName, cookieOptions } from "@/lib/auth/session-cookie.ts";
import type { AuthSettings, ProviderSettings } from "@/lib/auth/settings.ts";
import type { Door, Origin } from "@/lib/auth/sign-in.ts";
import { AppError } from "@/lib/errors.ts";
import { claimsOf } from "./claims.ts";
import { decodeAny } from "./cookie.ts";
import { assertIssuer } from "./discovery.ts";
import type { ProviderProblem } from "./problems.ts";

type Profile = Record<string, unknown>;

/**
 * next-auth for one request: the exchange with the identity provider, and nothing else. Its token carries the id of a session of
 * ours; who that is, and whether it still holds, is asked of the database on every request.
 */
export function nextAuthOptions(settings: AuthSettings, door: Door, origin: Origin): NextAuthOptions {
  const { provider, secrets, limits } = settings;
  return {
    providers: provider ? [oidc(provider)] : [],
    secret: secrets[0],
    session: { strategy: "jwt", maxAge: limits.lifetimeSeconds },
    jwt: { maxAge: limits.lifetimeSeconds, decode: ({ token }) => decodeAny(secrets, token) },
    cookies: cookies(settings),
    pages: { signIn: "/sign-in", error: "/sign-in", signOut: "/sign-in" },
    logger: {
      error: (code, about) =>
        door.log.warn({ code, err: causeOf(about), ...descriptionOf(about) }, "sign-in through the provider failed"),
      warn: () => undefined,
      debug: () => undefined,
    },
    callbacks: {
      /** Provisions the person and begins the session. The reason of a refusal goes to the page as a code, never as text in the address. */
      async signIn({ user, profile }) {
        try {
          const { issuer = "", groupsClaim = "", trustsEmail = false } = provider ?? {};
          const claims = claimsOf((profile ?? {}) as Profile, issuer, groupsClaim, trustsEmail);
          const started = await signInWithProvider(door, claims, settings.provisioning, origin, limits);
          Object.assign(user, { sid: started.id, userKey: started.userKey });
          return true;
        } catch (error) {
          // Never thrown on: next-auth would put the message into the address, and log nothing.
          return `/sign-in?error=${refusalOf(error, door.log)}`;
        }
      },
      jwt({ token, user }) {
        const given = user as { sid?: string; userKey?: number } | undefined;
        return given?.sid ? { sid: given.sid, sub: String(given.userKey) } : { sid: token.sid, sub: token.sub ?? "" };
      },
      session: () => ({ expires: "" }),
      redirect: ({ url }) => settings.url + safePath(url, settings.url),
    },
  };
}

/** next-auth gives the error itself, or an object that holds it. */
const causeOf = (about: unknown): unknown =>
  about instanceof Error ? about : ((about as { error?: unknown } | undefined)?.error ?? about);

/** What the provider says besides its code, such as the policy that refused somebody. */
function descriptionOf(about: unknown): { readonly description?: string } {
  const text = (about as { error_description?: unknown } | undefined)?.error_description;
  return typeof text === "string" ? { description: text.slice(0, 500) } : {};
}

function refusalOf(error: unknown, log: Door["log"]): ProviderProblem {
  if (!(error instanceof AppError) || error.code === "internal") {
    log.error({ err: error }, "sign-in through the provider failed");
    return "unexpected";
  }
  // On record already, with who it was.
  if (error instanceof ProviderRefusal) return error.reason;
  log.warn({ reason: error.message }, "sign-in through the provider was refused");
  return "no-access";
}

/** A provider by its discovery document. Groups may be in the ID token or in the answer of userinfo: both are read. */
function oidc(provider: ProviderSettings): OAuthConfig<Profile> {
  const { issuer, clientId, clientSecret, name, scopes, timeoutMs, caFile } = provider;
  const agent = caFile ? new Agent({ ca: readFileSync(caFile) }) : undefined;
  return {
    ...{ id: "oidc", name, type: "oauth", clientId, clientSecret, issuer },
    wellKnown: `${issuer}/.well-known/openid-configuration`,
    checks: ["pkce", "state", "nonce"],
    authorization: { params: { scope: scopes } },
    idToken: true,
    httpOptions: { timeout: timeoutMs, ...(agent ? { agent } : {}) },
    userinfo: {
      async request({ client, tokens }) {
        // The set, not the access token alone: the client then refuses an answer about anybody but the subject of the ID token.
        const set = tokens as Exclude<Parameters<typeof client.userinfo>[0], string>;
        const proved: Profile = set.claims();
        assertIssuer(provider, client.issuer.metadata.issuer);
        if (!client.issuer.metadata.userinfo_endpoint || !set.access_token) return proved;
        return joined(proved, await client.userinfo(set));
      },
    },
    profile: (profile) => ({ id: String(profile.sub ?? "") }),
  } as OAuthConfig<Profile>;
}

/** Who somebody is comes from the ID token; an address and whether it is verified come from the same answer. */
function joined(proved: Profile, { email, email_verified, ...more }: Profile): Profile {
  const { iss, sub } = proved;
  return { ...proved, ...more, ...(email === undefined ? {} : { email, email_verified }), iss, sub };
}

/** Own names, `__Host-` behind https: a sibling host can neither set them nor be taken for us. */
function cookies(settings: AuthSettings): NonNullable<NextAuthOptions["cookies"]> {
  const one = (what: string, maxAge?: number) => ({
    name: cookieName(settings, what),
    options: { ...cookieOptions(settings), ...(maxAge ? { maxAge } : {}) },
  });
  return {
    sessionToken: one("session"),
    csrfToken: one("csrf"),
    callbackUrl: one("return-to"),
    pkceCodeVerifier: one("pkce", 900),
    state: one("state", 900),
    nonce: one("nonce", 900),
  };
}
