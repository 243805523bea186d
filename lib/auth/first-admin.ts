import { z } from "zod";
import { AppError, fieldError } from "@/lib/errors.ts";
import { parseInput } from "@/lib/input.ts";
import { recordAct } from "./audit-store.ts";
import { normaliseEmail } from "./email.ts";
import { hashPassword } from "./password.ts";
import { hashSecret, randomSecret } from "./secret.ts";
import { dropLinks, findLiveLink, insertLink, takeLink } from "./session-store.ts";
import { type Door, type Origin, type SessionLimits, type Started, startSession } from "./sign-in.ts";
import {
  countUsers,
  countWithRole,
  findUser,
  findUserByEmail,
  insertUser,
  replaceGrants,
  setDisabledAt,
  setPasswordHash,
} from "./user-store.ts";
import { LINK_SECONDS, personName, takeFreeNames, usualNames } from "./users.ts";

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
 * Makes the first administrator, and signs them in.
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
  const passwordHash = await inField("password", () => hashPassword(input.password));
  return door.db.write(async (tx) => {
    if ((await countWithRole(tx, ["admin"])) > 0)
      throw new AppError("conflict", "There is an administrator already: sign in.");
    if (!(await takeLink(tx, hashSecret(input.secret), door.now())))
      throw new AppError("unauthenticated", "This link was used already.");
    const name = input.name || (email.split("@")[0] as string);
    const known = await findUserByEmail(tx, email);
    const key =
      known?.key ??
      (await insertUser(tx, { email, name, passwordHash, issuer: "", subject: "" }, "first start", door.now()));
    if (known) {
      await setPasswordHash(tx, key, passwordHash);
      await setDisabledAt(tx, key, null);
    } else await takeFreeNames(tx, key, usualNames(email));
    const grant = { role: "admin", teamKey: 0, projectKey: 0, origin: "direct" } as const;
    await replaceGrants(tx, key, "direct", [grant], "first start", door.now());
    await recordAct(
      tx,
      { viewer: { kind: "person", id: email, roles: ["admin"], projects: "all" }, now: door.now },
      {
        action: "users.manage",
        subject: `user/${key}`,
        before: null,
        after: { email, name, grants: [grant] },
        reason: "first administrator",
      },
    );
    const user = await findUser(tx, key);
    if (!user) throw new AppError("internal", `The person ${key} was not written.`);
    return startSession(tx, door, user, "link", origin, limits);
  });
}

/** Names the field of what is `invalid`. */
async function inField<T>(field: string, body: () => T | Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    throw error instanceof AppError && error.code === "invalid" ? fieldError(field, error.message) : error;
  }
}
