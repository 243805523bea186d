import { z } from "zod";
import type { Reader } from "@/db/client.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError, fieldError } from "@/lib/errors.ts";
import { parseInput } from "@/lib/input.ts";
import type { Instant } from "@/lib/time.ts";
import { allow } from "./allow.ts";
import { recordAct } from "./audit-store.ts";
import { holdChain } from "./chain/audit-chain-store.ts";
import { normaliseEmail } from "./email.ts";
import { needPlaces } from "./grant-names-load.ts";
import { heldSince } from "./groups/group-terms.ts";
import { hashPassword } from "./password.ts";
import { hashSecret, randomSecret } from "./secret.ts";
import { dropLinks, insertLink, revokeSessions } from "./session-store.ts";
import { revokeApiTokensOf } from "./token-store.ts";
import { type Grant, grantSchema, heldGrantSchema } from "./types.ts";
import {
  claimNames,
  countWithRole,
  findUser,
  findUserByEmail,
  insertUser,
  listGrants,
  listNames,
  othersNamed,
  replaceGrants,
  replaceNames,
  setDisabledAt,
  setPasswordHash,
  type User,
} from "./user-store.ts";

type Tx = Parameters<typeof setDisabledAt>[0];

/** A person's name; empty: the part of the address before its @. */
export const personName = z
  .string()
  .trim()
  .max(200, "A name has at most 200 characters.")
  .regex(/^\P{Cc}*$/u, "A name holds no line breaks or other control characters.")
  .default("");

const submitters = z
  .array(z.string().trim().min(1, "A name is empty.").max(200, "A name has at most 200 characters."))
  .max(50, "A person has at most 50 names.");

export const newUserSchema = z.object({
  email: z.string(),
  name: personName,
  grants: z.array(grantSchema).min(1, "Give at least one role."),
  /** Absent: the person gets a one-time link, or signs in through the provider. */
  password: z.string().optional(),
  /** Names under which the person submits workloads; absent: the address and the part before the @. */
  submitters: submitters.optional(),
});
export type NewUserInput = z.input<typeof newUserSchema>;

/** A person as others see them: without the hash of the password. */
export type PersonRow = Omit<User, "passwordHash"> & { readonly hasPassword: boolean };
export const personOf = ({ passwordHash, ...user }: User): PersonRow => ({ ...user, hasPassword: passwordHash !== "" });

/** @throws AppError `not_found`. */
export async function getUser(db: Reader, key: number): Promise<User> {
  const user = await findUser(db, key);
  if (!user) throw new AppError("not_found", `There is no person ${key}.`);
  return user;
}

/** @throws AppError `not_found`; `invalid` for what is no address. */
export async function getUserByEmail(db: Reader, email: string): Promise<User> {
  const wanted = normaliseEmail(email);
  const user = await findUserByEmail(db, wanted);
  if (!user) throw new AppError("not_found", `There is no person ${wanted}.`);
  return user;
}

/** Names that a person submits workloads under, unless others are given: the whole address and what stands before its @. */
export const usualNames = (email: string): string[] => [email, email.split("@")[0] as string];

/**
 * Adds a person with roles. @throws AppError `forbidden`; `invalid`; `not_found` for an unknown team or project; `conflict` where the address is taken.
 */
export async function addUser(ctx: Ctx, given: NewUserInput, reason = ""): Promise<PersonRow> {
  allow(ctx.viewer, "users.manage");
  // One by one: what is wrong with a role is said without its place in the list.
  for (const grant of given.grants) parseInput(grantSchema, grant);
  const input = parseInput(newUserSchema, given);
  const email = normaliseEmail(input.email);
  const passwordHash = input.password === undefined ? "" : await hashPassword(input.password, email);
  return ctx.db.write(async (tx) => {
    if (await findUserByEmail(tx, email)) throw new AppError("conflict", `${email} is there already.`);
    await needPlaces(tx, input.grants);
    const name = input.name || (email.split("@")[0] as string);
    const key = await insertUser(tx, { email, name, passwordHash, issuer: "", subject: "" }, ctx.viewer.id, ctx.now());
    const names = input.submitters
      ? await saveNames(tx, key, input.submitters)
      : await takeFreeNames(tx, key, usualNames(email));
    await replaceGrants(tx, key, "direct", direct(input.grants), ctx.viewer.id, ctx.now());
    const after = { email, name, grants: input.grants, submitters: names };
    await recordAct(tx, ctx, { action: "users.manage", subject: `user/${key}`, before: null, after, reason });
    return personOf(await getUser(tx, key));
  });
}

export const direct = (list: readonly Grant[]) => list.map((grant) => ({ ...grant, origin: "direct" }));

/** Gives a person who is new those of some names that are nobody else's. @returns them. */
export async function takeFreeNames(tx: Tx, key: number, names: readonly string[]): Promise<string[]> {
  await claimNames(tx, key, names);
  return listNames(tx, key);
}

/** @returns the names as they are stored. @throws AppError `conflict` at the field, for a name of somebody else. */
async function saveNames(tx: Tx, key: number, names: readonly string[]): Promise<string[]> {
  const taken = await othersNamed(tx, key, names);
  if (taken.length) {
    const list = taken.map(({ name, email }) => `"${name}" belongs to ${email}.`).join(" ");
    throw fieldError("submitters", `${list} A name belongs to one person: remove it there first.`, "conflict");
  }
  await replaceNames(tx, key, names);
  return listNames(tx, key);
}

/**
 * Replaces the direct roles of a person. Those that a group gives stay. Acts on their next request.
 * @throws AppError `conflict` for the last administrator.
 */
export async function changeGrants(
  ctx: Ctx,
  userKey: number,
  given: readonly z.input<typeof grantSchema>[],
  reason = "",
): Promise<void> {
  allow(ctx.viewer, "users.manage");
  const list = given.map((grant) => parseInput(grantSchema, grant));
  await editGrants(ctx, userKey, () => list, reason);
}

/**
 * Adds one direct role of a person, or removes it; the others stay. Acts on their next request.
 * @throws AppError `not_found` for a role that the person does not hold directly; `conflict` for the last administrator.
 */
export async function changeGrant(
  ctx: Ctx,
  userKey: number,
  given: z.input<typeof grantSchema>,
  act: "add" | "remove",
  reason = "",
): Promise<void> {
  allow(ctx.viewer, "users.manage");
  const grant = parseInput(act === "add" ? grantSchema : heldGrantSchema, given);
  const isIt = (g: Grant) => isSameGrant(g, grant);
  const edit = (before: readonly Grant[]): readonly Grant[] => {
    if (act === "remove" && !before.some(isIt))
      throw new AppError("not_found", `The person does not hold the role ${grant.role} directly.`);
    const rest = before.filter((g) => !isIt(g));
    return act === "add" ? [...rest, grant] : rest;
  };
  await editGrants(ctx, userKey, edit, reason);
}

async function editGrants(
  ctx: Ctx,
  userKey: number,
  edit: (before: readonly Grant[]) => readonly Grant[],
  reason: string,
): Promise<void> {
  await ctx.db.write(async (tx) => {
    await holdChain(tx);
    await getUser(tx, userKey);
    const before = (await listGrants(tx, userKey)).filter((g) => g.origin === "direct").map(plain);
    const list = edit(before);
    await needPlaces(
      tx,
      list.filter((g) => !before.some((b) => isSameGrant(b, g))),
    );
    await keepingAnAdmin(tx, ctx.now(), () =>
      replaceGrants(tx, userKey, "direct", direct(list), ctx.viewer.id, ctx.now()),
    );
    await recordAct(tx, ctx, {
      action: "users.manage",
      subject: `user/${userKey}`,
      before: { grants: before },
      after: { grants: list },
      reason,
    });
  });
}

const plain = ({ role, teamKey, projectKey }: Grant): Grant => ({ role, teamKey, projectKey });

const isSameGrant = (a: Grant, b: Grant): boolean =>
  a.role === b.role && a.teamKey === b.teamKey && a.projectKey === b.projectKey;

/** Replaces the names under which a person submits workloads. @throws AppError `conflict` at `submitters`, for names of other people. */
export async function changeNames(ctx: Ctx, userKey: number, names: readonly string[], reason = ""): Promise<void> {
  allow(ctx.viewer, "users.manage");
  const list = parseInput(z.object({ submitters }), { submitters: names }).submitters;
  await ctx.db.write(async (tx) => {
    await getUser(tx, userKey);
    const before = await listNames(tx, userKey);
    const after = await saveNames(tx, userKey, list);
    await recordAct(tx, ctx, {
      action: "users.manage",
      subject: `user/${userKey}`,
      before: { submitters: before },
      after: { submitters: after },
      reason,
    });
  });
}

/** Shuts a person out, or lets them in again. Their sessions end at once. @throws AppError `conflict` for the last administrator. */
export async function setDisabled(ctx: Ctx, userKey: number, disabled: boolean, reason = ""): Promise<void> {
  allow(ctx.viewer, "users.manage");
  await ctx.db.write(async (tx) => {
    const user = await getUser(tx, userKey);
    if ((user.disabledAt !== null) === disabled) return;
    await keepingAnAdmin(tx, ctx.now(), () => setDisabledAt(tx, userKey, disabled ? ctx.now() : null));
    if (disabled) {
      await revokeSessions(tx, userKey, ctx.now());
      await dropLinks(tx, userKey, ctx.now());
    }
    // Enabling somebody again gives back no token that they had: nobody would think of it.
    const tokensRevoked = disabled ? await revokeApiTokensOf(tx, userKey, ctx.now()) : 0;
    await recordAct(tx, ctx, {
      action: "users.manage",
      subject: `user/${userKey}`,
      before: { disabled: !disabled },
      after: { disabled, ...(disabled ? { tokensRevoked } : {}) },
      reason,
    });
  });
}

/**
 * Runs a change, and refuses it where it would leave nobody who manages people, whatever other servers change: nobody at all, or only people whose
 * role by a group has lapsed, since those perhaps never return. @throws AppError `conflict`.
 */
export async function keepingAnAdmin(tx: Tx, now: Instant, change: () => Promise<void>): Promise<void> {
  await holdChain(tx);
  const count = async () => ({
    all: await countWithRole(tx, ["admin"]),
    current: await countWithRole(tx, ["admin"], { groupsSince: heldSince(now) }),
  });
  const before = await count();
  await change();
  const after = await count();
  if (before.all > 0 && after.all === 0)
    throw new AppError("conflict", "The ledger needs an administrator: give somebody else the role first.");
  if (before.current > 0 && after.current === 0)
    throw new AppError(
      "conflict",
      "The ledger needs an administrator, and the role of the others, by a group, has lapsed: they sign in through the identity provider first, or you give somebody the role directly.",
    );
}

/** How long one-time links hold, in seconds. */
export const LINK_SECONDS = 24 * 3600;

/**
 * A one-time link's secret for a person: an invitation, a way in, another password. Older ones of theirs end.
 * @returns what goes into the address; only its hash is stored.
 */
export async function createLink(
  ctx: Ctx,
  userKey: number,
  reason = "",
): Promise<{ secret: string; expiresAt: number }> {
  allow(ctx.viewer, "users.manage");
  const link = newLink(ctx);
  await ctx.db.write(async (tx) => {
    await writeLink(tx, ctx, userKey, link);
    await recordAct(tx, ctx, {
      action: "users.manage",
      subject: `user/${userKey}`,
      before: null,
      after: { link: "created", expiresAt: link.expiresAt },
      reason,
    });
  });
  return link;
}

const newLink = ({ now }: Pick<Ctx, "now">) => ({ secret: randomSecret(), expiresAt: now() + LINK_SECONDS });

/** Stores a link in place of those that are open. @throws AppError `conflict` for a disabled person. */
async function writeLink(tx: Tx, ctx: Ctx, userKey: number, link: ReturnType<typeof newLink>): Promise<void> {
  const user = await getUser(tx, userKey);
  if (user.disabledAt !== null) throw new AppError("conflict", `${user.email} is disabled: enable them first.`);
  await dropLinks(tx, userKey, ctx.now());
  await insertLink(tx, {
    tokenHash: hashSecret(link.secret),
    userKey,
    createdAt: ctx.now(),
    createdBy: ctx.viewer.id,
    expiresAt: link.expiresAt,
  });
}

/** Ends all sessions of a person, everywhere. @returns how many. */
export async function endSessions(ctx: Ctx, userKey: number, reason = ""): Promise<number> {
  allow(ctx.viewer, "users.manage");
  return ctx.db.write(async (tx) => {
    await getUser(tx, userKey);
    const ended = await revokeSessions(tx, userKey, ctx.now());
    await recordAct(tx, ctx, {
      action: "users.manage",
      subject: `user/${userKey}`,
      before: null,
      after: { sessionsEnded: ended },
      reason,
    });
    return ended;
  });
}

/**
 * Ends all sessions, links and the password of a person, and creates a one-time link for another password: only it, or the identity provider,
 * signs them in then. @returns as createLink. @throws AppError `conflict` for a disabled person, of whom nothing changes.
 */
export async function resetAccess(
  ctx: Ctx,
  userKey: number,
  reason = "",
): Promise<{ secret: string; expiresAt: number }> {
  allow(ctx.viewer, "users.manage");
  const link = newLink(ctx);
  await ctx.db.write(async (tx) => {
    await writeLink(tx, ctx, userKey, link);
    await setPasswordHash(tx, userKey, "");
    const ended = await revokeSessions(tx, userKey, ctx.now());
    await recordAct(tx, ctx, {
      action: "users.manage",
      subject: `user/${userKey}`,
      before: null,
      after: { password: "ended", sessionsEnded: ended, link: "created", expiresAt: link.expiresAt },
      reason,
    });
  });
  return link;
}
