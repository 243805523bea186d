import type { NavGroup, NavIcon } from "@/components/shell/nav.tsx";
import type { Viewer } from "@/lib/ctx.ts";
import { seesUsers } from "@/lib/pages/users.ts";
import { hasOverview, hasOwnPage, homeOf } from "./home.ts";
import { mayOpen } from "./may-open.ts";

type Entry = readonly [path: string, label: string, icon: NavIcon];

/** Every page of the navigation, by group. What a page needs is in page-actions.ts. */
const GROUPS: readonly (readonly [label: string, entries: readonly Entry[]])[] = [
  [
    "",
    [
      ["/me", "My workloads", "me"],
      ["/operations", "Operations", "operations"],
      ["/billing", "Billing", "billing"],
      ["/", "Overview", "overview"],
      ["/overview", "Overview", "overview"],
    ],
  ],
  [
    "Cost",
    [
      ["/spend", "Spend", "spend"],
      ["/budgets", "Budgets & forecast", "budgets"],
      ["/rightsizing", "Right-sizing", "rightsizing"],
      ["/savings", "Savings", "savings"],
      ["/units", "Unit costs", "units"],
      ["/burst", "Burst capacity", "burst"],
    ],
  ],
  [
    "Usage",
    [
      ["/workloads", "Workloads", "workloads"],
      ["/projects", "Projects", "projects"],
      ["/users", "Users", "users"],
      ["/idle", "Idle", "idle"],
      ["/suspicious", "Suspicious", "suspicious"],
      ["/findings", "Findings", "findings"],
      ["/anomalies", "Anomalies", "anomalies"],
      ["/quota", "Quota", "quota"],
      ["/gpus", "GPUs", "gpus"],
    ],
  ],
  [
    "Chargeback",
    [
      ["/statements", "Statements", "statements"],
      ["/reconciliation", "Reconciliation", "reconciliation"],
      ["/prices", "Prices", "prices"],
      ["/teams", "Teams", "teams"],
      ["/policies", "Policies", "policies"],
      ["/costs", "Imported cost", "costs"],
      ["/bills", "Cloud bills", "bills"],
      ["/opencost", "OpenCost", "opencost"],
    ],
  ],
  ["Reports", [["/reports", "Reports", "reports"]]],
  [
    "Admin",
    [
      ["/sync", "Sync", "sync"],
      ["/alerts", "Alerts", "alerts"],
      ["/events", "Usage events", "events"],
      ["/people", "People & tokens", "people"],
      ["/audit", "Audit log", "audit"],
    ],
  ],
  [
    "You",
    [
      ["/account", "Account", "account"],
      ["/help", "Help", "help"],
    ],
  ],
];

/** More teams than this are reached through statements and spend. */
const MOST_TEAMS = 8;

/**
 * The navigation of a viewer: only pages that they may open, and the teams that they manage.
 * @param counts how many things wait on a page, by path.
 * @param teams those teams by name; empty for people who see all teams, who have a page that lists them.
 */
export function navigationFor(
  viewer: Viewer,
  teams: readonly { key: number; name: string }[] = [],
  counts: Readonly<Record<string, number>> = {},
): NavGroup[] {
  const may = (path: string) => {
    if (path === "/me") return hasOwnPage(viewer);
    // It leads on to the viewer's own first page: the overview has an address of its own beside it.
    if (path === "/" && homeOf(viewer) !== "/") return false;
    if (path === "/overview") return hasOverview(viewer);
    // Who sees no other user has the page of their own workloads.
    if (path === "/users") return seesUsers(viewer);
    // They list projects that the viewer sees whole.
    if ((path === "/projects" || path === "/quota") && viewer.projects.length === 0) return false;
    return mayOpen(viewer, path);
  };
  const own = teams
    .slice(0, MOST_TEAMS)
    .map(({ key, name }) => ({ path: `/teams/${key}`, label: name, icon: "teams" as const }));
  return GROUPS.map(([label, entries]) => ({
    label,
    entries: [
      ...entries
        .filter(([path]) => may(path))
        .map(([path, name, icon]) => ({ path, label: name, icon, count: counts[path] })),
      ...(label === "" ? own : []),
    ],
  })).filter((group) => group.entries.length > 0);
}
