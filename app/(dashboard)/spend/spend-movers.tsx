import { RowLink, Table, Td, Th } from "@/components/data-table.tsx";
import { href, type Params } from "@/components/href.ts";
import { Money } from "@/components/money.tsx";
import { Section } from "@/components/page-header.tsx";
import type { SpendView } from "@/lib/pages/spend.ts";
import { beginning, daysText } from "./spend-kpis.tsx";
import { noProject } from "./spend-teams.tsx";

const MOST = 8;
const capital = (text: string): string => text.replace(/^./, (c) => c.toUpperCase());

/** The projects whose cost changed most. */
export function SpendMovers({ view, carry }: { view: SpendView; carry: Params }) {
  const movers = view.teams
    .flatMap((t) =>
      t.projects.map((p) => ({ ...p, team: t.name, teamKey: t.key, change: p.micros - (p.beforeMicros ?? 0) })),
    )
    .filter((p) => p.beforeMicros !== null && p.change !== 0)
    .sort((a, b) => Math.abs(b.change) - Math.abs(a.change))
    .slice(0, MOST);
  return (
    <Section title="Top movers" note={view.before ? `against ${daysText(view.before)}` : ""}>
      {movers.length === 0 ? (
        <p className="text-sm text-faint">{capital(view.before ? "nothing changed" : beginning(view))}.</p>
      ) : (
        <Table label="Top movers" dense>
          <thead>
            <tr>
              <Th>Project</Th>
              <Th right>Change</Th>
              <Th right>Now</Th>
              <Th right className="hidden sm:table-cell">
                Before
              </Th>
            </tr>
          </thead>
          <tbody>
            {movers.map((m) => (
              <tr key={`${m.team}/${m.key}`}>
                <Td className="w-full max-w-0 truncate">
                  {m.key === 0 ? (
                    noProject(m.teamKey)
                  ) : (
                    <RowLink to={href(`/projects/${m.key}`, carry)}>{m.name}</RowLink>
                  )}
                  <span className="ml-2 text-xs text-faint">{m.team}</span>
                </Td>
                <Td right>
                  <Money micros={m.change} currency={view.currency} change />
                </Td>
                <Td right>
                  <Money micros={m.micros} currency={view.currency} />
                </Td>
                <Td right className="hidden sm:table-cell">
                  <Money micros={m.beforeMicros} currency={view.currency} />
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
      <p className="mt-2 text-xs">
        <RowLink to={href("/reports/top-movers", { ...carry, by: "user" })}>All of them, and by user</RowLink>
      </p>
    </Section>
  );
}
