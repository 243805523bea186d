import type { Env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import { isLoopback } from "@/lib/hosts.ts";
import type { ProvisioningSettings } from "./provider.ts";
import type { SessionLimits } from "./sign-in.ts";

/** How people sign in, as the settings say. */
export interface AuthSettings {
  /** Where the product is reached, without a slash at the end. */
  readonly url: string;
  /** The first signs, all are read. */
  readonly secrets: readonly [string, ...string[]];
  /** Reached by https: cookies are `Secure`, and browsers are asked to stay with https. */
  readonly secure: boolean;
  readonly password: boolean;
  readonly provider: ProviderSettings | null;
  readonly limits: SessionLimits;
  readonly provisioning: ProvisioningSettings;
  /** Personas can be signed in with one click: of the demo alone, on this machine alone. */
  readonly demo: boolean;
}

export interface ProviderSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly name: string;
  readonly scopes: string;
  readonly groupsClaim: string;
  /** Its addresses count as verified where it does not say either way. */
  readonly trustsEmail: boolean;
  readonly caFile: string | null;
  readonly timeoutMs: number;
}

/**
 * How people sign in; null: they do not, anyone who sits at the machine may do everything (`AUTH=off`).
 * @throws AppError `invalid` naming the settings that are missing, and what to do.
 */
export function authSettings(env: Env): AuthSettings | null {
  if (!env.AUTH) {
    if (!isLoopback(env.HOST))
      throw new AppError(
        "invalid",
        `AUTH=off works on this machine alone, and HOST is ${env.HOST}. Set HOST=127.0.0.1, or AUTH=on with NEXTAUTH_URL and NEXTAUTH_SECRET.`,
      );
    const names = publicNames(env);
    if (names.length)
      throw new AppError(
        "invalid",
        `AUTH=off works on this machine alone, and people reach it as ${names.join(", ")} (NEXTAUTH_URL, ALLOWED_HOSTS): anyone who does so may do everything. Set AUTH=on, or take the name away.`,
      );
    return null;
  }
  const { NEXTAUTH_URL: url, NEXTAUTH_SECRET: secrets } = env;
  const missing = [...(url ? [] : ["NEXTAUTH_URL"]), ...(secrets.length ? [] : ["NEXTAUTH_SECRET"])];
  if (!url || missing.length)
    throw new AppError(
      "invalid",
      `People sign in to GPU Ledger, and ${missing.join(" and ")} ${missing.length > 1 ? "are" : "is"} not set:
  NEXTAUTH_URL     where it is reached, such as http://127.0.0.1:3000 or https://gpu.example.com
  NEXTAUTH_SECRET  a random text: openssl rand -base64 32
To try it on this machine without sign-in, set AUTH=off. See docs/sign-in.md.`,
    );
  const provider = providerOf(env);
  if (!provider && !env.PASSWORD_SIGN_IN)
    throw new AppError("invalid", "PASSWORD_SIGN_IN=off leaves no way to sign in: set OIDC_ISSUER, or turn it on.");
  const secure = url.startsWith("https:");
  if (!secure && !isLoopback(env.HOST))
    throw new AppError(
      "invalid",
      "NEXTAUTH_URL must be an https:// address when HOST is not this machine alone: passwords would travel in the clear.",
    );
  return {
    ...{ url, secrets: secrets as [string, ...string[]], secure, password: env.PASSWORD_SIGN_IN, provider },
    limits: { idleSeconds: env.SESSION_IDLE, lifetimeSeconds: env.SESSION_LIFETIME },
    provisioning: {
      domains: env.OIDC_ALLOWED_DOMAINS,
      defaultRole: env.OIDC_DEFAULT_ROLE === "none" ? null : env.OIDC_DEFAULT_ROLE,
      firstAdmin: env.FIRST_ADMIN_EMAIL.trim().toLowerCase(),
    },
    demo: env.DEMO && isLoopback(env.HOST) && publicNames(env).length === 0,
  };
}

/** Names by which others than this machine reach the server, such as through a proxy on it. */
function publicNames({ NEXTAUTH_URL: url, ALLOWED_HOSTS: hosts }: Env): string[] {
  const named = url && URL.canParse(url) ? [new URL(url).hostname, ...hosts] : hosts;
  return [...new Set(named)].filter((name) => !isLoopback(name.replace(/^\[|\]$/g, "")));
}

function providerOf(env: Env): ProviderSettings | null {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = env;
  if (!issuer || !clientId || !clientSecret) return null;
  return {
    ...{ issuer, clientId, clientSecret, name: env.OIDC_NAME, scopes: env.OIDC_SCOPES },
    ...{
      groupsClaim: env.OIDC_GROUPS_CLAIM,
      trustsEmail: env.OIDC_TRUST_EMAIL,
      caFile: env.OIDC_CA_FILE ?? null,
      timeoutMs: env.OIDC_TIMEOUT,
    },
  };
}
