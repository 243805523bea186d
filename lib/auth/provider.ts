import { AppError } from "@/lib/errors.ts";
import { recordAct } from "./audit-store.ts";
import { holdChain } from "./chain/audit-chain-store.ts";
import { normaliseEmail } from "./email.ts";
import { grantsOfGroups } from "./groups/group-rules.ts";
import { listGroupRules, replaceMemberships } from "./groups/group-store.ts";
import { takeTakeover } from "./links/takeover.ts";
import { type Claims, ProviderRefusal } from "./provisioning/claims.ts";
import { followProfile, nameOf } from "./provisioning/profile.ts";
import { recordRefusal } from "./provisioning/refusals.ts";
import { dropLinks } from "./session-store.ts";
import { type Door, type Origin, type SessionLimits, type Started, startSession } from "./sign-in.ts";
import type { Role } from "./types.ts";
import {
  countUsers,
  countWithRole,
  findUser,
  findUserByEmail,
  findUserByIdentity,
  insertUser,
  listGrants,
  markVouched,
  replaceGrants,
  setIdentity,
  type User,
} from "./user-store.ts";
import { takeFreeNames } from "./users.ts";

export type { Claims };

type Tx = Parameters<typeof setIdentity>[0];

/** As whom the audit log records what follows from what the provider says. */
const byProvider = ({ now }: Door) => ({
  viewer: { kind: "job", id: "provider", roles: [], projects: [] } as const,
  now,
});

export interface ProvisioningSettings {
  /** Domains of e-mail addresses whose people are let in at their first sign-in. */
  readonly domains: readonly string[];
  /** What they are then; null: nothing, until an administrator or a group gives them a role. */
  readonly defaultRole: Role | null;
  /** The person with this address becomes an administrator at the first sign-in, while nobody is one; empty: nobody. */
  readonly firstAdmin: string;
}

const NO_ADMIN = "This ledger has no administrator yet. Only its first administrator can sign in now.";
const NO_ACCESS = "You have no access to this ledger yet. Ask an administrator to invite you.";

/**
 * Signs somebody in whom an identity provider vouches for. They are known by issuer and subject; an invitation by address holds
 * for the first sign-in alone, and only where the provider has verified the address.
 * @throws ProviderRefusal in words for the person; AppError `forbidden` for claims without a subject.
 */
export async function signInWithProvider(
  door: Door,
  claims: Claims,
  settings: ProvisioningSettings,
  origin: Origin,
  limits: SessionLimits,
): Promise<Started> {
  if (!claims.subject || !claims.issuer)
    throw new AppError("forbidden", "The identity provider did not say who you are.");
  try {
    return await enter(door, claims, settings, origin, limits);
  } catch (error) {
    if (error instanceof ProviderRefusal) await recordRefusal(door, claims, error);
    throw error;
  }
}

async function enter(
  door: Door,
  claims: Claims,
  settings: ProvisioningSettings,
  origin: Origin,
  limits: SessionLimits,
): Promise<Started> {
  // The person who has lost their groups is refused after that is written: a refusal keeps nobody what a group gave.
  const started = await door.db.write(async (tx) => {
    // Rules of groups stay as they are until this is written, and nobody else creates the same person.
    await holdChain(tx);
    const user = await findOrCreate(tx, door, claims, settings);
    if (user.disabledAt !== null)
      throw new ProviderRefusal("disabled", "Your account is disabled. Ask an administrator.");
    await takeGroups(tx, door, user, claims);
    await markVouched(tx, user.key, door.now());
    if ((await listGrants(tx, user.key)).length === 0) return null;
    return startSession(tx, door, user, "provider", origin, limits);
  });
  if (!started) throw new ProviderRefusal("no-access", NO_ACCESS);
  return started;
}

async function findOrCreate(tx: Tx, door: Door, claims: Claims, settings: ProvisioningSettings): Promise<User> {
  const known = await findUserByIdentity(tx, claims.issuer, claims.subject);
  if (known) return followProfile(tx, door, known, claims);
  const email = addressOf(claims);
  const invited = await findUserByEmail(tx, email);
  if (!claims.emailVerified)
    throw new ProviderRefusal("unverified", `${email} is not verified at the identity provider.`);
  if (invited) return followProfile(tx, door, await link(tx, door, invited, claims), claims);
  const rules = await listGroupRules(tx);
  const held = Array.isArray(claims.groups) ? grantsOfGroups(rules, claims.groups) : [];
  const byDomain = settings.domains.includes(email.split("@")[1] as string);
  const hasAdmin = (await countWithRole(tx, ["admin"])) > 0;
  const first = settings.firstAdmin !== "" && settings.firstAdmin === email && !hasAdmin;
  const becomesAdmin = first || held.some(({ role }) => role === "admin");
  if (!becomesAdmin && !hasAdmin && (await countUsers(tx)) === 0) throw new ProviderRefusal("no-admin", NO_ADMIN);
  if (held.length === 0 && !byDomain && !first) throw new ProviderRefusal("no-access", NO_ACCESS);
  return create(tx, door, claims, email, first ? "admin" : byDomain ? settings.defaultRole : null);
}

/** @throws ProviderRefusal where the provider reports no address, or none that mail could reach. */
function addressOf({ email }: Claims): string {
  if (!email.trim()) throw new ProviderRefusal("no-email", "The identity provider did not report an e-mail address.");
  try {
    return normaliseEmail(email);
  } catch {
    throw new ProviderRefusal("no-email", `The identity provider reported "${email}", which is no e-mail address.`);
  }
}

/**
 * Someone invited by address becomes the provider's. An account with a password, or of another identity, is taken over only where an
 * administrator has allowed it. Links that are still open end: who finds one later must not come in by it.
 */
async function link(tx: Tx, door: Door, invited: User, { issuer, subject }: Claims): Promise<User> {
  const isTaken = invited.issuer !== "" || invited.passwordHash !== "";
  if (isTaken && !(await takeTakeover(tx, invited.key, door.now())))
    throw new ProviderRefusal(
      "other-account",
      `The account ${invited.email} belongs to another way of signing in. An administrator can let the provider take it: People & tokens, or ledger users unlink ${invited.email}.`,
    );
  await setIdentity(tx, invited.key, issuer, subject);
  await dropLinks(tx, invited.key, door.now());
  await recordAct(tx, byProvider(door), {
    action: "session",
    subject: `user/${invited.key}`,
    before: invited.issuer ? { issuer: invited.issuer, subject: invited.subject } : null,
    after: { act: "linked with the identity provider", issuer, subject },
    reason: "",
  });
  return { ...invited, issuer, subject };
}

async function create(tx: Tx, door: Door, claims: Claims, email: string, role: Role | null): Promise<User> {
  const { issuer, subject, name } = claims;
  const by = "provider";
  const user = {
    email,
    name: nameOf(name, email),
    passwordHash: "",
    issuer,
    subject,
  };
  const key = await insertUser(tx, user, by, door.now());
  // Only what the provider has verified: a part of the address, or a name that people choose, may be somebody else's.
  const submitters = await takeFreeNames(tx, key, [email]);
  if (role)
    await replaceGrants(tx, key, "direct", [{ role, teamKey: 0, projectKey: 0, origin: "direct" }], by, door.now());
  await recordAct(tx, byProvider(door), {
    action: "session",
    subject: `user/${key}`,
    before: null,
    after: { act: "created at first sign-in", email, role, submitters },
    reason: "",
  });
  return (await findUser(tx, key)) as User;
}

/**
 * What the person holds by groups follows what the provider says. Where it leaves them out because they are too many, nothing
 * is known: what they held stays, and it is on record for the administrator.
 */
async function takeGroups(tx: Tx, door: Door, user: User, { groups }: Claims): Promise<void> {
  if (groups === "overage") {
    door.log.warn(
      { user: user.email },
      "the identity provider left out the groups: there are too many. Use app roles, or limit the groups of the claim",
    );
    await recordAct(tx, byProvider(door), {
      action: "session",
      subject: `user/${user.key}`,
      before: null,
      after: { act: "groups left out by the provider: too many" },
      reason: "",
    });
    return;
  }
  const list = groups === "absent" ? [] : groups;
  await replaceMemberships(tx, user.key, list);
  const held = async () =>
    (await listGrants(tx, user.key))
      .filter((g) => g.origin !== "direct")
      .map(({ role, teamKey, projectKey, origin }) => ({ role, teamKey, projectKey, origin }));
  const before = await held();
  await replaceGrants(tx, user.key, "group", grantsOfGroups(await listGroupRules(tx), list), "provider", door.now());
  const after = await held();
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  await recordAct(tx, byProvider(door), {
    action: "session",
    subject: `user/${user.key}`,
    before: { grants: before },
    after: { act: "roles by groups changed", grants: after },
    reason: "",
  });
}
