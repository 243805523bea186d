import { recordAct } from "@/lib/auth/audit-store.ts";
import { normaliseEmail } from "@/lib/auth/email.ts";
import { hashSecret, randomSecret } from "@/lib/auth/secret.ts";
import { dropEndedLinks, hasLinkSince, holdFailures, insertLink, saveFailures } from "@/lib/auth/session-store.ts";
import type { Door, Origin } from "@/lib/auth/sign-in.ts";
import { countedAddress, oneMore, waitSeconds } from "@/lib/auth/throttle.ts";
import { findUserByEmail } from "@/lib/auth/user-store.ts";
import type { Viewer } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";

/** How long a link holds that somebody asked for themselves. */
export const MAILED_LINK_SECONDS = 3600;
/** One person is sent a link at most as often. */
const PAUSE_SECONDS = 300;
const BY = "self";
/** The person of a link that was asked for and not sent; no person has this key. */
const NOBODY = -1;

export interface MailedLink {
  readonly email: string;
  /** What goes into the address; only its hash is stored. */
  readonly secret: string;
}

/**
 * A one-time link that somebody who forgot their password asks for, to be sent to their address. Null, which nobody may be shown: there
 * is no such person, they are disabled, sign in through the identity provider alone, or were sent one just now. Links that an
 * administrator sent stay valid, so that a stranger ends nothing by asking.
 * @throws AppError `busy` where too many were asked for from the same network address.
 */
export async function requestLink(door: Door, given: string, origin: Origin): Promise<MailedLink | null> {
  const email = addressOf(given);
  const subject = `mail:${countedAddress(origin.address)}`;
  const now = door.now();
  return door.db.write(async (tx) => {
    const before = await holdFailures(tx, subject, now);
    if (waitSeconds("address", before, now) > 0)
      throw new AppError("busy", "There were too many attempts. Try again later.");
    await saveFailures(tx, subject, oneMore(before, now));
    const user = await findUserByEmail(tx, email ?? "nobody");
    // Who signs in through the provider keeps to its rules: a link would go around them.
    const mayAsk = user && user.disabledAt === null && (user.passwordHash !== "" || user.subject === "");
    const isTooSoon = await hasLinkSince(tx, user?.key ?? NOBODY, BY, now - PAUSE_SECONDS);
    const found = mayAsk && !isTooSoon ? user : undefined;
    // The person who asks for nobody's link has the same statements run, with a link that has ended: the time says nothing.
    const secret = randomSecret();
    const link = { tokenHash: hashSecret(secret), userKey: found?.key ?? NOBODY, createdAt: now, createdBy: BY };
    await insertLink(tx, { ...link, expiresAt: found ? now + MAILED_LINK_SECONDS : now });
    await dropEndedLinks(tx, NOBODY, BY, now);
    const viewer: Viewer = { kind: "person", id: user?.email ?? "unknown", roles: [], projects: [] };
    const after = { act: found ? "link requested" : "link refused", address: origin.address };
    const act = {
      action: "session",
      subject: `user/${user?.key ?? 0}/session`,
      before: null,
      after,
      reason: "",
    } as const;
    await recordAct(tx, { viewer, now: door.now }, act);
    return found ? { email: found.email, secret } : null;
  });
}

function addressOf(given: string): string | null {
  try {
    return normaliseEmail(given);
  } catch {
    return null;
  }
}
