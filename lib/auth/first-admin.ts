import { z } from "zod";
import { AppError, inField } from "@/lib/errors.ts";
import { parseInput } from "@/lib/input.ts";
import { recordAct } from "./audit-store.ts";
import { normaliseEmail } from "./email.ts";
import { hashPassword } from "./password.ts";
import { hashSecret, randomSecret } from "./secret.ts";
import { dropLinks, findLiveLink, insertLink, revokeSessions, takeLink } from "./session-store.ts";
import { type Door, type Origin, type SessionLimits, type Started, startSession } from "./sign-in.ts";
import { revokeApiTokensOf } from "./token-store.ts";
import {
  countUsers,
  countWithRole,
  findUser,
  findUserByEmail,
  insertUser,
  listGrants,
  replaceGrants,
  setDisabledAt,
  setPasswordHash,
} from "./user-store.ts";
import { direct, LINK_SECONDS, personName, takeFreeNames, usualNames } from "./users.ts";

type Tx = Parameters<typeof setDisabledAt>[0];

/** The person of a link that creates the first administrator: nobody yet. */
const NOBODY = 0;

export const firstAdminSchema = z.object({
  secret: z.string(),
  email: z.string(),
  name: personName,
  password: z.string(),
});

/** Can nobody manage this ledger? Then the link that the start prints creates an administrator. */
export const needsAdmin = async ({ db }: Pick<Door, "db">): Promise<boolean> =>
  (await countWithRole(db, ["admin"])) === 0;

/**
 * Who can manage this ledger, for the page before sign-in. `nobody`: there are no people at all, and nothing is open but the way to create the
 * first administrator. `lost`: there are people and no administrator, because a group of the identity provider no longer gives the role, for
 * example; everybody else still signs in.
 */
export async function adminState(door: Pick<Door, "db">): Promise<"present" | "lost" | "nobody"> {
  if (!(await needsAdmin(door))) return "present";
  return (await countUsers(door.db)) === 0 ? "nobody" : "lost";
}

/**
 * A one-time secret that creates the first administrator; null where there is one. Older secrets end: only the newest that was
 * printed holds.
 */
export async function createFirstAdminSecret(door: Door): Promise<string | null> {
  if (!(await needsAdmin(door))) return null;
  const secret = randomSecret();
  await door.db.write(async (tx) => {
    await dropLinks(tx, NOBODY, door.now());
    const expiresAt = door.now() + LINK_SECONDS;
    await insertLink(tx, {
      tokenHash: hashSecret(secret),
      userKey: NOBODY,
      createdAt: door.now(),
      createdBy: "start",
      expiresAt,
    });
  });
  return secret;
}

/** Whether a secret can still create the first administrator. */
export async function isFirstAdminSecret(door: Door, secret: string): Promise<boolean> {
  const link = await findLiveLink(door.db, hashSecret(secret), door.now());
  return link?.userKey === NOBODY && needsAdmin(door);
}

/**
 * Makes the first administrator, and signs them in. Sessions and links of somebody who is known by the address end.
 * @throws AppError `unauthenticated` for a secret that does not hold; `conflict` once there is an administrator; `invalid` with the field, which
 * is `email`, `name` or `password`.
 */
export async function createFirstAdmin(
  door: Door,
  given: z.input<typeof firstAdminSchema>,
  origin: Origin,
  limits: SessionLimits,
): Promise<Started> {
  const input = parseInput(firstAdminSchema, given);
  const email = await inField("email", () => normaliseEmail(input.email));
  if (!(await isFirstAdminSecret(door, input.secret)))
    throw new AppError(
      "unauthenticated",
      "This link was used already, or a newer one was printed when the ledger started.",
    );
  const passwordHash = await inField("password", () => hashPassword(input.password, email));
  return door.db.write(async (tx) => {
    if ((await countWithRole(tx, ["admin"])) > 0)
      throw new AppError("conflict", "There is an administrator already: sign in.");
    if (!(await takeLink(tx, hashSecret(input.secret), door.now())))
      throw new AppError("unauthenticated", "This link was used already.");
    const { key, before, after } = await becomeAdmin(tx, door, { email, name: input.name, passwordHash });
    await recordAct(
      tx,
      { viewer: { kind: "person", id: email, roles: ["admin"], projects: "all" }, now: door.now },
      { action: "users.manage", subject: `user/${key}`, before, after, reason: "first administrator" },
    );
    const user = await findUser(tx, key);
    if (!user) throw new AppError("internal", `The person ${key} was not written.`);
    return startSession(tx, door, user, "link", origin, limits);
  });
}

const ADMIN = { role: "admin", teamKey: 0, projectKey: 0 } as const;

/**
 * The person with an address as an administrator, created where nobody has it. Somebody who is known keeps their name, and whatever was open
 * as them ends. @returns what was and is, for the audit log.
 */
async function becomeAdmin(
  tx: Tx,
  door: Door,
  { email, passwordHash, ...given }: { email: string; name: string; passwordHash: string },
): Promise<{ key: number; before: object | null; after: object }> {
  const known = await findUserByEmail(tx, email);
  const by = "first start";
  const name = known?.name ?? (given.name || (email.split("@")[0] as string));
  const key =
    known?.key ?? (await insertUser(tx, { email, name, passwordHash, issuer: "", subject: "" }, by, door.now()));
  const held = (await listGrants(tx, key)).filter((g) => g.origin === "direct");
  await replaceGrants(tx, key, "direct", direct([ADMIN]), by, door.now());
  if (!known) {
    await takeFreeNames(tx, key, usualNames(email));
    return { key, before: null, after: { email, name, grants: [ADMIN] } };
  }
  await setPasswordHash(tx, key, passwordHash);
  await setDisabledAt(tx, key, null);
  await dropLinks(tx, key, door.now());
  const sessionsEnded = await revokeSessions(tx, key, door.now());
  // They would act as an administrator from now on, no matter who holds them.
  const tokensRevoked = await revokeApiTokensOf(tx, key, door.now());
  const grants = held.map(({ role, teamKey, projectKey }) => ({ role, teamKey, projectKey }));
  return {
    key,
    before: { disabled: known.disabledAt !== null, grants },
    after: { disabled: false, grants: [ADMIN], password: "changed", sessionsEnded, tokensRevoked },
  };
}
