import type { Tx } from "@/db/client.ts";
import { allow } from "@/lib/auth/allow.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import { replaceLink, revokeSessions, takeLink } from "@/lib/auth/session-store.ts";
import { getUser } from "@/lib/auth/users.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import type { Instant } from "@/lib/time.ts";

/** How long an administrator's permission for the provider to take an account holds, in seconds. */
export const TAKEOVER_SECONDS = 7 * 86_400;

/** Kept beside the one-time links, so that what ends those ends it, too. It is no hash: no secret in an address can stand for it. */
const placeOf = (userKey: number): string => `provider:${userKey}`;

/**
 * Lets the next sign-in of the provider with the verified address of a person take their account, once: for people who have a password,
 * or whom another issuer knows. Their sessions end. It ends where it is used, and with the other one-time links of the person.
 * @returns until when. @throws AppError `forbidden`; `not_found`; `conflict` for a disabled person.
 */
export async function allowTakeover(ctx: Ctx, userKey: number, reason = ""): Promise<Instant> {
  allow(ctx.viewer, "users.manage");
  const expiresAt = ctx.now() + TAKEOVER_SECONDS;
  await ctx.db.write(async (tx) => {
    const user = await getUser(tx, userKey);
    if (user.disabledAt !== null) throw new AppError("conflict", `${user.email} is disabled: enable them first.`);
    const place = { tokenHash: placeOf(userKey), userKey };
    await replaceLink(tx, { ...place, createdAt: ctx.now(), createdBy: ctx.viewer.id, expiresAt });
    const ended = await revokeSessions(tx, userKey, ctx.now());
    await recordAct(tx, ctx, {
      action: "users.manage",
      subject: `user/${userKey}`,
      before: null,
      after: { provider: "may take the account at its next sign-in", expiresAt, sessionsEnded: ended },
      reason,
    });
  });
  return expiresAt;
}

/** Uses the permission. @returns whether there was one. */
export const takeTakeover = (tx: Tx, userKey: number, now: Instant): Promise<boolean> =>
  takeLink(tx, placeOf(userKey), now);
