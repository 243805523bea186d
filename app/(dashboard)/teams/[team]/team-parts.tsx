import { href, type Params } from "@/components/href.ts";
import { Section } from "@/components/page-header.tsx";
import { Phase } from "@/components/phase.tsx";
import { count, gpuHours, moneyIn, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { sparks } from "@/components/tables/spark-column.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import type { TeamHome, TeamUser, TeamWorkload } from "@/lib/pages/home/team-home.ts";
import type { Sparks } from "@/lib/pages/sparks.ts";

interface Props {
  readonly home: TeamHome;
  readonly currency: string;
  readonly carry: Params;
  /** The reader may open workloads. */
  readonly open: boolean;
  /** What each was charged by day; absent on paper forms such as a statement. */
  readonly trend?: { readonly users: Sparks<string>; readonly workloads: Sparks<number> };
}

/** Who and what cost the team most. Nothing for people who see its total alone. */
export function TeamParts({ home, currency, carry, open, trend }: Props) {
  if (home.users.length === 0) return null;
  const look = { zone: "UTC", now: 0, carry };
  return (
    <div className="mt-10 grid grid-cols-1 gap-x-12 gap-y-10 xl:grid-cols-2">
      <Section title="Users" note="who cost most">
        <DataTable
          view={plainView(
            "Users of the team",
            [...userColumns(currency, open), ...(trend ? [ofUsers(trend.users)] : [])],
            look,
          )}
          rows={home.users}
        />
      </Section>
      <Section title="Workloads" note="that cost most">
        <DataTable
          view={plainView(
            "Workloads of the team",
            [...workloadColumns(currency, open), ...(trend ? [ofWorkloads(trend.workloads)] : [])],
            look,
          )}
          rows={home.workloads}
        />
      </Section>
    </div>
  );
}

const ofUsers = (trend: Sparks<string>) =>
  sparks<TeamUser>(
    (u) => trend.of(u.user),
    (u) => u.user,
    trend.step,
  );
const ofWorkloads = (trend: Sparks<number>) =>
  sparks<TeamWorkload>(
    (w) => trend.of(w.key),
    (w) => w.name,
    trend.step,
  );

const sums = <R extends TeamUser | TeamWorkload>(currency: string): readonly TableColumn<R>[] => [
  gpuHours<R>("hours", "GPU-hours", (r) => r.gpuMilli),
  moneyIn(currency)<R>("cost", "Cost", (r) => r.micros, { lead: true }),
  moneyIn(currency)<R>("idle", "Idle cost", (r) => r.idleMicros, {
    toneOf: (r) => (r.idleMicros > 0.15 * r.micros ? "warn" : undefined),
  }),
];

const userColumns = (currency: string, open: boolean): readonly TableColumn<TeamUser>[] => [
  text("user", "User", (u) => u.user || "no user named", {
    look: ["cut"],
    link: (u, { carry }) => (open && u.user ? href(`/users/${encodeURIComponent(u.user)}`, carry) : null),
  }),
  count("workloads", "Workloads", (u) => u.workloads),
  ...sums<TeamUser>(currency),
];

const workloadColumns = (currency: string, open: boolean): readonly TableColumn<TeamWorkload>[] => [
  text("name", "Workload", (w) => w.name, {
    look: ["cut"],
    link: (w, { carry }) => (open ? href(`/workloads/${w.key}`, carry) : null),
    note: (w) => [w.project, w.user].filter(Boolean).join(" · "),
  }),
  text("phase", "Phase", (w) => w.phase, { cell: (w) => <Phase of={w.phase} /> }),
  ...sums<TeamWorkload>(currency),
];
