import type { ProviderProblem } from "@/lib/auth/nextauth/problems.ts";

/** What went wrong on the way in, by the code in the address: words never travel in an address. */
const PROBLEMS = {
  refused: "The e-mail address or the password is wrong.",
  wait: "There were too many attempts. Wait a minute, then try again.",
  link: "This link was used already, or has expired. Ask for another one.",
  password: "A password has 12 to 200 characters, at least 5 of them different.",
  "no-access": "You have no access to this ledger yet. Ask an administrator to invite you.",
  unverified: "Your identity provider does not report your e-mail address as verified. Ask an administrator.",
  disabled: "Your account is disabled. Ask an administrator.",
  provider:
    "The identity provider did not complete the sign-in. Try again; if it stays, ask an administrator to look at the log.",
  Callback: "The identity provider did not complete the sign-in. Try again.",
  OAuthSignin: "The identity provider could not be reached. Try again in a moment.",
  OAuthCallback: "The identity provider did not complete the sign-in. Try again.",
  unexpected: "The server could not do that. Its log says why.",
} as const satisfies Record<string, string> & Readonly<Record<ProviderProblem, string>>;

export const problemOf = (code: string | undefined): string | null =>
  code === undefined
    ? null
    : Object.hasOwn(PROBLEMS, code)
      ? PROBLEMS[code as keyof typeof PROBLEMS]
      : PROBLEMS.provider;
