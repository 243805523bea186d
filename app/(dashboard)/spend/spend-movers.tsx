import { daysText } from "@/components/days-text.ts";
import { href, type Params } from "@/components/href.ts";
import { Section } from "@/components/page-header.tsx";
import { moneyIn, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView } from "@/components/tables/view.ts";
import { TextLink } from "@/components/ui/text-link.tsx";
import type { SpendView } from "@/lib/pages/spend.ts";
import { beginning } from "./spend-kpis.tsx";
import { noProject } from "./spend-teams.tsx";

const MOST = 8;
const capital = (sentence: string): string => sentence.replace(/^./, (c) => c.toUpperCase());

const changeOf = ({ nowMicros, beforeMicros }: { nowMicros: number; beforeMicros: number }) => nowMicros - beforeMicros;

function moversOf({ teams }: SpendView) {
  return teams
    .flatMap((t) =>
      t.projects.flatMap(({ key, name, open, compared }) =>
        compared ? [{ ...compared, key, name, open, team: t.name, teamKey: t.key, change: changeOf(compared) }] : [],
      ),
    )
    .filter((p) => p.change !== 0)
    .sort((a, b) => Math.abs(b.change) - Math.abs(a.change))
    .slice(0, MOST);
}
type Mover = ReturnType<typeof moversOf>[number];

/** The projects whose cost changed most. */
export function SpendMovers({ view, carry }: { view: SpendView; carry: Params }) {
  const money = moneyIn(view.currency);
  const columns = [
    text<Mover>("project", "Project", (m) => m.name || noProject(m.teamKey, m.key), {
      link: (m) => (m.open ? href(`/projects/${m.key}`, carry) : null),
      note: (m) => m.team,
    }),
    money<Mover>("change", "Change", (m) => m.change, { change: true, lead: true }),
    money<Mover>("now", "Now", (m) => m.nowMicros),
    money<Mover>("before", "Before", (m) => m.beforeMicros),
  ];
  return (
    <Section
      title="Top movers"
      note={view.pair ? `${daysText(view.pair.now)} against ${daysText(view.pair.before)}` : ""}
    >
      <DataTable
        view={plainView("Top movers", columns)}
        rows={moversOf(view)}
        empty={<p className="text-sm text-faint">{capital(view.pair ? "nothing changed" : beginning(view))}.</p>}
      />
      <p className="mt-2 text-xs">
        <TextLink to={href("/reports/top-movers", { ...carry, team: view.team?.name, by: "user" })}>
          All of them, and by user
        </TextLink>
      </p>
    </Section>
  );
}
