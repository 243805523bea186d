import type { Tx } from "@/db/client.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import { normaliseEmail } from "@/lib/auth/email.ts";
import type { Door } from "@/lib/auth/sign-in.ts";
import { findUserByEmail, setProfile, type User } from "@/lib/auth/user-store.ts";
import { takeFreeNames } from "@/lib/auth/users.ts";
import type { Claims } from "./claims.ts";

/** A name as the provider reports it, on one line; empty: the part of the address before its @. */
export const nameOf = (name: string, email: string): string =>
  name
    .replace(/\p{Cc}/gu, " ")
    .trim()
    .slice(0, 200) || (email.split("@")[0] as string);

/**
 * Address and name of a person whom the provider knows follow what it reports now; an address only where it is verified. One that another
 * account has stays with that account, and the audit log says so. Workloads submitted as the new address become the person's own; those of the
 * old one stay theirs.
 */
export async function followProfile(tx: Tx, door: Door, user: User, claims: Claims): Promise<User> {
  const wanted = claims.emailVerified ? addressOrNull(claims.email) : null;
  const holder = wanted && wanted !== user.email ? await findUserByEmail(tx, wanted) : undefined;
  const email = wanted && !holder ? wanted : user.email;
  const name = claims.name.trim() ? nameOf(claims.name, email) : user.name;
  if (holder)
    door.log.warn(
      { user: user.email, reported: wanted },
      "the identity provider reports another address, which another account has: it was not changed",
    );
  if (email === user.email && name === user.name && !holder) return user;
  await setProfile(tx, user.key, email, name);
  if (email !== user.email) await takeFreeNames(tx, user.key, [email]);
  await recordAct(
    tx,
    { viewer: { kind: "job", id: "provider", roles: [], projects: [] }, now: door.now },
    {
      action: "session",
      subject: `user/${user.key}`,
      before: { email: user.email, name: user.name },
      after: {
        ...{ act: "address and name as the provider reports them", email, name },
        ...(holder ? { notTaken: wanted } : {}),
      },
      reason: "",
    },
  );
  return { ...user, email, name };
}

/** Null for what is no address: a person who is known needs none. */
function addressOrNull(email: string): string | null {
  try {
    return normaliseEmail(email);
  } catch {
    return null;
  }
}
