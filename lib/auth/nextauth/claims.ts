import type { Claims } from "@/lib/auth/provisioning/claims.ts";

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/**
 * What a provider's answer says, whichever provider it is. Keycloak sends groups as paths (`/gpu/admins`), Entra ids, and
 * above 200 of them a pointer instead (`_claim_names`); Google none.
 * @param groupsClaim where the groups are; dots lead into objects (`realm_access.roles`).
 * @param trustsEmail counts an address as verified where the provider does not say either way. The address is the claim `email` alone: people
 * can often choose their `preferred_username` themselves.
 */
export function claimsOf(
  profile: Readonly<Record<string, unknown>>,
  issuer: string,
  groupsClaim: string,
  trustsEmail: boolean,
): Claims {
  const verified = profile.email_verified;
  return {
    issuer: text(profile.iss) || issuer,
    subject: text(profile.sub),
    email: text(profile.email),
    emailVerified: verified === true || (trustsEmail && (verified === undefined || verified === null)),
    name: text(profile.name),
    groups: groupsOf(profile, groupsClaim),
  };
}

/** More groups than anybody has by intent: they are taken as left out, never cut. */
const MOST_GROUPS = 2000;
/** A group with a longer name can have no rule. */
const isGroup = (value: unknown): value is string => typeof value === "string" && value.length <= 300;

function groupsOf(profile: Readonly<Record<string, unknown>>, claim: string): Claims["groups"] {
  const value = Object.hasOwn(profile, claim) ? profile[claim] : inside(profile, claim.split("."));
  if (Array.isArray(value)) return value.length > MOST_GROUPS ? "overage" : value.filter(isGroup);
  if (typeof value === "string" && value) return [value];
  const left = profile._claim_names;
  const pointed = typeof left === "object" && left !== null && Object.hasOwn(left, claim);
  return pointed || profile.hasgroups === true || profile.hasgroups === "true" ? "overage" : "absent";
}

function inside(value: unknown, path: readonly string[]): unknown {
  let here = value;
  for (const name of path) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, name)) return undefined;
    here = (here as Record<string, unknown>)[name];
  }
  return here;
}
