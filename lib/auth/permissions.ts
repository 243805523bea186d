import type { Role } from "@/lib/ctx.ts";

export interface Permission {
  /** What it is called in messages: "You may not …". */
  readonly words: string;
  readonly roles: readonly Role[];
  /** What a token needs for it; absent: no token may do it. */
  readonly scope?: "read" | "write" | "ingest" | "metrics";
}

const FINANCE: readonly Role[] = ["admin", "finance"];
const ADMIN: readonly Role[] = ["admin"];

/**
 * Role × action, as data: every act that needs permission, and reading where a role alone decides it. What of a thing a viewer
 * may see or act on (their teams, projects and workloads) is decided by scope, on top of this.
 */
export const ACTIONS = {
  "prices.read": { words: "read the price book", roles: FINANCE, scope: "read" },
  "prices.propose": { words: "propose prices", roles: FINANCE, scope: "write" },
  "prices.decide": { words: "approve or reject prices", roles: FINANCE },
  "rates.record": { words: "record exchange rates", roles: FINANCE, scope: "write" },
  "teams.read": { words: "read all teams and their rules", roles: FINANCE, scope: "read" },
  "teams.edit": { words: "change teams and their rules", roles: FINANCE, scope: "write" },
  "policies.read": { words: "read who pays for unused capacity", roles: FINANCE, scope: "read" },
  "policies.edit": { words: "change who pays for unused capacity", roles: FINANCE, scope: "write" },
  "charges.renew": { words: "recalculate the charges of days", roles: FINANCE, scope: "write" },
  "costs.read": { words: "read cost imported from other systems", roles: FINANCE, scope: "read" },
  "costs.import": { words: "import cost from other systems", roles: FINANCE, scope: "write" },
  "periods.close": { words: "close a period", roles: FINANCE },
  "periods.audit": { words: "reconcile and audit a period", roles: FINANCE, scope: "read" },
  "statements.read": {
    words: "read statements",
    roles: ["admin", "finance", "manager", "viewer"],
    scope: "read",
  },
  "lines.review": {
    words: "accept or dispute a line of a statement",
    roles: ["admin", "finance", "manager"],
    scope: "write",
  },
  "lines.answer": { words: "answer a dispute", roles: FINANCE },
  "budgets.read": {
    words: "read budgets and forecasts",
    roles: ["admin", "finance", "manager", "viewer"],
    scope: "read",
  },
  "budgets.edit": { words: "set budgets and planned events", roles: ["admin", "finance", "manager"], scope: "write" },
  "units.read": { words: "read unit costs", roles: ["admin", "finance", "manager", "viewer"], scope: "read" },
  "units.edit": { words: "define unit costs", roles: ["admin", "finance", "manager"], scope: "write" },
  "units.query": { words: "read counts of units from a source", roles: ADMIN, scope: "write" },
  "units.count": { words: "report counts of units", roles: ["admin", "finance", "manager"], scope: "ingest" },
  "burst.read": { words: "read the cost of burst capacity", roles: FINANCE, scope: "read" },
  "burst.switch": { words: "switch burst capacity and set its rate", roles: FINANCE, scope: "write" },
  "usage.read": { words: "read usage", roles: ["admin", "finance", "manager", "engineer", "viewer"], scope: "read" },
  "findings.read": {
    words: "read findings",
    roles: ["admin", "finance", "manager", "engineer", "viewer"],
    scope: "read",
  },
  "findings.act": {
    words: "acknowledge, snooze, dispute or resolve findings",
    roles: ["admin", "finance", "manager", "engineer"],
    scope: "write",
  },
  "findings.decide": { words: "answer disputes of findings and make exceptions", roles: ADMIN, scope: "write" },
  "exceptions.read": { words: "read what rules of findings leave alone", roles: ADMIN, scope: "read" },
  "findings.run": { words: "evaluate the rules of findings", roles: ADMIN },
  "anomalies.read": {
    words: "read anomalies of cost and use",
    roles: ["admin", "finance", "manager", "viewer"],
    scope: "read",
  },
  "anomalies.judge": { words: "say what an anomaly was", roles: ["admin", "finance", "manager"], scope: "write" },
  "savings.record": { words: "record what was done to save", roles: ["admin", "finance", "manager"], scope: "write" },
  "workloads.read": {
    words: "read workloads and how they use GPUs",
    roles: ["admin", "manager", "engineer", "viewer"],
    scope: "read",
  },
  "sync.read": { words: "read the state of the sync", roles: ADMIN, scope: "read" },
  "sync.run": { words: "run the sync", roles: ADMIN, scope: "write" },
  "backfill.run": { words: "start a backfill", roles: ADMIN, scope: "write" },
  "connections.test": { words: "test connections", roles: ADMIN },
  "connections.read": { words: "read how sources are connected", roles: ADMIN, scope: "read" },
  "connections.manage": { words: "connect sources, and say which cluster is which", roles: ADMIN },
  "meter.run": { words: "meter days again", roles: ADMIN },
  "ledger.backup": { words: "back up the ledger", roles: ADMIN },
  "ledger.restore": { words: "restore the ledger", roles: ADMIN },
  "users.manage": { words: "manage people and their roles", roles: ADMIN },
  "tokens.manage": { words: "manage tokens of other people", roles: ADMIN },
  "tokens.own": { words: "create tokens", roles: ["admin", "finance", "manager", "engineer", "viewer"] },
  "audit.read": { words: "read the audit log", roles: FINANCE, scope: "read" },
  "alerts.read": { words: "read alerts", roles: ["admin", "finance", "manager"], scope: "read" },
  "alerts.manage": {
    words: "change alert rules and answer alerts",
    roles: ["admin", "finance", "manager"],
    scope: "write",
  },
  "alerts.receive": { words: "send alerts to the ledger", roles: ADMIN, scope: "ingest" },
  "channels.read": { words: "read how alert channels are set up", roles: ADMIN, scope: "read" },
  "channels.manage": { words: "manage alert channels", roles: ADMIN, scope: "write" },
  "events.read": { words: "read usage events that collectors send", roles: ADMIN, scope: "read" },
  "events.receive": { words: "send usage events to the ledger", roles: ADMIN, scope: "ingest" },
  "events.manage": { words: "manage where usage events are sent", roles: ADMIN },
  "secrets.manage": { words: "manage stored secrets", roles: ADMIN },
  "metrics.read": { words: "read metrics", roles: ADMIN, scope: "metrics" },
} as const satisfies Readonly<Record<string, Permission>>;
export type Action = keyof typeof ACTIONS;

/** `["admin", "finance"]` → `admin or finance`. */
export const orRoles = (roles: readonly Role[]): string =>
  roles.length < 2 ? roles.join("") : `${roles.slice(0, -1).join(", ")} or ${roles.at(-1)}`;

export const permissionOf = (action: Action): Permission => ACTIONS[action];
