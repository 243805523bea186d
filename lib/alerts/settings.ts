import type { Env } from "@/lib/env.ts";

/** What alerts need of the settings. */
export interface AlertSettings {
  /** Where the product is reached, without a slash at the end; empty: unknown, so messages have no links. */
  readonly url: string;
  /** Signs links to unsubscribe; null: nobody signs in, so there is nobody to send to. */
  readonly signingSecret: string | null;
  /** Addresses of alerts of rules that name no channel and no people. */
  readonly fallback: readonly string[];
}

export const alertSettingsOf = (env: Env): AlertSettings => ({
  url: env.NEXTAUTH_URL ?? "",
  signingSecret: env.NEXTAUTH_SECRET[0] ?? null,
  fallback: env.ALERT_EMAIL_TO,
});
