import type { Ctx } from "@/lib/ctx.ts";
import { mayDo } from "./allow.ts";
import { listLiveSessions, type Session } from "./session-store.ts";

/**
 * Where somebody is signed in: oneself, or with the right anybody. @param idleSeconds after which a session is over.
 * @returns nothing for somebody else without the right.
 */
export async function listSessionsOf(
  { db, viewer, now }: Ctx,
  userKey: number,
  idleSeconds: number,
): Promise<Session[]> {
  if (viewer.userKey !== userKey && !mayDo(viewer, "users.manage")) return [];
  return listLiveSessions(db, userKey, now(), idleSeconds);
}
