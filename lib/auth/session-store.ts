import { type Reader, sql, type Tx } from "@/db/client.ts";
import { sessions, signInFailures, signInLinks, users } from "@/db/schema/index.ts";
import type { Instant } from "@/lib/time.ts";
import { type Failures, FORGOTTEN_AFTER_SECONDS } from "./throttle.ts";
import { revokeApiTokensOf } from "./token-store.ts";
import type { SessionMethod } from "./types.ts";

export interface Session {
  readonly idHash: string;
  readonly userKey: number;
  readonly method: SessionMethod;
  readonly createdAt: Instant;
  readonly lastSeenAt: Instant;
  readonly endsAt: Instant;
  readonly revokedAt: Instant | null;
  readonly address: string;
  readonly agent: string;
}

const SESSION = sql.raw(`s.id_hash as "idHash", s.user_key as "userKey", s.method, s.created_at as "createdAt",
  s.last_seen_at as "lastSeenAt", s.ends_at as "endsAt", s.revoked_at as "revokedAt", s.address, s.agent`);

/** A session that holds now: not revoked, not ended, not idle for too long, of a person who is not disabled. */
export function findLiveSession(
  db: Reader,
  idHash: string,
  now: Instant,
  idleSeconds: number,
): Promise<Session | undefined> {
  return db.find(sql`select ${SESSION} from ${sessions} s join ${users} u on u.key = s.user_key
    where s.id_hash = ${idHash} and s.revoked_at is null and s.ends_at > ${now} and s.last_seen_at > ${now - idleSeconds}
      and u.disabled_at is null`);
}

/** Sessions of a person that hold, newest first. */
export function listLiveSessions(db: Reader, userKey: number, now: Instant, idleSeconds: number): Promise<Session[]> {
  return db.all(sql`select ${SESSION} from ${sessions} s where s.user_key = ${userKey} and s.revoked_at is null
    and s.ends_at > ${now} and s.last_seen_at > ${now - idleSeconds} order by s.last_seen_at desc, s.id_hash`);
}

export async function insertSession(tx: Tx, session: Omit<Session, "revokedAt">): Promise<void> {
  await tx.insert(sessions, [{ ...session, revokedAt: null }]);
  await tx.run(sql`delete from ${sessions} where ends_at < ${session.createdAt - 90 * 86_400}`);
}

/** Has a person, by their e-mail address, ever begun a session from a network address? Known for 90 days after the session's end. */
export async function hasSessionFrom(db: Reader, email: string, address: string): Promise<boolean> {
  return (
    (await db.find(sql`select 1 as one from ${sessions} s join ${users} u on u.key = s.user_key
      where u.email = ${email} and s.address = ${address} limit 1`)) !== undefined
  );
}

export async function touchSession(tx: Tx, idHash: string, userKey: number, now: Instant): Promise<void> {
  await tx.run(sql`update ${sessions} set last_seen_at = ${now} where id_hash = ${idHash} and last_seen_at < ${now}`);
  await tx.run(sql`update ${users} set last_seen_at = ${now} where key = ${userKey}`);
}

/** Ends sessions of a person: one, all, or all but one. @returns how many. */
export function revokeSessions(
  tx: Tx,
  userKey: number,
  now: Instant,
  which: { readonly only?: string; readonly except?: string } = {},
): Promise<number> {
  const only = which.only === undefined ? sql`` : sql`and id_hash = ${which.only}`;
  const except = which.except === undefined ? sql`` : sql`and id_hash <> ${which.except}`;
  return tx.run(sql`update ${sessions} set revoked_at = ${now}
    where user_key = ${userKey} and revoked_at is null ${only} ${except}`);
}

/**
 * Ends every session, one-time link and API token of everybody: after a restore, nobody is let in by what the backup held, which
 * knows nothing of what was revoked since. @returns how many there were.
 */
export async function revokeAll(tx: Tx, now: Instant): Promise<number> {
  const ended = await tx.run(sql`update ${sessions} set revoked_at = ${now} where revoked_at is null`);
  const used = await tx.run(sql`update ${signInLinks} set used_at = ${now} where used_at is null`);
  return ended + used + (await revokeApiTokensOf(tx, "all", now));
}

export interface SignInLink {
  readonly tokenHash: string;
  /** 0: of nobody yet, the link that creates the first administrator. */
  readonly userKey: number;
  readonly createdAt: Instant;
  readonly createdBy: string;
  readonly expiresAt: Instant;
}

export async function insertLink(tx: Tx, link: SignInLink): Promise<void> {
  await tx.insert(signInLinks, [{ ...link, usedAt: null }]);
}

/** Stores a link again that was used or has expired. */
export async function replaceLink(tx: Tx, link: SignInLink): Promise<void> {
  await tx.insert(signInLinks, [{ ...link, usedAt: null }], { target: [signInLinks.tokenHash], update: "all" });
}

export function findLiveLink(db: Reader, tokenHash: string, now: Instant): Promise<SignInLink | undefined> {
  return db.find(sql`select token_hash as "tokenHash", user_key as "userKey", created_at as "createdAt",
    created_by as "createdBy", expires_at as "expiresAt" from ${signInLinks}
    where token_hash = ${tokenHash} and used_at is null and expires_at > ${now}`);
}

/** @returns whether this call is the one that used it. */
export async function takeLink(tx: Tx, tokenHash: string, now: Instant): Promise<boolean> {
  return (
    (await tx.run(sql`update ${signInLinks} set used_at = ${now}
    where token_hash = ${tokenHash} and used_at is null and expires_at > ${now}`)) > 0
  );
}

/** Was a link of a person created by somebody since an instant? */
export async function hasLinkSince(db: Reader, userKey: number, createdBy: string, since: Instant): Promise<boolean> {
  return (
    (await db.find(sql`select token_hash as hash from ${signInLinks}
      where user_key = ${userKey} and created_by = ${createdBy} and created_at > ${since}`)) !== undefined
  );
}

/** Other links of a person no longer open: they signed in, or got a newer one. */
export async function dropLinks(tx: Tx, userKey: number, now: Instant): Promise<void> {
  await tx.run(sql`update ${signInLinks} set used_at = ${now} where user_key = ${userKey} and used_at is null`);
}

/** Deletes links of a person, created by somebody, that have ended. */
export async function dropEndedLinks(tx: Tx, userKey: number, createdBy: string, now: Instant): Promise<void> {
  await tx.run(sql`delete from ${signInLinks}
    where user_key = ${userKey} and created_by = ${createdBy} and expires_at <= ${now}`);
}

export const findFailures = (db: Reader, subject: string): Promise<Failures | undefined> =>
  db.find(sql`select failures, last_at as "lastAt" from ${signInFailures} where subject = ${subject}`);

export async function saveFailures(tx: Tx, subject: string, { failures, lastAt }: Failures): Promise<void> {
  await tx.insert(signInFailures, [{ subject, failures, lastAt }], { target: [signInFailures.subject], update: "all" });
  await tx.run(sql`delete from ${signInFailures} where last_at < ${lastAt - FORGOTTEN_AFTER_SECONDS}`);
}

/**
 * The failures of a subject, whose row this transaction holds until it ends: an attempt that counts for the same subject on another server
 * waits for it, and sees what it wrote. 0 now where nothing counted before.
 */
export async function holdFailures(tx: Tx, subject: string, now: Instant): Promise<Failures> {
  const held = await tx.find<Failures>(sql`insert into ${signInFailures} (subject, failures, last_at)
    values (${subject}, 0, ${now}) on conflict (subject) do update set subject = excluded.subject
    returning failures, last_at as "lastAt"`);
  return held ?? { failures: 0, lastAt: now };
}

/** Takes some failures off the count of a subject, in the database itself: others count meanwhile. */
export async function takeFailuresOff(tx: Tx, subject: string, failures: number): Promise<void> {
  await tx.run(sql`update ${signInFailures}
    set failures = case when failures > ${failures} then failures - ${failures} else 0 end where subject = ${subject}`);
}

export async function dropFailures(tx: Tx, subject: string): Promise<void> {
  await tx.run(sql`delete from ${signInFailures} where subject = ${subject}`);
}
