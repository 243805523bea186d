import { allow } from "@/lib/auth/allow.ts";
import { type AuditEntry, listActs } from "@/lib/auth/audit-store.ts";
import { listSessionsOf } from "@/lib/auth/devices.ts";
import { type GrantNames, listGrantNames } from "@/lib/auth/grant-names-load.ts";
import { isLapsed } from "@/lib/auth/groups/group-terms.ts";
import type { Session } from "@/lib/auth/session-store.ts";
import { listTokens, type TokenRow } from "@/lib/auth/tokens.ts";
import { listGrants, listNames, listUsers, type StoredGrant } from "@/lib/auth/user-store.ts";
import { getUser, type PersonRow, personOf } from "@/lib/auth/users.ts";
import type { Ctx } from "@/lib/ctx.ts";

/** A grant, and whether it counts in sessions of the provider alone. */
export type HeldGrant = StoredGrant & { readonly lapsed: boolean };

export interface People {
  /** By e-mail address, disabled people included. */
  readonly rows: readonly (PersonRow & { readonly grants: readonly HeldGrant[] })[];
  readonly names: GrantNames;
}

/** Everybody with their roles. @throws AppError `forbidden`. */
export async function loadPeople(ctx: Ctx): Promise<People> {
  allow(ctx.viewer, "users.manage");
  const [users, grants, names] = await Promise.all([listUsers(ctx.db), listGrants(ctx.db), listGrantNames(ctx.db)]);
  const byKey = Map.groupBy(grants, (g) => g.userKey);
  return { rows: users.map((u) => ({ ...personOf(u), grants: heldBy(u, byKey.get(u.key) ?? [], ctx) })), names };
}

const heldBy = (person: Pick<PersonRow, "vouchedAt">, grants: readonly StoredGrant[], { now }: Ctx): HeldGrant[] =>
  grants.map((grant) => ({ ...grant, lapsed: isLapsed(grant, person, now()) }));

export interface PersonDetail {
  readonly person: PersonRow;
  readonly grants: readonly HeldGrant[];
  readonly names: GrantNames;
  /** Names under which the person submits workloads. */
  readonly submitters: readonly string[];
  readonly sessions: readonly Session[];
  readonly tokens: readonly TokenRow[];
  /** What was done to the person, and their sign-ins, newest first. */
  readonly acts: readonly AuditEntry[];
}

const MOST_ACTS = 20;

/** One person. @param idleSeconds after which a session is over. @throws AppError `forbidden`; `not_found`. */
export async function loadPerson(ctx: Ctx, key: number, idleSeconds: number): Promise<PersonDetail> {
  allow(ctx.viewer, "users.manage");
  const person = personOf(await getUser(ctx.db, key));
  const [grants, names, submitters, sessions, tokens, acts] = await Promise.all([
    listGrants(ctx.db, key),
    listGrantNames(ctx.db),
    listNames(ctx.db, key),
    listSessionsOf(ctx, key, idleSeconds),
    listTokens(ctx, true),
    listActs(ctx.db, MOST_ACTS, `user/${key}`),
  ]);
  const own = tokens.filter((t) => t.userKey === key);
  return { person, grants: heldBy(person, grants, ctx), names, submitters, sessions, tokens: own, acts };
}
