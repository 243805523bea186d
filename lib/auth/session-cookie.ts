/** `__Host-`: no other host can set it, and it never travels without https. On plain http (this machine) browsers refuse that prefix. */
export const cookieName = ({ secure }: { readonly secure: boolean }, what = "session"): string =>
  `${secure ? "__Host-" : ""}gpu-ledger.${what}`;

export const cookieOptions = ({ secure }: { readonly secure: boolean }) =>
  ({ httpOnly: true, sameSite: "lax", path: "/", secure }) as const;
