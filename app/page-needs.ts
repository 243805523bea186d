import { orRoles, permissionOf } from "@/lib/auth/permissions.ts";
import { GLOBAL_ROLES } from "@/lib/auth/types.ts";
import { findReport, listReports } from "@/lib/reports/index.ts";
import { actionOfPath, PAGE_ACTIONS } from "./page-actions.ts";

const ASK = "Ask an administrator for access.";

/** Why a page is refused, and to whom it is open: one or two sentences. @param path without query. */
export function needOfPath(path: string): string {
  if (/^\/teams\/\d+(\/|$)/.test(path))
    return `This page needs the role manager or viewer of this team, or the role admin or finance. ${ASK}`;
  const report = findReport(/^\/reports\/([^/]+)/.exec(path)?.[1] ?? "");
  if (report?.whole)
    return `${report.title} is about the whole ledger: it needs the role ${orRoles(rolesForAll(report.action))}. ${ASK}`;
  const action = report?.action ?? actionOfPath(path);
  if (!action) return ASK;
  const { words, roles } = permissionOf(action);
  return `To ${words} you need the role ${orRoles(roles)}. ${ASK}`;
}

/** Those that see every project, of the roles that an action needs. */
const rolesForAll = (action: Parameters<typeof permissionOf>[0] = "usage.read") =>
  permissionOf(action).roles.filter((role) => GLOBAL_ROLES.includes(role));

/** The same by the path of each page, for a part of the shell that stays when the address changes; `#` stands for a number. */
export const listNeeds = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...Object.keys(PAGE_ACTIONS), "/teams/1", ...listReports().map((r) => `/reports/${r.slug}`)].map((path) => [
      path.replace("/teams/1", "/teams/#"),
      needOfPath(path),
    ]),
  );
