import type { Ctx, Viewer } from "@/lib/ctx.ts";
import { AppError, fieldError, inField } from "@/lib/errors.ts";
import type { Instant } from "@/lib/time.ts";
import { ownKey } from "./allow.ts";
import { recordAct } from "./audit-store.ts";
import { normaliseEmail } from "./email.ts";
import { heldSince } from "./groups/group-terms.ts";
import {
  checkPassword,
  hashPassword,
  isOutdated,
  refuseWhileHashing,
  rehashPassword,
  verifyPassword,
} from "./password.ts";
import { hashSecret, randomSecret } from "./secret.ts";
import {
  dropFailures,
  dropLinks,
  findFailures,
  findLiveLink,
  findLiveSession,
  hasSessionFrom,
  holdFailures,
  insertSession,
  revokeSessions,
  type Session,
  saveFailures,
  takeFailuresOff,
  takeLink,
  touchSession,
} from "./session-store.ts";
import { countedAddress, type Failures, type Kind, oneMore, waitSeconds } from "./throttle.ts";
import type { SessionMethod } from "./types.ts";
import { findUser, findUserByEmail, markSeen, setPasswordHash, type User } from "./user-store.ts";
import { loadViewer } from "./viewer-load.ts";

/** What signing in needs of a context: nobody is signed in yet. */
export type Door = Pick<Ctx, "db" | "now" | "log">;
type Tx = Parameters<typeof insertSession>[0];

/** Where a request comes from, as far as it can be known: for the list of devices, and to slow down who guesses. */
export interface Origin {
  readonly address: string;
  readonly agent: string;
}

export interface SessionLimits {
  /** A session that nobody used for as long ends. */
  readonly idleSeconds: number;
  /** However it is used, a session ends after as long. */
  readonly lifetimeSeconds: number;
}

/** A session that has begun: its id goes into the cookie, and nowhere else. */
export interface Started {
  readonly id: string;
  readonly userKey: number;
  readonly endsAt: Instant;
}

/** Who an attempt is recorded for when nobody has the address. The address is left out: people type passwords into that field. */
const UNKNOWN = { key: 0, email: "unknown" } as const;
/** One answer for every way in which an attempt fails: it does not say whether there is such a person. */
const REFUSED = "The e-mail address or the password is wrong.";

/**
 * Signs a person in by password. Computes as many hashes for a person who does not exist. Each attempt counts as failed until it has
 * succeeded, so that a thousand sent at once are not looked at as one.
 * @throws AppError `unauthenticated`, always in the same words; `busy` while the account or the address has to wait.
 */
export async function signInWithPassword(
  door: Door,
  given: { readonly email: string; readonly password: string },
  origin: Origin,
  limits: SessionLimits,
): Promise<Started> {
  const email = addressOrNothing(given.email);
  const [isAtHome, address] = [await hasSignedInFrom(door, email, origin), `address:${countedAddress(origin.address)}`];
  const account = accountSubject(isAtHome ? `${email}\n${origin.address}` : email);
  // Somebody who shares the address of an office with a guesser, or with a program that has an old password, is not kept waiting by them.
  const counted: Counted[] = [
    { kind: "account", subject: account, waits: true },
    { kind: "address", subject: address, waits: !isAtHome },
  ];
  await beginAttempt(door, counted);
  const user = await findUserByEmail(door.db, email);
  const known = user && user.disabledAt === null ? user : undefined;
  if (!(await lookAt(door, counted, given.password, known?.passwordHash ?? "")) || !known) {
    // Written for nobody, too: an answer that comes sooner would say that there is no such person.
    await door.db.write((tx) =>
      record(tx, door, user ?? UNKNOWN, "sign-in refused", { method: "password", address: origin.address }),
    );
    throw new AppError("unauthenticated", REFUSED);
  }
  const passwordHash = isOutdated(known.passwordHash)
    ? await uncounted(door, counted, () => rehashPassword(given.password))
    : known.passwordHash;
  return door.db.write(async (tx) => {
    await assertUnchanged(tx, known, REFUSED);
    await forgive(tx, account, address);
    if (passwordHash !== known.passwordHash) await setPasswordHash(tx, known.key, passwordHash);
    return startSession(tx, door, known, "password", origin, limits);
  });
}

/**
 * Refuses what was proved against a password that has been replaced since, or by a person who has been disabled since: hashing waits for
 * its turn, and others write meanwhile. @throws AppError `unauthenticated`.
 */
async function assertUnchanged(tx: Tx, { key, passwordHash }: User, refusal: string): Promise<void> {
  const current = await findUser(tx, key);
  if (!current || current.disabledAt !== null || current.passwordHash !== passwordHash)
    throw new AppError("unauthenticated", refusal);
}

/**
 * Whether somebody has signed in from a network address before. Their failed attempts there have a count of their own: neither a stranger who keeps
 * guessing elsewhere nor what others do at the same address keeps them out.
 */
async function hasSignedInFrom({ db }: Door, email: string, { address }: Origin): Promise<boolean> {
  return (await hasSessionFrom(db, email, address.slice(0, ADDRESS_LENGTH))) && address !== "";
}

const ADDRESS_LENGTH = 100;

const accountSubject = (text: string): string => `account:${hashSecret(text)}`;

/** What an attempt counts for, and whether it has to wait for what counted before. */
interface Counted {
  readonly kind: Kind;
  readonly subject: string;
  readonly waits: boolean;
}

/** What is no address is nobody's: it is looked up all the same, so that it takes as long. */
function addressOrNothing(given: string): string {
  try {
    return normaliseEmail(given);
  } catch {
    return "nobody";
  }
}

/** Counts an attempt before its password is looked at. @throws AppError `busy` while one of the subjects has to wait; then none is counted. */
async function beginAttempt(door: Door, subjects: readonly Counted[]): Promise<void> {
  refuseWhileHashing();
  await door.db.write(async (tx) => {
    const now = door.now();
    const found: Failures[] = [];
    // One after the other, in the order that every attempt has: no two wait for each other.
    for (const { subject } of subjects) found.push(await holdFailures(tx, subject, now));
    const wait = Math.max(
      ...subjects.map(({ kind, waits }, i) => (waits ? waitSeconds(kind, found[i] as Failures, now) : 0)),
    );
    if (wait > 0)
      throw new AppError(
        "busy",
        `There were too many attempts. Try again in ${wait < 90 ? `${wait} s` : `${Math.ceil(wait / 60)} min`}.`,
      );
    for (const [i, { subject }] of subjects.entries()) await saveFailures(tx, subject, oneMore(found[i], now));
  });
}

/** Whether a password is right, of an attempt that counts already. @throws AppError `busy`, and then the attempt counts no longer. */
const lookAt = (door: Door, subjects: readonly Counted[], password: string, hash: string): Promise<boolean> =>
  uncounted(door, subjects, () => verifyPassword(password, hash));

/** Runs what hashes, and takes an attempt that found no turn off the counts: nobody has looked at its password. */
async function uncounted<T>(door: Door, subjects: readonly Counted[], hash: () => Promise<T>): Promise<T> {
  try {
    return await hash();
  } catch (error) {
    if (error instanceof AppError && error.code === "busy")
      await door.db.write(async (tx) => {
        for (const { subject } of subjects) await takeFailuresOff(tx, subject, 1);
      });
    throw error;
  }
}

/** Somebody's own mistakes that a sign-in takes off the count of their address, with the attempt that succeeded. */
const MOST_FORGIVEN = 6;

/** Ends the count of an account that has signed in, and takes its attempts off the count of the address; the failures of others stay. */
async function forgive(tx: Tx, account: string, address: string): Promise<void> {
  const own = Math.min(MOST_FORGIVEN, (await findFailures(tx, account))?.failures ?? 0);
  await dropFailures(tx, account);
  await takeFailuresOff(tx, address, own);
}

/**
 * Signs a person in by a one-time link, and gives them another password where they chose one.
 * @throws AppError `unauthenticated` for a link that was used, has expired or never was.
 */
export async function signInWithLink(
  door: Door,
  given: { readonly secret: string; readonly password?: string },
  origin: Origin,
  limits: SessionLimits,
): Promise<Started> {
  const tokenHash = hashSecret(given.secret);
  // A hash is work: it is done for a link that holds alone.
  const open = await findLiveLink(door.db, tokenHash, door.now());
  const owner = open && (await findUser(door.db, open.userKey));
  const passwordHash = given.password && owner ? await hashPassword(given.password, owner.email) : null;
  return door.db.write(async (tx) => {
    const link = await findLiveLink(tx, tokenHash, door.now());
    const user = link && (await findUser(tx, link.userKey));
    if (!user || user.disabledAt !== null || !(await takeLink(tx, tokenHash, door.now())))
      throw new AppError("unauthenticated", "This link was used already, or has expired. Ask for another one.");
    await dropLinks(tx, user.key, door.now());
    if (passwordHash !== null) {
      await setPasswordHash(tx, user.key, passwordHash);
      await revokeSessions(tx, user.key, door.now());
      await record(tx, door, user, "password changed", { method: "link" });
    }
    return startSession(tx, door, user, "link", origin, limits);
  });
}

/** Whom a link is for; undefined where it does not hold. Looking does not use it: mail programs look at links, too. */
export async function linkOwner(
  door: Door,
  secret: string,
): Promise<{ email: string; hasPassword: boolean } | undefined> {
  const link = await findLiveLink(door.db, hashSecret(secret), door.now());
  const user = link && (await findUser(door.db, link.userKey));
  return user && user.disabledAt === null ? { email: user.email, hasPassword: user.passwordHash !== "" } : undefined;
}

/** Begins a session of a person who has proved who they are. Its id is new: nothing from before sign-in lives on. */
export async function startSession(
  tx: Tx,
  door: Door,
  user: User,
  method: SessionMethod,
  origin: Origin,
  limits: SessionLimits,
): Promise<Started> {
  const id = randomSecret();
  const now = door.now();
  const endsAt = now + limits.lifetimeSeconds;
  const { address, agent } = origin;
  await insertSession(tx, {
    ...{ idHash: hashSecret(id), userKey: user.key, method, createdAt: now, lastSeenAt: now, endsAt },
    ...{ address: address.slice(0, ADDRESS_LENGTH), agent: agent.slice(0, 300) },
  });
  await markSeen(tx, user.key, now);
  await record(tx, door, user, "signed in", { method, address: origin.address });
  return { id, userKey: user.key, endsAt };
}

/** Last seen is written at most once a minute. */
const TOUCH_SECONDS = 60;

/**
 * Who a session's id stands for; null where it does not hold (revoked, ended, idle, of a disabled person). Roles and grants
 * are those of now; what the provider's groups give counts in a session of the provider, and in another one as in a token.
 */
export async function findSessionViewer(
  { db, now }: Door,
  id: string,
  limits: SessionLimits,
): Promise<{ readonly viewer: Viewer & { readonly name: string }; readonly session: Session } | null> {
  const session = await findLiveSession(db, hashSecret(id), now(), limits.idleSeconds);
  // A password or a link proves who somebody is, and nothing of the provider's groups: those hold as in a token.
  const groupsSince = session?.method === "provider" ? 0 : heldSince(now());
  const viewer = session && (await loadViewer(db, session.userKey, { groupsSince }));
  if (!session || !viewer) return null;
  if (now() - session.lastSeenAt >= TOUCH_SECONDS)
    await db.write((tx) => touchSession(tx, session.idHash, session.userKey, now()));
  return { viewer, session };
}

/** Somebody who acts on their own account: never by the key of another person. */
type Own = Door & Pick<Ctx, "viewer">;

/** Signs out: this session ends, whatever cookie is still about. @throws AppError `forbidden` as ownKey. */
export async function signOut(door: Own, id: string): Promise<void> {
  const userKey = ownKey(door.viewer, "sign out");
  await door.db.write(async (tx) => {
    const user = await findUser(tx, userKey);
    if ((await revokeSessions(tx, userKey, door.now(), { only: hashSecret(id) })) > 0 && user)
      await record(tx, door, user, "signed out", {});
  });
}

/** Ends one's own other sessions, or one of them by its hash. @returns how many. @throws AppError `forbidden` as ownKey. */
export async function endOwnSessions(
  door: Own,
  which: { readonly only?: string; readonly exceptId?: string },
): Promise<number> {
  const userKey = ownKey(door.viewer, "end your sessions");
  return door.db.write(async (tx) => {
    const user = await findUser(tx, userKey);
    const filter = {
      ...(which.only === undefined ? {} : { only: which.only }),
      ...(which.exceptId === undefined ? {} : { except: hashSecret(which.exceptId) }),
    };
    const ended = await revokeSessions(tx, userKey, door.now(), filter);
    if (ended > 0 && user) await record(tx, door, user, "sessions ended", { count: ended });
    return ended;
  });
}

/**
 * Changes one's own password; every other session ends.
 * @throws AppError `unauthenticated` where the present one is wrong; `invalid` for what a password must be; `busy` while too many were wrong;
 * `forbidden` as ownKey.
 */
export async function changeOwnPassword(
  door: Own,
  given: { readonly present: string; readonly next: string },
  keepId: string,
): Promise<void> {
  const userKey = ownKey(door.viewer, "change your password");
  // Before anything counts: a new password that cannot be is no guess at the present one.
  await inField("nextPassword", () => checkPassword(given.next, door.viewer.id));
  if (given.next === given.present)
    throw fieldError("nextPassword", "The new password is the same as the current one: choose another.");
  const user = await findUser(door.db, userKey);
  // As slow as at the door: an open session must not be a place to guess at.
  // A count of its own: the person who guesses at the door does not keep the owner from changing the password.
  const subject = `account:${hashSecret(`${user?.email ?? "nobody"}\nsession`)}`;
  const counted: Counted[] = [{ kind: "account", subject, waits: true }];
  await beginAttempt(door, counted);
  if (!user || !(await lookAt(door, counted, given.present, user.passwordHash)))
    throw new AppError("unauthenticated", "The current password is wrong.");
  const passwordHash = await uncounted(door, counted, () => hashPassword(given.next, door.viewer.id));
  await door.db.write(async (tx) => {
    await assertUnchanged(tx, user, "The current password is wrong.");
    await dropFailures(tx, subject);
    await setPasswordHash(tx, userKey, passwordHash);
    await revokeSessions(tx, userKey, door.now(), { except: hashSecret(keepId) });
    // The person who has an open link in a mailbox that was read must not come in by it.
    await dropLinks(tx, userKey, door.now());
    await record(tx, door, user, "password changed", { method: "password" });
  });
}

/** What concerns a person's own way in, on record as theirs. */
function record(
  tx: Tx,
  door: Door,
  user: Pick<User, "key" | "email">,
  act: string,
  detail: Record<string, unknown>,
): Promise<void> {
  const viewer: Viewer = { kind: "person", id: user.email, roles: [], projects: [] };
  return recordAct(
    tx,
    { viewer, now: door.now },
    { action: "session", subject: `user/${user.key}/session`, before: null, after: { act, ...detail }, reason: "" },
  );
}
