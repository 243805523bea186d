import type { Reader } from "@/db/client.ts";
import type { Ctx, Viewer } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { type Action, orRoles, permissionOf } from "./permissions.ts";
import { needTeam } from "./visible-teams.ts";

/** Whether a viewer may do something: by role, and with a token by its scopes too. */
export function mayDo({ roles, scopes, ceiling = roles }: Viewer, action: Action): boolean {
  const { roles: needed, scope } = permissionOf(action);
  if (scopes && !(scope && scopes.includes(scope))) return false;
  return needed.some((role) => roles.includes(role)) && needed.some((role) => ceiling.includes(role));
}

/** The first line of every verb. @throws AppError `forbidden` that names the act, and who may do it. */
export function allow(viewer: Viewer, action: Action): void {
  if (!mayDo(viewer, action)) throw refusal(viewer, action);
}

/** Why a viewer may not do something, and who may. */
export function refusal(viewer: Viewer, action: Action): AppError {
  const { words, roles, scope } = permissionOf(action);
  const byRole = roles.some((role) => viewer.roles.includes(role));
  if (byRole && viewer.scopes && !(scope && viewer.scopes.includes(scope)))
    return new AppError(
      "forbidden",
      scope
        ? `This token may not ${words}: it lacks the scope "${scope}".`
        : `A token may not ${words}: sign in to do it.`,
    );
  return new AppError(
    "forbidden",
    `You may not ${words}: that needs the role ${orRoles(roles)}. Ask an administrator.`,
  );
}

type Asking = Pick<Ctx, "db" | "viewer">;

/**
 * The store, for reading what an action allows. Code in `app/` has no other way to it than a loader that takes the whole context, or this:
 * scripts/check-layers.ts holds it to that (docs/decisions/0061). @throws AppError `forbidden`.
 */
export function readerFor({ db, viewer }: Asking, action: Action): Reader {
  allow(viewer, action);
  return db;
}

/** The same, for reading one team. @throws AppError `not_found` where the viewer does not see it. */
export function readerOfTeam({ db, viewer }: Asking, teamKey: number): Reader {
  needTeam(viewer, teamKey);
  return db;
}

/** The same, for reading the viewer's own account. @throws AppError `forbidden` for that of somebody else. */
export function readerOfOwn({ db, viewer }: Asking, userKey: number): Reader {
  if (viewer.userKey !== userKey) throw new AppError("forbidden", "This is the account of somebody else.");
  return db;
}

/** Key of the person who acts on their own account. @param words what they do, as in "Sign in to …". @throws AppError `forbidden` for the machine and for tokens. */
export function ownKey({ kind, userKey }: Viewer, words: string): number {
  if (kind !== "person" || userKey === undefined) throw new AppError("forbidden", `Sign in to ${words}.`);
  return userKey;
}
