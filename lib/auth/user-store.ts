import { type Reader, sql, type Tx } from "@/db/client.ts";
import { inList } from "@/db/in-list.ts";
import { grants, userNames, users } from "@/db/schema/index.ts";
import { AppError } from "@/lib/errors.ts";
import type { Instant } from "@/lib/time.ts";
import type { Grant, Role } from "./types.ts";

export interface User {
  readonly key: number;
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string;
  readonly issuer: string;
  readonly subject: string;
  readonly createdAt: Instant;
  readonly createdBy: string;
  readonly disabledAt: Instant | null;
  readonly lastSeenAt: Instant | null;
  /** When the identity provider last vouched for the person; null: it never has. */
  readonly vouchedAt: Instant | null;
}

/** A grant as it is stored, with where it comes from. */
export interface StoredGrant extends Grant {
  readonly userKey: number;
  /** `direct`, or `group:<name>`. */
  readonly origin: string;
}

const USER =
  sql.raw(`u.key, u.email, u.name, u.password_hash as "passwordHash", u.issuer, u.subject, u.created_at as "createdAt",
  u.created_by as "createdBy", u.disabled_at as "disabledAt", u.last_seen_at as "lastSeenAt",
  u.vouched_at as "vouchedAt"`);
const GRANT = sql.raw(
  `g.user_key as "userKey", g.role, g.team_key as "teamKey", g.project_key as "projectKey", g.origin`,
);

/** Everybody, disabled people included, by e-mail address. */
export const listUsers = (db: Reader): Promise<User[]> => db.all(sql`select ${USER} from ${users} u order by u.email`);

export const findUser = (db: Reader, key: number): Promise<User | undefined> =>
  db.find(sql`select ${USER} from ${users} u where u.key = ${key}`);

/** @param email normalised. */
export const findUserByEmail = (db: Reader, email: string): Promise<User | undefined> =>
  db.find(sql`select ${USER} from ${users} u where u.email = ${email}`);

/** Whom an identity provider means: by issuer and subject, never by an address that may change hands. */
export const findUserByIdentity = (db: Reader, issuer: string, subject: string): Promise<User | undefined> =>
  db.find(sql`select ${USER} from ${users} u where u.issuer = ${issuer} and u.subject = ${subject}`);

export interface NewUser {
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string;
  readonly issuer: string;
  readonly subject: string;
}

/** @returns the key. */
export async function insertUser(tx: Tx, user: NewUser, by: string, now: Instant): Promise<number> {
  await tx.insert(users, [{ ...user, createdAt: now, createdBy: by }]);
  return (await findUserByEmail(tx, user.email))?.key ?? 0;
}

/** Sets one column: a row that was read earlier never overwrites what others have changed since. */
export async function setPasswordHash(tx: Tx, key: number, passwordHash: string): Promise<void> {
  await tx.run(sql`update ${users} set password_hash = ${passwordHash} where key = ${key}`);
}

export async function setDisabledAt(tx: Tx, key: number, disabledAt: Instant | null): Promise<void> {
  await tx.run(sql`update ${users} set disabled_at = ${disabledAt} where key = ${key}`);
}

export async function setIdentity(tx: Tx, key: number, issuer: string, subject: string): Promise<void> {
  await tx.run(sql`update ${users} set issuer = ${issuer}, subject = ${subject} where key = ${key}`);
}

/** The provider vouches for a person now: what its groups give counts from here on. */
export async function markVouched(tx: Tx, key: number, now: Instant): Promise<void> {
  await tx.run(sql`update ${users} set vouched_at = ${now} where key = ${key}`);
}

/** @param email normalised, and nobody else's. */
export async function setProfile(tx: Tx, key: number, email: string, name: string): Promise<void> {
  await tx.run(sql`update ${users} set email = ${email}, name = ${name} where key = ${key}`);
}

export async function markSeen(tx: Tx, key: number, now: Instant): Promise<void> {
  await tx.run(sql`update ${users} set last_seen_at = ${now} where key = ${key}`);
}

/** Grants of one person, or of everybody. */
export function listGrants(db: Reader, userKey?: number): Promise<StoredGrant[]> {
  const of = userKey === undefined ? sql`` : sql`where g.user_key = ${userKey}`;
  return db.all(
    sql`select ${GRANT} from ${grants} g ${of} order by g.user_key, g.role, g.team_key, g.project_key, g.origin`,
  );
}

/** Replaces the grants of a person that have one kind of origin: direct ones, or those of groups. */
export async function replaceGrants(
  tx: Tx,
  userKey: number,
  kind: "direct" | "group",
  list: readonly (Grant & { readonly origin: string })[],
  by: string,
  now: Instant,
): Promise<void> {
  const which = kind === "direct" ? sql`origin = 'direct'` : sql`origin <> 'direct'`;
  await tx.run(sql`delete from ${grants} where user_key = ${userKey} and ${which}`);
  await tx.insert(
    grants,
    list.map(({ role, teamKey, projectKey, origin }) => ({
      ...{ userKey, role, teamKey, projectKey, origin },
      ...{ grantedAt: now, grantedBy: by },
    })),
    { target: [grants.userKey, grants.role, grants.teamKey, grants.projectKey, grants.origin], update: [] },
  );
}

export async function listNames(db: Reader, userKey: number): Promise<string[]> {
  const rows = await db.all<{ name: string }>(
    sql`select name from ${userNames} where user_key = ${userKey} order by name`,
  );
  return rows.map((r) => r.name);
}

/** Replaces the names of a person. @throws AppError `conflict` where one became another person's meanwhile. */
export async function replaceNames(tx: Tx, userKey: number, names: readonly string[]): Promise<void> {
  await tx.run(sql`delete from ${userNames} where user_key = ${userKey}`);
  await claimNames(tx, userKey, names);
  const held = new Set(await listNames(tx, userKey));
  const lost = names.find((name) => !held.has(name));
  if (lost !== undefined) throw new AppError("conflict", `"${lost}" was given to another person meanwhile. Try again.`);
}

/** Gives a person names that are nobody's; those of other people stay theirs. A name has one person: the index of the table holds it. */
export async function claimNames(tx: Tx, userKey: number, names: readonly string[]): Promise<void> {
  await tx.insert(
    userNames,
    [...new Set(names)].map((name) => ({ userKey, name })),
    { target: [userNames.name], update: [] },
  );
}

/** Other people who have some of these names, each with the name. */
export async function othersNamed(
  db: Reader,
  userKey: number,
  names: readonly string[],
): Promise<{ readonly name: string; readonly email: string }[]> {
  return db.all(sql`select n.name, u.email from ${userNames} n join ${users} u on u.key = n.user_key
    where n.name in ${inList(names)} and n.user_key <> ${userKey} order by n.name`);
}

/** Of grants `g` of people `u`: the direct ones, and those by groups of people for whom the provider vouched then or later. */
export const grantsHeldSince = (since: Instant) => sql`(g.origin = 'direct' or coalesce(u.vouched_at, 0) >= ${since})`;

/**
 * How many people who are not disabled hold one of some roles. @param except a person not to count.
 * @param groupsSince roles by groups count only of people for whom the provider vouched then or later; by default whenever.
 */
export async function countWithRole(
  db: Reader,
  roles: readonly Role[],
  { except = 0, groupsSince = 0 }: { readonly except?: number; readonly groupsSince?: Instant } = {},
): Promise<number> {
  const list = sql.join(
    roles.map((role) => sql`${role}`),
    sql`, `,
  );
  const row = await db.find<{ people: number }>(sql`select cast(count(distinct g.user_key) as bigint) as people
    from ${grants} g join ${users} u on u.key = g.user_key
    where u.disabled_at is null and g.user_key <> ${except} and g.role in (${list})
      and ${grantsHeldSince(groupsSince)}`);
  return row?.people ?? 0;
}

export async function countUsers(db: Reader): Promise<number> {
  return (await db.find<{ n: number }>(sql`select cast(count(*) as bigint) as n from ${users}`))?.n ?? 0;
}
