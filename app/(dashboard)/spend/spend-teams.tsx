import { PageLink } from "@/app/page-link.tsx";
import { Bar } from "@/components/bar.tsx";
import { explainHref } from "@/components/explain.tsx";
import { href, type Params } from "@/components/href.ts";
import { Section } from "@/components/page-header.tsx";
import { drawn, gpuHours, moneyIn, percent, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { sparks } from "@/components/tables/spark-column.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import { TextLink } from "@/components/ui/text-link.tsx";
import { PLATFORM_TEAM } from "@/lib/attribution/types.ts";
import { type SpendPart, type SpendView, UNSEEN_PROJECTS } from "@/lib/pages/spend.ts";
import { percentOf } from "@/lib/units.ts";

const MOST_PROJECTS = 5;

/** A team, or below it one of its projects. */
interface SpendRow extends SpendPart {
  readonly team: number;
  readonly project: number | undefined;
}

const rowsOf = (view: SpendView): readonly SpendRow[] =>
  view.teams.flatMap((t): SpendRow[] => [
    { ...t, team: t.key, project: undefined },
    ...t.projects.slice(0, MOST_PROJECTS).map((p) => ({ ...p, team: t.key, project: p.key })),
  ]);

/** What a row is that names no project: cost of none, or of those that the viewer sees as a sum alone. */
export const noProject = (team: number, project = 0): string => {
  if (project === UNSEEN_PROJECTS) return "projects of the team, in one sum";
  return team === PLATFORM_TEAM ? "kept by the platform" : "shared and imported cost";
};

const isIdle = (r: SpendRow) => r.idleMicros > 0.15 * r.micros && r.idleMicros > 0;

function columnsOf(view: SpendView, carry: Params, params: Params): readonly TableColumn<SpendRow>[] {
  const money = moneyIn(view.currency);
  const whole = Math.max(...view.teams.map((t) => Math.abs(t.micros)), 1);
  const { begun } = view;
  return [
    text("name", "Team, project", (r) => r.name || noProject(r.team, r.project), {
      link: ({ team, project, open }) => {
        if (project === undefined) return href("/spend", params, { team: String(team) });
        return open ? href(`/projects/${project}`, carry) : null;
      },
      look: ["cut"],
    }),
    money("amount", "Amount", (r) => r.micros, {
      lead: true,
      link: ({ team, project }) =>
        begun && project !== UNSEEN_PROJECTS
          ? explainHref({ fromDay: begun.from, untilDay: begun.until, team, project })
          : null,
    }),
    drawn(
      "bar",
      "Bar",
      (r) => (
        <Bar percent={(100 * Math.max(0, r.micros)) / whole} tone={r.project === undefined ? "accent" : "faint"} />
      ),
      { look: ["bar"] },
    ),
    sparks<SpendRow>(
      (r) => view.sparks.of(r.project === undefined ? String(r.team) : `${r.team}/${r.project}`),
      (r) => r.name || noProject(r.team, r.project),
      view.sparks.step,
    ),
    percent("share", "Share", (r) => percentOf(r.micros, view.totalMicros ?? 0), { look: ["faint"] }),
    money("change", "Change", (r) => (r.compared ? r.compared.nowMicros - r.compared.beforeMicros : null), {
      ...{ change: true, unknown: "There is nothing to compare with" },
    }),
    money("idle", "Idle", (r) => r.idleMicros, { toneOf: (r) => (isIdle(r) ? "warn" : undefined) }),
    gpuHours("hours", "GPU-hours", (r) => r.gpuMilli),
  ];
}

/** Teams from the dearest, each with its dearest projects. */
export function SpendTeams({ view, carry, params }: { view: SpendView; carry: Params; params: Params }) {
  return (
    <Section
      title="Where it went"
      note="by team and project"
      controls={
        <span className="flex gap-4 text-xs">
          <TextLink to={href("/reports/cost-by-workload", { ...carry, team: view.team?.name })}>By workload</TextLink>
          <PageLink to={href("/statements", carry)} otherwise={null}>
            Statements
          </PageLink>
        </span>
      }
    >
      <DataTable
        view={plainView("Spend by team and project", columnsOf(view, carry, params))}
        rows={rowsOf(view)}
        markOf={(r) => (r.project === undefined ? undefined : "inner")}
      />
    </Section>
  );
}
