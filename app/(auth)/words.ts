import type { ProviderProblem } from "@/lib/auth/nextauth/problems.ts";
import { AppError } from "@/lib/errors.ts";

/** What went wrong on the way in, by the code in the address: words never travel in an address. */
const PROBLEMS = {
  refused: "The e-mail address or the password is wrong.",
  wait: "There were too many attempts. Wait a minute, then try again.",
  link: "This link was used already, or has expired. Ask for another one.",
  password: "A password has 12 to 200 characters, at least 5 of them different.",
  email: "This is not an e-mail address. Write it like ada@example.com.",
  name: "A name has at most 200 characters, without line breaks or other control characters.",
  "has-admin": "This ledger has an administrator already. Sign in, or ask them to invite you.",
  "no-access": "You have no access to this ledger yet. Ask an administrator to invite you.",
  "no-admin": "Only the first administrator can sign in now.",
  "no-email": "The identity provider did not report your e-mail address. Ask an administrator.",
  "other-account":
    "The account with your e-mail address belongs to another way of signing in. Sign in that way, or ask an administrator to let the identity provider take it.",
  unverified: "Your identity provider does not report your e-mail address as verified. Ask an administrator.",
  disabled: "Your account is disabled. Ask an administrator.",
  denied:
    "The identity provider refused the sign-in, or you cancelled it there. Ask an administrator of the provider for access to this application.",
  issuer:
    "The identity provider calls itself by another name than this server expects. Ask an administrator to look at the log.",
  "no-discovery":
    "There is no identity provider at the address that this server has. Ask an administrator to look at the log.",
  certificate:
    "This server does not trust the certificate of the identity provider. Ask an administrator to look at the log.",
  provider:
    "The identity provider did not complete the sign-in. Try again; if it stays, ask an administrator to look at the log.",
  Callback: "The identity provider did not complete the sign-in. Try again.",
  OAuthSignin: "The identity provider could not be reached. Try again in a moment.",
  OAuthCallback: "The identity provider did not complete the sign-in. Try again.",
  welcome: "This link for the first administrator was used, or is replaced: each start of the server prints another.",
  unexpected: "The server could not do that. Its log says why.",
} as const satisfies Record<string, string> & Readonly<Record<ProviderProblem, string>>;

export const problemOf = (code: string | undefined): string | null =>
  code === undefined
    ? null
    : Object.hasOwn(PROBLEMS, code)
      ? PROBLEMS[code as keyof typeof PROBLEMS]
      : PROBLEMS.provider;

/** Problems of one field, which is called as the code. */
const FIELDS = ["email", "name", "password"] as const;

/**
 * The code of an error that somebody can do something about; null: it is the server's. @param conflict what a conflict means to the act: where
 * it has no meaning, it is the store that is busy.
 */
export function codeOfError(error: unknown, conflict: "has-admin" | null = null): keyof typeof PROBLEMS | null {
  if (!(error instanceof AppError)) return null;
  switch (error.code) {
    case "unauthenticated":
      return "refused";
    case "busy":
      return "wait";
    case "conflict":
      return conflict;
    case "invalid":
      return FIELDS.find((field) => Object.hasOwn(error.fields ?? {}, field)) ?? "password";
    default:
      return null;
  }
}

/** The same problem where its field is; null where the code is about no field. */
export function fieldProblemOf(code: string | undefined): Readonly<Record<string, string>> | null {
  const field = FIELDS.find((name) => name === code);
  return field ? { [field]: PROBLEMS[field] } : null;
}
