import { z } from "zod";
import { ROLES, type Role, type RoleGrant } from "@/lib/ctx.ts";

export { ROLES, type Role };

/** Roles that are of the ledger as a whole: they name no team and no project. */
export const GLOBAL_ROLES: readonly Role[] = ["admin", "finance"];

export const ROLE_WORDS: Readonly<Record<Role, string>> = {
  admin: "runs the ledger: connections, people, prices, closes; sees everything",
  finance: "everybody's cost, prices, statements and closes; no connections, people or tokens",
  manager: "their teams: cost, statements, workloads and users",
  engineer: "their own workloads, and totals of their teams",
  viewer: "reads what is shared with them, and changes nothing",
};

export type Grant = RoleGrant;

/** What membership of a group of the identity provider gives. */
export interface GroupRule extends Grant {
  readonly groupName: string;
}

/** What a token may be used for. A token never opens pages, and never does more than its person may. */
export const TOKEN_SCOPES = ["read", "write", "ingest", "metrics"] as const;
export type TokenScope = (typeof TOKEN_SCOPES)[number];

export const SESSION_METHODS = ["password", "provider", "link", "demo"] as const;
export type SessionMethod = (typeof SESSION_METHODS)[number];

/** A role that somebody holds. Earlier versions took a team and a project together: one of those can still be taken back. */
export const heldGrantSchema = z.object({
  role: z.enum(ROLES, { error: `A role is one of ${ROLES.join(", ")}.` }),
  teamKey: z.number().int().min(0).default(0),
  projectKey: z.number().int().min(0).default(0),
});

/** A role to give: for the whole ledger, for a team, or for a project. */
export const grantSchema = heldGrantSchema.superRefine(({ role, teamKey, projectKey }, issues) => {
  const refuse = (message: string) => issues.addIssue({ code: "custom", message });
  const global = GLOBAL_ROLES.includes(role);
  if (global && (teamKey || projectKey)) refuse(`The role ${role} is of the whole ledger: name no team or project.`);
  if (!global && teamKey && projectKey)
    refuse("A role is for a team or for a project: choose one of them, and add a second role for the other.");
  if (role === "manager" && !teamKey) refuse("A manager manages teams: name at least one team.");
});

/** What to say of roles with which somebody sees nothing yet; empty: they see something. */
export const emptyRolesWarning = (grants: readonly Partial<Grant>[]): string =>
  grants.length > 0 && grants.every(({ role, teamKey, projectKey }) => role === "viewer" && !teamKey && !projectKey)
    ? "A viewer without a team and a project sees nothing yet."
    : "";
