import type { RefusalReason } from "@/lib/auth/provisioning/claims.ts";

/**
 * Everything that the way back from a provider may say in the address of the sign-in page; the page has the words for each. Other texts, such
 * as the message of an error, never get there.
 */
const CODES = [
  "no-access",
  "no-admin",
  "no-email",
  "other-account",
  "disabled",
  "unverified",
  "denied",
  "issuer",
  "no-discovery",
  "certificate",
  "provider",
  "Callback",
  "OAuthSignin",
  "OAuthCallback",
  "unexpected",
] as const;
export type ProviderProblem = (typeof CODES)[number] | RefusalReason;

/** A code as it is; anything else becomes `provider`. */
export const problemCode = (given: string | null): ProviderProblem =>
  CODES.find((code) => code === given) ?? "provider";
