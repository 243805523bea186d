import type { PageInput } from "@/app/page-input.ts";
import { readView, tableNames } from "@/app/table-input.ts";
import { href, TRAVELLING } from "@/components/href.ts";
import { count, gpuHours, moneyIn, percent, text } from "@/components/tables/columns.ts";
import type { Listed } from "@/components/tables/list.tsx";
import { sortRows, type TableColumn } from "@/components/tables/view.ts";
import { daysOfPeriod } from "@/lib/pages/teams.ts";
import { loadUsers, type UserRow } from "@/lib/pages/users.ts";
import { dateOf, dayKey } from "@/lib/time.ts";
import { percentOf } from "@/lib/units.ts";

export const userPath = (user: string): string => `/users/${encodeURIComponent(user)}`;

const columnsOf = (currency: string): readonly TableColumn<UserRow>[] => [
  text("user", "User", (u) => u.user, { look: ["cut"], link: (u, { carry }) => href(userPath(u.user), carry) }),
  count("workloads", "Workloads", (u) => u.workloads, { total: true }),
  gpuHours("hours", "GPU-hours", (u) => u.gpuMilli, { header: "gpu_hours", total: true }),
  moneyIn(currency)("cost", "Cost", (u: UserRow) => u.micros, { lead: true, total: true }),
  moneyIn(currency)(
    "change",
    "Change",
    (u: UserRow) => (u.compared ? u.compared.nowMicros - u.compared.beforeMicros : null),
    {
      ...{ change: true, unknown: "There is no earlier time to compare with" },
    },
  ),
  moneyIn(currency)("idle-cost", "Idle cost", (u: UserRow) => u.idleMicros, { total: true }),
  percent("idle-share", "Idle share", (u) => percentOf(u.idleMicros, u.micros), {
    ...{ header: "idle_share_percent", total: (rows) => percentOf(sum(rows, "idleMicros"), sum(rows, "micros")) },
    toneOf: (u) => (u.micros > 0 && u.idleMicros > 0.3 * u.micros ? "warn" : undefined),
  }),
];

const sum = (rows: readonly UserRow[], key: "micros" | "idleMicros"): number => rows.reduce((s, r) => s + r[key], 0);

/** Users as the address asks for them, for the page and its download. */
export async function readUsers(input: PageInput): Promise<Listed<UserRow>> {
  const { ctx, period, billingZone, now } = input;
  input.address.only([...TRAVELLING, ...tableNames()]);
  const rows = await loadUsers(ctx, daysOfPeriod(period, billingZone), dayKey(dateOf(now, billingZone)));
  const place = { label: "Users", path: "/users", list: "users", sort: "cost" };
  const view = readView(input, columnsOf(ctx.ledger.currency), place);
  return { view, rows: sortRows(rows, view) };
}
