import { decode, encode, type JWT } from "next-auth/jwt";
import type { AuthSettings } from "@/lib/auth/settings.ts";

type Signing = Pick<AuthSettings, "secure" | "secrets">;

/** What the cookie carries, and all of it: the session's id and the person's key. Roles come from the database. */
export interface Ticket {
  readonly sid: string;
  readonly userKey: number;
}

/** The cookie's text. @param maxAge seconds until the session ends at the latest. */
export function sealTicket({ secrets }: Signing, { sid, userKey }: Ticket, maxAge: number): Promise<string> {
  return encode({ token: { sid, sub: String(userKey) }, secret: secrets[0], maxAge });
}

/** What a cookie says, whichever of the secrets signed it; null for anything else. */
export async function openTicket({ secrets }: Signing, text: string): Promise<Ticket | null> {
  const token = await decodeAny(secrets, text);
  const userKey = Number(token?.sub);
  return token && typeof token.sid === "string" && Number.isInteger(userKey) ? { sid: token.sid, userKey } : null;
}

/** Reads what any of the secrets signed: one can be replaced while people are signed in. */
export async function decodeAny(secrets: readonly string[], text: string | undefined): Promise<JWT | null> {
  if (!text || text.length > 4096) return null;
  for (const secret of secrets) {
    try {
      const token = await decode({ token: text, secret });
      if (token) return token;
    } catch {
      // Of another secret, of another time, or forged: the next one may read it.
    }
  }
  return null;
}
