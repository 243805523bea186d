import type { Action } from "@/lib/auth/permissions.ts";

/**
 * The action that each page needs: the page asks for it by its own address, and the navigation offers only what it allows.
 * Pages that are not here are open to everybody who is signed in (/help, /account, /me), or decide by what they show (/teams/[team]).
 */
export const PAGE_ACTIONS = {
  "/": "usage.read",
  "/overview": "usage.read",
  "/billing": "periods.close",
  "/operations": "sync.read",
  "/spend": "usage.read",
  "/explain": "usage.read",
  "/budgets": "budgets.read",
  "/units": "units.read",
  "/burst": "burst.read",
  "/rightsizing": "workloads.read",
  "/savings": "findings.read",
  "/quota": "usage.read",
  "/workloads": "workloads.read",
  "/projects": "usage.read",
  "/users": "usage.read",
  "/gpus": "workloads.read",
  "/idle": "findings.read",
  "/suspicious": "findings.read",
  "/findings": "findings.read",
  "/findings/exceptions": "findings.decide",
  "/anomalies": "anomalies.read",
  "/reports": "usage.read",
  "/statements": "statements.read",
  "/statements/close": "periods.close",
  "/reconciliation": "periods.audit",
  "/prices": "prices.read",
  "/prices/propose": "prices.propose",
  "/teams": "teams.read",
  "/teams/rules": "teams.edit",
  "/policies": "policies.read",
  "/costs": "costs.read",
  "/bills": "costs.read",
  "/opencost": "costs.read",
  "/sync": "sync.read",
  "/sync/connections": "connections.manage",
  "/alerts": "alerts.read",
  "/alerts/channels": "channels.manage",
  "/events": "events.manage",
  "/people": "users.manage",
  "/audit": "audit.read",
} as const satisfies Readonly<Record<string, Action>>;

export type GuardedPage = keyof typeof PAGE_ACTIONS;

/** The action that an address needs: that of the longest page that it is, or is under. @returns undefined: it needs none. */
export function actionOfPath(path: string): Action | undefined {
  const page = (Object.keys(PAGE_ACTIONS) as GuardedPage[])
    .filter((p) => path === p || (p !== "/" && path.startsWith(`${p}/`)))
    .sort((a, b) => b.length - a.length)[0];
  return page === undefined ? undefined : PAGE_ACTIONS[page];
}
