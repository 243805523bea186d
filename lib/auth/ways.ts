/** How somebody can sign in, in words. @param provider what the identity provider is called; null: there is no provider. */
export const waysToSignIn = (
  { hasPassword, subject }: { readonly hasPassword: boolean; readonly subject: string },
  provider: string | null = "identity provider",
): string => [hasPassword && "password", subject !== "" && provider].filter(Boolean).join(", ") || "one-time link";

/** The address of a one-time link. @param base of the ledger, without a slash at its end. */
export const linkAddress = (base: string, secret: string): string =>
  `${base}/sign-in/link?token=${encodeURIComponent(secret)}`;
