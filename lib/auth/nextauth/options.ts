import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import type { NextAuthOptions } from "next-auth";
import type { OAuthConfig } from "next-auth/providers/oauth";
import { signInWithProvider } from "@/lib/auth/provider.ts";
import { safePath } from "@/lib/auth/safe-path.ts";
import { cookieName, cookieOptions } from "@/lib/auth/session-cookie.ts";
import type { AuthSettings, ProviderSettings } from "@/lib/auth/settings.ts";
import type { Door, Origin } from "@/lib/auth/sign-in.ts";
import { AppError } from "@/lib/errors.ts";
import { claimsOf } from "./claims.ts";
import { decodeAny } from "./cookie.ts";

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
      error: (code) => door.log.warn({ code }, "sign-in through the provider failed"),
      warn: () => undefined,
      debug: () => undefined,
    },
    callbacks: {
      /** Provisions the person and begins the session. The reason of a refusal goes to the page as a code, never as text in the address. */
      async signIn({ user, profile }) {
        try {
          const claims = claimsOf((profile ?? {}) as Profile, provider?.issuer ?? "", provider?.groupsClaim ?? "");
          const started = await signInWithProvider(door, claims, settings.provisioning, origin, limits);
          Object.assign(user, { sid: started.id, userKey: started.userKey });
          return true;
        } catch (error) {
          if (!(error instanceof AppError) || error.code === "internal") throw error;
          door.log.warn({ reason: error.message }, "sign-in through the provider was refused");
          return `/sign-in?error=${error.message.includes("disabled") ? "disabled" : "no-access"}`;
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
        const [, payload = ""] = (tokens.id_token ?? "").split(".");
        const fromToken = payload ? (JSON.parse(Buffer.from(payload, "base64url").toString()) as Profile) : {};
        return { ...fromToken, ...(await client.userinfo(tokens.access_token ?? "")) };
      },
    },
    profile: (profile) => ({ id: String(profile.sub ?? "") }),
  } as OAuthConfig<Profile>;
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
