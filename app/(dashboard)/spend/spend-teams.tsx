import { RowLink, Table, Td, Th } from "@/components/data-table.tsx";
import { Explain } from "@/components/explain.tsx";
import { formatPercent } from "@/components/format.ts";
import { href, type Params } from "@/components/href.ts";
import { Money } from "@/components/money.tsx";
import { Section } from "@/components/page-header.tsx";
import { GpuHours, Unknown } from "@/components/quantity.tsx";
import { PLATFORM_TEAM } from "@/lib/attribution/types.ts";
import type { SpendPart, SpendView } from "@/lib/pages/spend.ts";
import { percentOf } from "@/lib/units.ts";

const MOST_PROJECTS = 5;

/** Teams from the dearest, each with its dearest projects. */
export function SpendTeams({ view, carry, params }: { view: SpendView; carry: Params; params: Params }) {
  const whole = Math.max(...view.teams.map((t) => Math.abs(t.micros)), 1);
  const row = (part: SpendPart, team: number, project: number | undefined) => (
    <Row
      key={`${team}/${project ?? ""}`}
      part={part}
      view={view}
      whole={whole}
      team={team}
      project={project}
      to={
        project === undefined
          ? href("/spend", params, { team: String(team) })
          : project === 0
            ? null
            : href(`/projects/${project}`, carry)
      }
    />
  );
  return (
    <Section
      title="Where it went"
      note="by team and project"
      controls={
        <span className="flex gap-4 text-xs">
          <RowLink to={href("/reports/cost-by-workload", { ...carry, team: view.team?.name })}>By workload</RowLink>
          <RowLink to={href("/statements", carry)}>Statements</RowLink>
        </span>
      }
    >
      <Table label="Spend by team and project" dense>
        <thead>
          <tr>
            <Th>Team, project</Th>
            <Th right>Amount</Th>
            <Th>
              <span className="sr-only">Bar</span>
            </Th>
            <Th right>Share</Th>
            <Th right>Change</Th>
            <Th right>Idle</Th>
            <Th right>GPU-hours</Th>
          </tr>
        </thead>
        <tbody>
          {view.teams.flatMap((t) => [
            row(t, t.key, undefined),
            ...t.projects.slice(0, MOST_PROJECTS).map((p) => row(p, t.key, p.key)),
          ])}
        </tbody>
      </Table>
    </Section>
  );
}

/** What a row without a project is. */
export const noProject = (team: number): string =>
  team === PLATFORM_TEAM ? "kept by the platform" : "shared and imported cost";

interface RowProps {
  readonly part: SpendPart;
  readonly view: SpendView;
  readonly whole: number;
  readonly team: number;
  /** Absent: the row of the team itself. */
  readonly project: number | undefined;
  readonly to: string | null;
}

function Row({ part, view, whole, team, project, to }: RowProps) {
  const { currency, now } = view;
  const inner = project !== undefined;
  const name = part.name || noProject(team);
  const idle = part.idleMicros > 0.15 * part.micros && part.idleMicros > 0;
  return (
    <tr className="hover:bg-raised">
      <Td className={`max-w-52 truncate ${inner ? "pl-4! text-soft" : "font-medium"}`}>
        {to ? <RowLink to={to}>{name}</RowLink> : name}
      </Td>
      <Td right>
        {now ? (
          <Explain of={{ fromDay: now.from, untilDay: now.until, team, project }}>
            <Money micros={part.micros} currency={currency} />
          </Explain>
        ) : (
          <Money micros={part.micros} currency={currency} />
        )}
      </Td>
      <Td className="sm:w-1/4 sm:min-w-24">
        <span
          aria-hidden="true"
          className={`hidden rounded-[2px] bg-accent sm:block ${inner ? "h-1.5 opacity-50" : "h-3"}`}
          style={{ width: `max(1px, ${(100 * Math.max(0, part.micros)) / whole}%)` }}
        />
      </Td>
      <Td right className="text-faint">
        {formatPercent(percentOf(part.micros, view.totalMicros ?? 0))}
      </Td>
      <Td right>
        {part.beforeMicros === null ? (
          <Unknown why="Nothing was charged before" />
        ) : (
          <Money micros={part.micros - part.beforeMicros} currency={currency} change />
        )}
      </Td>
      <Td right>
        <span className={idle ? "text-warn" : ""}>
          <Money micros={part.idleMicros} currency={currency} />
        </span>
      </Td>
      <Td right>
        <GpuHours milli={part.gpuMilli} />
      </Td>
    </tr>
  );
}
