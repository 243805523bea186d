import { Figure } from "@/components/charts/figure.tsx";
import { Treemap, type TreemapGroup } from "@/components/charts/treemap.tsx";
import { formatMoney, formatPercent } from "@/components/format.ts";
import { href, type Params } from "@/components/href.ts";
import { Section } from "@/components/page-header.tsx";
import { PLATFORM_TEAM } from "@/lib/attribution/types.ts";
import type { SpendPart, SpendView } from "@/lib/pages/spend.ts";
import { percentOf } from "@/lib/units.ts";
import { noProject } from "./spend-teams.tsx";

const RANKS = 6;
/** The rest of a team's projects is one part: what is smaller cannot be seen. */
const MOST_PROJECTS = 12;

interface Props {
  readonly view: SpendView;
  readonly params: Params;
  readonly carry: Params;
}

/** Teams and their projects as areas; a team leads to its own map, a project to its page. */
export function SpendMap({ view, params, carry }: Props) {
  const money = (micros: number) => formatMoney(micros, view.currency, Math.abs(micros) >= 1e10);
  const groups = view.teams.map((team, i): TreemapGroup => {
    const own = view.team ? null : href("/spend", params, { team: String(team.key) });
    const [shown, rest] = [team.projects.slice(0, MOST_PROJECTS), team.projects.slice(MOST_PROJECTS)];
    const leaf = (p: SpendPart) => ({
      key: `${team.key}/${p.key}`,
      label: p.name || noProject(team.key, p.key),
      value: Math.max(0, p.micros),
      text: money(p.micros),
      // Within a team a project is the next level; above it the team is.
      to: view.team && p.open && p.key > 0 ? href(`/projects/${p.key}`, carry) : own,
    });
    const more = rest.reduce((sum, p) => sum + Math.max(0, p.micros), 0);
    return {
      ...{ key: String(team.key), label: team.name, text: money(team.micros), to: own },
      paint:
        team.key === PLATFORM_TEAM ? "var(--rank-unused)" : i < RANKS ? `var(--rank-${i + 1})` : "var(--rank-rest)",
      leaves: [
        ...shown.map(leaf),
        ...(more > 0
          ? [{ key: `${team.key}/rest`, label: `${rest.length} more`, value: more, text: money(more), to: own }]
          : []),
      ],
    };
  });
  const [first] = view.teams;
  const rows = view.teams.flatMap((t) => t.projects.map((p) => ({ team: t, project: p })));
  if (!first || rows.filter((r) => r.project.micros > 0).length < 2) return null;
  const share = formatPercent(percentOf(first.micros, view.totalMicros ?? 0));
  return (
    <Section
      title="Spend by size"
      note={view.team ? "projects as areas" : "teams and their projects as areas; a team leads to its own"}
    >
      <Figure
        summary={`${first.name} is the largest with ${money(first.micros)}, ${share} of all.`}
        twin={{ name: "map", path: "/spend", params }}
        columns={["Team", "Project", "Amount"]}
        rows={() =>
          rows.map((r) => [
            r.team.name,
            r.project.name || noProject(r.team.key, r.project.key),
            formatMoney(r.project.micros, view.currency),
          ])
        }
      >
        <Treemap groups={groups} label="Spend by team and project" />
      </Figure>
    </Section>
  );
}
